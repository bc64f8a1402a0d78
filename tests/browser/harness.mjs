// Runs named checks one after the other in one browser, and counts them.
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe_source = require("axe-core").source;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}

/** Waits until `condition` holds; it is asked again and again. */
export async function until(condition, what) {
  const end = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class Harness {
  passed = 0;
  failed = 0;
  violations = []; // of the content security policy
  errors = []; // of the console, except those a check announced

  constructor(baseUrl, outDir) {
    this.baseUrl = baseUrl.replace(/\/$/, "");
    this.outDir = outDir;
    this.tolerated = null;
    mkdirSync(outDir, { recursive: true });
  }

  async start() {
    this.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS });
  }

  async stop() {
    await this.browser?.close();
  }

  /** A fresh page; everything it complains about is collected. */
  async page(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) =>
        console.error(`CSP ${event.violatedDirective}: ${event.blockedURI}`),
      );
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      const text = `${message.text()} ${message.location().url}`;
      if (text.startsWith("CSP ") || text.includes("Content Security Policy")) this.violations.push(text);
      else if (!this.tolerated?.test(text)) this.errors.push(text);
    });
    page.on("pageerror", (error) => this.errors.push(String(error)));
    return page;
  }

  async check(name, body) {
    try {
      await body();
      ++this.passed;
      console.log(`ok    ${name}`);
    } catch (error) {
      ++this.failed;
      console.log(`FAIL  ${name}\n      ${error.message.split("\n").slice(0, 6).join("\n      ")}`);
    }
  }

  async shot(page, name) {
    await page.screenshot({ path: join(this.outDir, `${name}.png`) });
  }

  /** Throws if axe finds anything serious or critical. */
  async axe(page) {
    await page.evaluate(axe_source);
    const found = await page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return violations
        .filter((v) => v.impact === "serious" || v.impact === "critical")
        .map(
          (v) =>
            `${v.id}: ${v.nodes
              .map((n) => n.target.join(" "))
              .slice(0, 3)
              .join(", ")}`,
        );
    });
    expect(found.length === 0, found.join("\n"));
  }

  /** One call of the server's API, for what a check needs beforehand. */
  async api(method, path, body, type = "application/json") {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": type },
      body: body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
    return text ? JSON.parse(text) : null;
  }
}
