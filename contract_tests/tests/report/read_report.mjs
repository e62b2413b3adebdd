// What a person does with report.html: follows links, searches, filters, copies, types, prints, without scripts, too.
const visible = (page) =>
  page.$$eval(".clause", (rows) => rows.filter((row) => row.offsetParent).map((row) => row.querySelector(":scope > div").id));
const isOpen = (page, id) =>
  page.$eval(`[id="${id}"]`, (content) => {
    const row = content.closest("details");
    const top = row.getBoundingClientRect().top;
    return row.open && row.offsetParent !== null && top > -5 && top < innerHeight;
  });
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

// Texts whose contrast with their background is below 4.5, as WCAG defines it.
function faintTexts() {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const channels = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (value) => (value <= 10 ? value / 3295 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const background = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = channels(getComputedStyle(one).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const isText = (element) =>
    element.offsetParent && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const texts = [...document.body.querySelectorAll("*")].filter(isText).map((one) => [one, getComputedStyle(one).color]);
  for (const field of document.querySelectorAll("[placeholder]"))
    texts.push([field, getComputedStyle(field, "::placeholder").color]);
  return texts.flatMap(([element, color]) => {
    const [light, dark] = [luminance(channels(color)), luminance(background(element))].sort((one, other) => other - one);
    const ratio = (light + 0.05) / (dark + 0.05);
    return ratio < 4.5 ? [`${element.className || element.tagName}: ${ratio.toFixed(2)}`] : [];
  });
}

async function look(page) {
  await page.evaluate(() => {
    document.querySelector(".show-all").click();
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
  const faint = {};
  for (const value of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
    faint[value] = await page.evaluate(faintTexts);
  }
  await page.$eval("h1", (title) => (title.style.color = "#555")); // on a dark page
  const control = await page.evaluate(faintTexts);
  await page.setViewport({ width: 400, height: 800 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  return { faint, control, width, texts: await page.$eval("body", (body) => body.innerText) };
}

async function paste(page, button) {
  await button.click();
  await page.waitForFunction((one) => one.textContent === "Copied", {}, button);
  await page.evaluate(() => {
    document.querySelector("body > textarea")?.remove();
    const field = document.createElement("textarea");
    document.body.append(field);
    field.focus();
  });
  await page.keyboard.down("Control");
  await press(page, "KeyV");
  await page.keyboard.up("Control");
  const pasted = await page.$eval("body > textarea", (field) => field.value);
  await page.$eval("body > textarea", (field) => field.remove());
  return pasted;
}

async function fresh(page, hash) {
  const address = page.url().split("#")[0];
  await page.goto("about:blank");
  await page.goto(address + hash);
}

export default async function act(page) {
  await page.setViewport({ width: 1200, height: 900 });
  const acted = { first: await visible(page) };
  acted.listed = await page.$$eval("#failures a", (links) => links.map((link) => link.textContent));
  const failure = acted.listed[0];
  acted.wasOpen = await isOpen(page, failure);
  acted.firstScreen = await page.evaluate(() => {
    const texts = [...document.querySelectorAll("h1, dd, .legend, .failures li:first-child")];
    return texts.filter((one) => one.getBoundingClientRect().bottom <= 900).map((one) => one.innerText).join("\n");
  });
  await page.click("#failures a");
  acted.followed = await isOpen(page, failure);
  acted.opened = await page.$eval(`[id="${failure}"]`, (row) => row.closest("details").innerText);
  acted.marked = await page.$$eval(`[id="${failure}"] mark`, (marks) => marks.map((one) => one.textContent));
  acted.pasted = [];
  for (const button of await page.$$(`[id="${failure}"] .command button`)) acted.pasted.push(await paste(page, button));

  await press(page, "Slash");
  await page.keyboard.type("DELETED outcome\n"); // Enter keeps the page
  acted.found = await visible(page);
  acted.count = await page.$eval(".count", (one) => one.textContent);
  await page.click(".show-all");
  acted.foundInAll = await visible(page);
  await press(page, "Slash", "Escape"); // clears the field
  acted.all = await visible(page);
  await press(page, "Tab", "Space"); // the first status
  acted.unchecked = await visible(page);
  await page.$eval(".clause:not([hidden]) summary", (one) => one.focus());
  await press(page, "Enter");
  acted.openedByKey = await page.$eval(".clause:not([hidden])", (row) => row.open);

  await fresh(page, `#${acted.all.at(-1)}`);
  acted.linked = await isOpen(page, acted.all.at(-1)); // a clause that the filter hides at first
  await fresh(page, "");
  await page.evaluate(() =>
    addEventListener("beforeprint", () => {
      window.closedInPrint = document.querySelectorAll("details.failed:not([open])").length;
    }),
  );
  await page.pdf();
  acted.closedInPrint = await page.evaluate(() => window.closedInPrint);
  await page.emulateMediaType("print");
  acted.controlsInPrint = await page.$$eval("button, input", (all) => all.filter((one) => one.offsetParent).length);
  await page.emulateMediaType("screen");
  acted.look = await look(page);

  await page.setJavaScriptEnabled(false);
  await fresh(page, `#${failure}`);
  acted.withoutScript = {
    rows: await visible(page),
    open: await isOpen(page, failure),
    idle: await page.$$eval("button, input", (controls) => controls.filter((one) => one.offsetParent).length),
  };
  return acted;
}

export { look };
