// Look at HTML files in a real browser: node look.mjs WIDTH:FILE... -> JSON, one entry for each view.
// Tells what axe finds, which addresses were asked for, how wide the page scrolls, what each id shows and where the
// first press of Tab leads. PRINT_TO=FOLDER also prints each file as a PDF, PICTURE_TO=FOLDER takes its picture.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

const views = process.argv.slice(2).map((each) => each.match(/^(\d+):(.*)$/).slice(1));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium", chromiumSandbox: false, args: QUIET,
});
const seen = [];
try {
  for (const [width, file] of views) seen.push(await look(Number(width), file));
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(seen));

async function look(width, file) {
  // A test can read nothing from a page that may run its own scripts only by the browser's leave.
  const context = await browser.newContext({ viewport: { width, height: 900 }, bypassCSP: true });
  const page = await context.newPage();
  const requests = [], complaints = [];
  page.on("request", (request) => requests.push(request.url().slice(0, 200)));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  await page.evaluate(() => document.fonts.ready);
  const view = { file, width, requests, complaints, ...(await page.evaluate(measure)) };
  await page.evaluate(AXE);
  view.axe = await page.evaluate(async () => {
    const rules = axe.getRules().map((rule) => rule.ruleId);
    const found = await axe.run(document, { runOnly: { type: "rule", values: rules } });
    const told = (list) => list.map((each) => ({
      rule: each.id, help: each.help, where: each.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary),
    }));
    return { violations: told(found.violations), incomplete: told(found.incomplete), passes: found.passes.length };
  });
  if (process.env.PRINT_TO) {
    await page.pdf({ path: join(process.env.PRINT_TO, `${width}-${basename(file)}.pdf`), preferCSSPageSize: true, printBackground: true });
  }
  if (process.env.PICTURE_TO) {
    await page.screenshot({ path: join(process.env.PICTURE_TO, `${width}-${basename(file)}.png`), fullPage: true });
  }
  await page.keyboard.press("Tab");
  view.first_stop = await page.evaluate(() => {
    const { left, top } = document.activeElement.getBoundingClientRect();
    return { href: document.activeElement.getAttribute("href"), left, top };
  });
  await context.close();
  return view;
}

// Runs in the page: its width, its fonts, and for every id the text that can be seen.
function measure() {
  const root = document.scrollingElement;
  const shown = {};
  for (const element of document.querySelectorAll("main [id]")) {
    const box = element.getBoundingClientRect();
    shown[element.id] = { left: box.left, right: box.right, height: box.height, text: element.innerText };
  }
  const fonts = [...document.fonts].filter((face) => face.status === "loaded").map((face) => face.family.replaceAll('"', ""));
  const failed = [...document.fonts].filter((face) => face.status === "error").map((face) => face.family);
  return { scrollWidth: root.scrollWidth, shown, fonts: [...new Set(fonts)], failed };
}
