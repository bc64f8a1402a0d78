// The viewer in front of real DynamoDB and S3 servers while S3 is stopped, slow, and alters what it sends:
//   node tests/real/viewer.mjs BUILD_DIRECTORY OUT_DIR, beside tests/servers/with_servers.
// Prints one line per check and "N passed, N failed"; screenshots go to OUT_DIR.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, Harness, until } from "../browser/harness.mjs";

const [build, outDir] = process.argv.slice(2);
const here = new URL(".", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "spillway-viewer-"));
const [items, objects] = execFileSync(join(here, "stores.py"), { encoding: "utf8" }).trim().split("\n");
const s3 = new URL(process.env.SPILLWAY_TEST_S3);

/** The network in front of S3, as it is asked to be; always on the same port. */
let network = null;
let port = 0;
async function networkIs(...options) {
  await networkIsDown();
  network = spawn(join(build, "fault_proxy"), ["--upstream", s3.port, "--listen", String(port), ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise((resolve) => network.stdout.once("data", (data) => resolve(String(data))));
  port = Number(new URL(line.trim()).port);
}
async function networkIsDown() {
  if (!network) return;
  const ended = new Promise((resolve) => network.once("exit", resolve));
  network.kill("SIGTERM");
  await ended;
  network = null;
}

async function startServer() {
  const portFile = join(folder, "port");
  const through = objects.replace(s3.host, `127.0.0.1:${port}`);
  const server = spawn(
    join(build, "spillway"),
    ["serve", "--listen", "127.0.0.1:0", "--port-file", portFile, "--items", items, "--objects", through],
    { stdio: "ignore" },
  );
  await until(() => existsSync(portFile), "the server listens");
  return { server, url: `http://127.0.0.1:${readFileSync(portFile, "utf8").trim()}` };
}

/** A log plot that spills: its curves do not compress. */
function plot() {
  const rows = 9048;
  const noise = () => Array.from({ length: rows }, () => Number((Math.random() * 100).toFixed(5)));
  const logData = { DEPT: Array.from({ length: rows }, (_, i) => 1000 + i * 0.1524), GR: noise(), RT: noise(), RHOB: noise() };
  const curves = ["GR", "RT", "RHOB"].map((mnemonic) => ({ mnemonic, min: 0, max: 100 }));
  const tracks = curves.map((curve) => ({ title: curve.mnemonic, curves: [curve] }));
  return JSON.stringify({ type: "logPlotViewer", wellName: "SPILLED-1", index: { mnemonic: "DEPT", unit: "m" }, tracks, logData });
}

await networkIs();
const { server, url } = await startServer();
const harness = new Harness(url, outDir);
await harness.start();
const message = await harness.api("POST", "/v1/sessions/real/messages", { role: "user", content: "A well that spilled" });
const path = `/v1/sessions/real/messages/${message.id}/artifacts/w`;
const saved = await harness.api("PUT", path, plot());
harness.tolerated = /503|502|Failed to load resource/;

/** A page that has nothing in its caches. */
async function opened() {
  const page = await harness.page();
  await page.goto(`${url}/#/s/real`);
  return page;
}
const drawn = (page) => page.locator("figure.logplot [data-curve]").first().waitFor();

/** Until the server lets requests through to S3 again, which it finds out within seconds. */
async function retried(page) {
  const plot = page.locator("figure.logplot [data-curve]").first();
  await until(async () => {
    const retry = page.getByRole("button", { name: /^Retry/ });
    if (await retry.isVisible()) await retry.click();
    return plot.isVisible();
  }, "the plot after a retry");
}

await harness.check("an artifact in S3 is drawn", async () => {
  expect(saved.storage === "spilled", `it is ${saved.storage}`);
  const page = await opened();
  await drawn(page);
  await page.context().close();
});
await harness.check("a slow S3: the page says what it is doing, then draws", async () => {
  await networkIs("--latency-ms", "700");
  const page = await opened();
  await page.getByText("Retrieving large dataset from storage").waitFor();
  await harness.shot(page, "s3-slow");
  await drawn(page);
  await page.context().close();
});
await harness.check("a stopped S3: the conversation is there, the artifact says why it is not, and comes once S3 is back", async () => {
  await networkIsDown();
  const page = await opened();
  await page.getByText("A well that spilled").last().waitFor();
  await page.getByRole("alert").waitFor();
  const words = await page.getByRole("alert").innerText();
  expect(/Request id/.test(words) && /503/.test(words), words);
  await harness.axe(page);
  await harness.shot(page, "s3-stopped");
  await networkIs();
  await retried(page);
  await page.context().close();
});
await harness.check("an S3 whose bytes are altered on the way: nothing wrong is ever drawn", async () => {
  await networkIs("--altering");
  const page = await opened();
  await page.getByRole("alert").waitFor();
  expect((await page.locator("figure.logplot [data-curve]").count()) === 0, "altered bytes were drawn");
  await harness.shot(page, "s3-altered");
  await networkIs();
  await retried(page);
  await page.context().close();
});

await harness.stop();
const ended = new Promise((resolve) => server.once("exit", resolve));
server.kill("SIGTERM");
await ended;
await networkIsDown();
rmSync(folder, { recursive: true, force: true });
console.log(`${harness.passed} passed, ${harness.failed} failed`);
process.exit(harness.failed === 0 ? 0 : 1);
