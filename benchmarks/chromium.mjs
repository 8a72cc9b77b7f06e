// Print HTML files to PDF in one warm browser: node chromium.mjs CHROMIUM FILE… ; prints seconds and pages-bytes.
import { createRequire } from "node:module";
const require = createRequire(new URL("../tests/tools/", import.meta.url));
const { chromium } = require("playwright-core");
const [executablePath, ...files] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
const context = await browser.newContext();
async function print(file) {
  const page = await context.newPage();
  await page.goto(`file://${file}`);
  const bytes = await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true });
  await page.close();
  return bytes.length;
}
await print(files[0]); // warm
const began = performance.now();
for (let at = 0; at < files.length; at += 2) await Promise.all(files.slice(at, at + 2).map(print)); // two at once
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, files: files.length }));
await browser.close();
