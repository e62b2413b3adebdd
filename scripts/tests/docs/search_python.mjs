// Search for a method, and return the names that are found.
export default async function (page) {
  await page.type("input[type=search]", "get_outcome");
  await page.waitForSelector("main .search-result a");
  return page.$$eval("main .search-result a", (links) => links.map((link) => link.textContent.trim()));
}
