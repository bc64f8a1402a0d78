// Every library on both logs, in turns, each in a fresh page; prints one table. ./dev bench --viewer runs this.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const folder = fileURLToPath(new URL("../../build/bench-viewer", import.meta.url));

const LIBRARIES = [
  ["own", "Spillway's log plot"],
  ["uplot", "uPlot 1.6.32"],
  ["echarts", "ECharts 6.1.0"],
  ["videx", "@equinor/videx-wellog 1.3.4"],
];
const ROWS = [9048, 1_000_000];
const TURNS = 3; // of which the median is shown; one where a turn takes longer than this
const TURN_MS_MAX = 30_000;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://bench").pathname;
  try {
    const body = await readFile(join(folder, path === "/" ? "index.html" : path));
    response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "text/html" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}`;

const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--js-flags=--expose-gc"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });

async function turn(library, rows) {
  const page = await browser.newPage({ viewport: { width: 1240, height: 900 } });
  page.setDefaultTimeout(300_000);
  try {
    await page.goto(`${base}/?lib=${library}&rows=${rows}`);
    await page.waitForFunction(() => window.result);
    return await page.evaluate(() => window.result);
  } catch (error) {
    return { error: String(error).split("\n")[0] };
  } finally {
    await page.close();
  }
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const only = process.argv.slice(2);

for (const rows of ROWS) {
  console.log(`${rows.toLocaleString("en")} rows of 6 curves`.padEnd(34), "first paint   pan p50   pan p95");
  const results = new Map();
  for (let t = 0; t < TURNS; ++t)
    for (const [library] of LIBRARIES) {
      if (only.length > 0 && !only.includes(library)) continue;
      const old = results.get(library) ?? [];
      if (old.some((r) => r.error || r.tookMs > TURN_MS_MAX)) continue;
      const started = Date.now();
      const result = await turn(library, rows);
      results.set(library, [...old, { ...result, tookMs: Date.now() - started }]);
    }
  for (const [library, name] of LIBRARIES) {
    const found = results.get(library);
    if (!found) continue;
    const failed = found.find((r) => r.error);
    const column = (key, width) => `${Math.round(median(found.map((r) => r[key])))} ms`.padStart(width);
    const figures = failed ? failed.error : column("paintMs", 11) + column("p50", 10) + column("p95", 10);
    console.log(`  ${name}`.padEnd(34), figures);
  }
}
await browser.close();
server.close();
