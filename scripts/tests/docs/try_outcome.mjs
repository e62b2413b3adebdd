// Use the page of the reference server as a person does: authorise, request an outcome, read the response.
const OPERATION = "#operations-Outcomes-get_outcome";

export default async function act(page) {
  await page.click(".btn.authorize");
  await page.type("#auth-bearer-value", "editor-token");
  await page.click(".auth-btn-wrapper .authorize");
  await page.click(".btn-done");
  await page.click(`${OPERATION} .opblock-summary-control`);
  const id = await page.waitForSelector(`${OPERATION} tr[data-param-name=id] input`);
  await id.evaluate((field) => field.select()); // the field contains the example of the contract
  await id.type("3");
  const description = await page.$eval(`${OPERATION} .opblock-description`, (shown) => shown.innerText);
  await page.click(`${OPERATION} .execute`);
  const response = await page.waitForSelector(".live-responses-table .response-col_description .microlight");
  const body = await response.evaluate((shown) => shown.innerText);
  const status = await page.$eval(".live-responses-table tbody .response-col_status", (shown) => shown.innerText);
  return { description, status: status.trim(), body };
}
