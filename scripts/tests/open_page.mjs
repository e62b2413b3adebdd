// Opens a page in a real browser and prints, as JSON, what a person sees in it and what it asked the network for.
// npx puts the packages into a folder of its own, which only PATH tells.
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = process.env.PATH.split(delimiter).map(dirname).find((folder) => folder.endsWith("node_modules"));

async function load(name) {
  const { exports } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  return import(pathToFileURL(join(modules, name, exports["."].import ?? exports["."].default)).href);
}

const executablePath = process.env.BROWSER_FILE || (await (await load("@sparticuz/chromium")).default.executablePath());
const puppeteer = (await load("puppeteer-core")).default;
const browser = await puppeteer.launch({ executablePath, headless: "shell", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  const requests = [];
  const errors = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(process.argv[2], { waitUntil: "networkidle0" });
  const text = await page.evaluate(() => document.body.innerText);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  const acts = process.argv[3] && (await import(pathToFileURL(process.argv[3]).href)).default;
  const acted = acts ? await acts(page) : null;
  console.log(JSON.stringify({ text, requests, errors, overflow, acted }));
} finally {
  await browser.close();
}
