// Looks at every page of the built book in a headless Chromium, light and dark, on a phone and on a
// wide screen: no error in the console, nothing from elsewhere, every link leads somewhere, no
// scrolling sideways outside of code, and nothing that axe-core calls serious or critical.
//
//   node look-at-the-book.mjs BOOK          with playwright-core and axe-core installed beside it
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";

const require = createRequire(resolve("package.json"));
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core");

const book = resolve(process.argv[2]);
const types = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml" };
const server = createServer((request, response) => {
  const path = join("/", decodeURIComponent(new URL(request.url, "http://book").pathname));
  try {
    const body = readFileSync(join(book, path));
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${server.address().port}`;

// toc.html is a part of other pages.
const pages = readdirSync(book, { recursive: true }).filter((name) => name.endsWith(".html") && name !== "toc.html");
/** In a page: its links within the book, and the places in it to which a link can lead. */
function linksAndPlaces() {
  const own = [...document.querySelectorAll("a[href]")].filter((link) => link.origin === location.origin);
  const links = own.map((link) => ({
    href: link.getAttribute("href"),
    path: decodeURIComponent(link.pathname.slice(1)),
    place: decodeURIComponent(link.hash.slice(1)),
  }));
  return { links, places: [...document.querySelectorAll("[id]")].map((element) => element.id) };
}

/** In a page: what is wider than its place, code aside. */
function scrollsSideways() {
  const wide = (element) => element.scrollWidth > element.clientWidth + 1;
  const found = wide(document.documentElement) ? ["the page"] : [];
  for (const element of document.querySelectorAll("main *")) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    if (scrolls && wide(element) && !element.closest("pre")) found.push(element.outerHTML.slice(0, 80));
  }
  return found;
}

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const problems = [];
const found = new Map(); // of each page, what linksAndPlaces finds
let looked = 0;

/** One look at one page, and what is wrong with it. */
async function look(context, name, colorScheme, width) {
  const page = await context.newPage();
  const say = (text) => problems.push(`${name}, ${colorScheme}, ${width} px: ${text}`);
  page.on("console", (message) => message.type() === "error" && say(message.text()));
  page.on("pageerror", (error) => say(error.message));
  page.on("request", (request) => {
    const own = request.url().startsWith(origin) || request.url().startsWith("data:");
    if (!own) say(`asks for ${request.url()}`);
  });
  await page.goto(`${origin}/${name}`);
  for (const element of await page.evaluate(scrollsSideways)) say(`scrolls sideways: ${element}`);
  if (colorScheme === "light" && width === 1280) {
    found.set(name, await page.evaluate(linksAndPlaces));
  }
  // print.html holds all the other pages.
  if (width !== 640 && name !== "print.html") {
    await page.addScriptTag({ path: axe });
    const options = { resultTypes: ["violations"] };
    const { violations } = await page.evaluate((options) => axe.run(document, options), options);
    for (const { id, impact, nodes } of violations) {
      if (!["serious", "critical"].includes(impact)) continue;
      say(`${impact}: ${id}, ${nodes.length} times, as in ${nodes[0].html.slice(0, 100)}`);
    }
  }
  looked += 1;
  await page.close();
}

// The listings of the sources are all alike: one look at each in light and one in dark will do.
const isListing = (name) => name.startsWith("sources/") && name !== "sources/index.html";
const enough = (colorScheme, width) => width === (colorScheme === "light" ? 1280 : 360);

// 640 pixels are a screen of 1280 at 200 %.
for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 640, 1280]) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
    const left = pages.filter((name) => !isListing(name) || enough(colorScheme, width));
    const worker = async () => {
      while (left.length > 0) await look(context, left.pop(), colorScheme, width);
    };
    await Promise.all([worker(), worker()]);
    await context.close();
  }
}
await browser.close();
server.close();

for (const [name, { links }] of found) {
  for (const { href, path, place } of links) {
    const isThere = place ? found.get(path)?.places.includes(place) : existsSync(join(book, path));
    if (!isThere) problems.push(`${name}: a link to nowhere: ${href}`);
  }
}
for (const problem of problems) console.log(problem);
console.log(`${looked} looks at ${pages.length} pages, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
