// Visit every operation of the API reference as a person does, and return the text that each shows.
const LINKS = "a[href*='#/']";

export default async function act(page) {
  await page.setViewport({ width: 1400, height: 1000 });
  await page.waitForSelector(LINKS);
  const addresses = await page.$$eval(LINKS, (links) => links.map((link) => link.getAttribute("href")));
  const shown = {};
  for (const address of new Set(addresses)) {
    const name = address.split("/").pop();
    await page.evaluate((hash) => (location.hash = hash), address);
    await page.waitForSelector(`[id*='${name}']`);
    await page.waitForNetworkIdle();
    shown[name] = await page.evaluate(() => document.body.innerText);
  }
  return shown;
}
