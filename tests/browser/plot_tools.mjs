// What one does with a log plot beyond looking: scales, units, files to keep, wells side by side, two fingers.
import { readFileSync } from "node:fs";
import { expect, until } from "./harness.mjs";
import { inkPixels, misalignedRows } from "./pixels.mjs";
import { expectTraps } from "./plot.mjs";
import { ROWS, SPIKE, TOP, trapWell } from "./trap_well.mjs";

const SESSION = "browser-test-tools";
const LAS =
  "~V\n VERS. 2.0 :\n WRAP. NO :\n~W\n STRT.M 1 :\n STOP.M 3 :\n STEP.M 1 :\n NULL. -999 :\n WELL. LAS-1 :\n~C\n DEPT.M :\n GR.GAPI :\n~A\n1 10\n2 -999\n3 30\n";

/** The second well's plot, once it is drawn. */
async function seen(page) {
  const frame = page.locator(".artifact", { has: page.getByRole("heading", { name: "TOOLS-22" }) });
  await frame.scrollIntoViewIfNeeded();
  const plot = frame.locator("figure.logplot");
  await plot.locator("[data-curve]").first().waitFor();
  await plot.locator(".plot-stage").scrollIntoViewIfNeeded();
  await until(() => plot.locator(".plot-stage canvas").evaluate((canvas) => canvas.width > 300), "no canvas");
  return plot;
}

async function open(harness, page) {
  const zones = [{ name: "Sand B", top: TOP + 600, bottom: TOP + 800, color: "#c9a227" }];
  const artifacts = [
    trapWell("SIDE-1"),
    { ...trapWell("TOOLS-22"), zones, tops: [{ name: "Top B", depth: TOP + 600 }] },
  ];
  await harness.api("POST", `/v1/sessions/${SESSION}/messages`, { role: "assistant", content: "Two wells", artifacts });
  await page.goto(`${harness.baseUrl}/#/s/${SESSION}`);
  return seen(page);
}

async function scales(harness, page, plot) {
  const head = plot.getByRole("button", { name: /Scale of RT/ }).first();
  const around = (share) => [share - 0.01, share + 0.01];
  await harness.check("an impossible scale is refused in words and changes nothing", async () => {
    await head.click();
    await page.keyboard.type("-1");
    await page.keyboard.press("Enter");
    expect(/above zero/.test(await plot.getByRole("alert").innerText()), "nothing is said");
    expect(/0\.2/.test(await head.innerText()), "the scale changed");
    await harness.axe(page);
  });
  await harness.check("an edited scale is drawn, and a spike beyond it is marked on the edge", async () => {
    const edge = { rows: around(SPIKE), columns: [0.98, 1] };
    const before = await inkPixels(plot, "RT", edge);
    await plot.getByLabel("Left").fill("1");
    await plot.getByLabel("Right").fill("100");
    await plot.getByRole("button", { name: "Apply" }).click();
    await until(async () => (await inkPixels(plot, "RT", edge)) > before, "no mark at the edge");
    expect(
      (await inkPixels(plot, "RT", { rows: [0.7, 0.9], columns: [0.97, 1] })) === 0,
      "a mark where all is on scale",
    );
    await plot.getByRole("button", { name: "Reset" }).click();
    await until(async () => (await inkPixels(plot, "RT", edge)) === before, "reset does not bring the scale back");
    await page.keyboard.press("Escape");
  });
}

