// What a person does with report.html: shows failures only, opens the first, copies its curl line and pastes it.
const visible = (page) => page.$$eval(".clause", (rows) => rows.filter((row) => row.offsetParent).map((row) => row.id));

export default async function act(page) {
  const before = await visible(page);
  for (const box of await page.$$(".filters input:not([value=failed])")) await box.click();
  const failures = await visible(page);

  const failure = `#${failures[0]}`;
  await page.click(`${failure} summary`);
  const opened = await page.$eval(failure, (row) => row.innerText);

  await page.click(`${failure} .copy`);
  await page.waitForFunction((row) => document.querySelector(`${row} .copy`).textContent === "Copied", {}, failure);
  await page.evaluate(() => {
    const field = document.createElement("textarea");
    document.body.append(field);
    field.focus();
  });
  await page.keyboard.down("Control");
  await page.keyboard.press("KeyV");
  await page.keyboard.up("Control");
  const pasted = await page.$eval("body > textarea", (field) => field.value);
  return { before, failures, opened, pasted };
}
