// Open pages in a real browser and print, as JSON, their visible text, their requests and their errors.
// Arguments: for each page its address and a module that acts on it, or an empty argument.
// npx installs the packages into a folder of its own; only PATH names it.
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = process.env.PATH.split(delimiter).map(dirname).find((folder) => folder.endsWith("node_modules"));

async function load(name) {
  const { exports } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  return import(pathToFileURL(join(modules, name, exports["."].import ?? exports["."].default)).href);
}

const TIMEOUT = 300_000; // the default of 30 s is short on a busy machine

async function report(browser, address, module) {
  const page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT);
  const requests = [];
  const errors = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(address, { waitUntil: "networkidle0" });
  const text = await page.evaluate(() => document.body.innerText);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  const act = module && (await import(pathToFileURL(module).href)).default;
  const acted = act ? await act(page) : null;
  await page.close();
  return { text, requests, errors, overflow, acted };
}

const executablePath = process.env.BROWSER_FILE || (await (await load("@sparticuz/chromium")).default.executablePath());
const puppeteer = (await load("puppeteer-core")).default;
const browser = await puppeteer.launch({ executablePath, headless: "shell", args: ["--no-sandbox"], timeout: TIMEOUT });
try {
  const pages = process.argv.slice(2);
  const reports = [];
  while (pages.length) reports.push(await report(browser, ...pages.splice(0, 2)));
  console.log(JSON.stringify(reports));
} finally {
  await browser.close();
}