async function saved(page, plot, label) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    plot.getByRole("button", { name: label }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function files(harness, page, plot) {
  await plot.getByRole("button", { name: "Export" }).click();
  await harness.check("the picture is saved as PNG and as vectors", async () => {
    const png = await saved(page, plot, /PNG/);
    expect(png.name === "TOOLS-22.png" && png.bytes.subarray(1, 4).toString() === "PNG", png.name);
    const svg = (await saved(page, plot, /SVG/)).bytes.toString();
    expect(svg.includes("<path") && !/<image|<script|foreignObject/.test(svg), "the SVG is not of vectors alone");
    expect(svg.includes("Sand B") && svg.includes("Top B"), "zone and top are not in it");
  });
  await harness.check("CSV has the window's samples or all, as they are in the data", async () => {
    const lines = (await saved(page, plot, /^All samples/)).bytes.toString().split("\r\n");
    expect(lines.length === ROWS + 2, `${lines.length} lines`);
    expect(lines[0] === "DEPT (m),GR (gAPI),RT (ohm.m),RHOB (g/cm3),NPHI (v/v),DT (us/ft)", lines[0]);
    await plot.locator(".plot-stage").focus();
    await page.keyboard.press("+");
    const part = (await saved(page, plot, /in the window/)).bytes.toString().split("\r\n");
    expect(part.length > 1000 && part.length < ROWS, `${part.length} lines of the window`);
    expect(
      part.slice(1, -1).every((line) => lines.includes(line)),
      "a line differs from the data",
    );
    await plot.locator(".plot-stage").focus();
    await page.keyboard.press("Home");
  });
  await plot.getByRole("button", { name: "Export" }).click();
}

async function together(harness, page, plot) {
  await harness.check("depths are shown in feet, and the plot is the same", async () => {
    const ink = await inkPixels(plot, "RT");
    await plot.getByRole("button", { name: "ft" }).click();
    expect(/3280\.84 .* ft/.test(await plot.locator(".plot-window").innerText()), "not in feet");
    await until(async () => (await inkPixels(plot, "RT")) > 0, "nothing is drawn");
    expect(Math.abs((await inkPixels(plot, "RT")) - ink) < ink * 0.05, "the curve changed");
    await plot.getByRole("button", { name: "m", exact: true }).click();
  });
  await harness.check("another well stands beside it on the very same rows", async () => {
    await plot.getByRole("button", { name: "Add well" }).click();
    await plot.getByRole("checkbox", { name: /SIDE-1/ }).check();
    await plot.locator(".well-name").nth(1).waitFor();
    await until(async () => (await plot.locator("[data-track]").count()) === 8, "not eight tracks");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const off = await misalignedRows(plot);
    expect(off.length === 0, off.slice(0, 5).join("; "));
    await harness.axe(page);
    await harness.shot(page, "plot-two-wells");
  });
}

async function fingers(harness) {
  const page = await harness.page({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  try {
    await page.goto(`${harness.baseUrl}/#/s/${SESSION}`);
    const plot = await seen(page);
    const stage = plot.locator(".plot-stage");
    await harness.check("two fingers zoom the plot and not the page", async () => {
      const whole = await plot.locator(".plot-window").innerText();
      const box = await stage.boundingBox();
      const session = await page.context().newCDPSession(page);
      const touch = (type, ys) =>
        session.send("Input.dispatchTouchEvent", {
          type,
          touchPoints: ys.map((y, id) => ({ x: 200, y: box.y + y, id })),
        });
      await touch("touchStart", [150, 200]);
      for (let i = 1; i <= 8; ++i) await touch("touchMove", [150 - 8 * i, 200 + 8 * i]);
      await touch("touchEnd", []);
      await until(async () => (await plot.locator(".plot-window").innerText()) !== whole, "the window stays");
      const span = (text) =>
        text
          .match(/[\d.]+/g)
          .slice(0, 2)
          .reduce((top, bottom) => bottom - top);
      expect(span(await plot.locator(".plot-window").innerText()) < span(whole) * 0.6, "hardly zoomed");
      expect((await page.evaluate(() => visualViewport.scale)) === 1, "the page zoomed");
      await harness.shot(page, "plot-pinched");
    });
    await harness.check("the depth axis stays in sight when tracks scroll sideways", async () => {
      const scroller = plot.locator(".plot-scroll");
      await scroller.evaluate((element) => (element.scrollLeft = 200));
      const [axis, frame] = [await plot.locator(".depth-axis").boundingBox(), await scroller.boundingBox()];
      expect(Math.abs(axis.x - frame.x) < 1.5, `the axis is at ${axis.x}, the plot at ${frame.x}`);
    });
  } finally {
    await page.context().close();
  }
}

/** Where import keeps the file, it can be had again; a plot that came without one offers none. */
async function source(harness, page) {
  await harness.check("the original LAS file is offered, byte for byte", async () => {
    await harness.api("POST", `/v1/import?session=${SESSION}-las&name=las-1.las`, LAS, "text/plain");
    await page.goto(`${harness.baseUrl}/#/s/${SESSION}-las`);
    const plot = page.locator("figure.logplot").first();
    await plot.locator("[data-curve]").first().waitFor();
    await plot.getByRole("button", { name: "Export" }).click();
    const href = await plot.getByRole("link", { name: "Original LAS" }).getAttribute("href");
    expect((await (await fetch(new URL(href, harness.baseUrl))).text()) === LAS, "other bytes");
  });
}

/** 200,000 rows, more than 8 MB: tiles of what the window shows, never the whole artifact. */
async function long(harness) {
  const page = await harness.page();
  const asked = [];
  page.on("response", (response) => asked.push(response));
  const well = trapWell("LONG-4444", { count: 200_000 });
  const session = `${SESSION}-long`;
  try {
    const message = { role: "assistant", content: "A long log", artifacts: [well] };
    const saved = await harness.api("POST", `/v1/sessions/${session}/messages`, message);
    expect(saved.artifacts[0].size > 8e6, `only ${saved.artifacts[0].size} bytes`);
    await page.goto(`${harness.baseUrl}/#/s/${session}`);
    const plot = page.locator("figure.logplot");
    const depth = () => plot.locator(".plot-window").innerText();
    await plot.locator("[data-curve]").first().waitFor();
    await until(async () => (await inkPixels(plot, "GR")) > 500, "nothing is drawn");
    await until(async () => (await plot.locator(".tile-state").innerText()) === "", "tiles keep loading");
    await expectTraps(harness, plot);
    await harness.check("a long log's sample is read to its last digit once one is near enough", async () => {
      const stage = plot.locator(".plot-stage");
      await stage.focus();
      for (let i = 0; i < 22; ++i) await page.keyboard.press("+");
      const box = await stage.boundingBox();
      await page.mouse.move(box.x + 50, box.y + box.height / 2);
      await until(async () => /\d/.test((await plot.locator(".curve-value").allInnerTexts()).join()), "no values");
      const read = Number(await plot.locator(".depth-badge").innerText());
      const row = well.logData.DEPT.findIndex((at) => at.toFixed(2) === read.toFixed(2));
      const value = Number(await plot.locator('[data-curve="DT"] .curve-value').innerText());
      expect(row >= 0 && Math.abs(value - well.logData.DT[row]) < 0.01, `DT ${value} at ${read} in ${await depth()}`);
    });
    await harness.check("a long log is not downloaded to be drawn", async () => {
      const paths = asked.map((response) => new URL(response.url()).pathname).filter((path) => /artifacts/.test(path));
      expect(paths.length > 2 && paths.every((path) => /\/curves(\/|$)/.test(path)), [...new Set(paths)].join(" "));
      expect(
        asked.every((response) => response.status() < 400),
        "an answer was an error",
      );
    });
  } finally {
    await harness.api("DELETE", `/v1/sessions/${session}`);
    await page.context().close();
  }
}

export async function plotToolChecks(harness) {
  await long(harness);
  const page = await harness.page();
  try {
    const plot = await open(harness, page);
    await scales(harness, page, plot);
    await harness.check("only what exists is offered", async () => {
      await plot.getByRole("button", { name: "Export" }).click();
      expect((await plot.getByRole("link", { name: "Original LAS" }).count()) === 0, "a LAS file that is not there");
      await plot.getByRole("button", { name: "Export" }).click();
    });
    await files(harness, page, plot);
    await together(harness, page, plot);
    await fingers(harness);
    await source(harness, page);
  } finally {
    await harness.api("DELETE", `/v1/sessions/${SESSION}`);
    await harness.api("DELETE", `/v1/sessions/${SESSION}-las`);
    await page.context().close();
  }
}
