// The log plot on a well whose traps are known: what is drawn, what is not, and how it is handled.
import { expect } from "./harness.mjs";
import { inkPixels } from "./pixels.mjs";
import { GAP, GAS, SPIKE, trapWell } from "./trap_well.mjs";

const SESSION = "browser-test-plot";

async function openWell(harness, page, artifact) {
  await harness.api("POST", `/v1/sessions/${SESSION}/messages`, {
    role: "assistant",
    content: `${artifact.wellName} with its traps`,
    artifacts: [artifact],
  });
  await page.goto(`${harness.baseUrl}/#/s/${SESSION}`);
  await page.reload();
  const plot = page.locator("figure.logplot").last();
  await plot.locator("[data-curve]").first().waitFor();
  await page.waitForFunction(() => (document.querySelector(".plot-stage canvas")?.width ?? 0) > 300);
  return plot;
}

export async function expectTraps(harness, plot) {
  const around = (share, by) => [share - by, share + by];
  await harness.check("a spike of one sample among thousands reaches its value", async () => {
    const at = Math.log(1000 / 0.2) / Math.log(2000 / 0.2);
    const columns = [at - 0.06, at - 0.005];
    expect((await inkPixels(plot, "RT", { rows: around(SPIKE, 0.01), columns })) > 2, "the spike is lost");
    expect((await inkPixels(plot, "RT", { rows: around(0.8, 0.1), columns })) === 0, "ink where there is no spike");
  });
  await harness.check("a gap stays a gap", async () => {
    const rows = [GAP[0] + 0.005, GAP[1] - 0.005];
    expect((await inkPixels(plot, "GR", { rows })) === 0, "GR is drawn across its gap");
    expect((await inkPixels(plot, "GR", { rows: [0, GAP[0]] })) > 500, "GR is not drawn above its gap");
  });
  await harness.check(
    "gas is shaded where density plots left of neutron on their own scales, nowhere else",
    async () => {
      const inside = { rows: [GAS[0] + 0.01, GAS[1] - 0.01], columns: [0.14, 0.3], color: "#f4c577", tolerance: 40 };
      expect((await inkPixels(plot, "RHOB", inside)) > 1000, "no gas is shaded");
      for (const rows of [
        [0, GAS[0] - 0.01],
        [GAS[1] + 0.01, 1],
      ])
        expect((await inkPixels(plot, "RHOB", { ...inside, rows })) === 0, "gas is shaded where there is none");
    },
  );
}

async function handling(harness, page, plot) {
  const windowText = () => plot.locator(".plot-window").innerText();
  const whole = await windowText();
  const stage = plot.locator(".plot-stage");
  await stage.scrollIntoViewIfNeeded();
  const box = await stage.boundingBox();
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  const changed = (from) =>
    page.waitForFunction((old) => document.querySelector(".plot-window").textContent.trim() !== old.trim(), from);

  await harness.check("the read-out shows depth and every curve's value", async () => {
    await page.mouse.move(...middle);
    await plot.locator(".depth-badge").waitFor();
    const values = await plot.locator(".curve-value").allInnerTexts();
    const curves = await plot.locator("[data-curve]").count();
    expect(values.length === curves, `${values.length} values for ${curves} curves`);
    expect(
      values.every((value) => value === "absent" || /\d/.test(value)),
      values.join(" "),
    );
    await harness.shot(page, "plot-readout");
  });
  await harness.check("wheel zooms, drag pans, Home shows the whole well again", async () => {
    await page.mouse.wheel(0, -600);
    await changed(whole);
    const zoomed = await windowText();
    await page.mouse.down();
    await page.mouse.move(middle[0], middle[1] - 80, { steps: 4 });
    await page.mouse.up();
    await changed(zoomed);
    await stage.focus();
    await page.keyboard.press("Home");
    await page.waitForFunction(
      (old) => document.querySelector(".plot-window").textContent.trim() === old.trim(),
      whole,
    );
  });
  await harness.check("keys zoom and pan", async () => {
    await stage.focus();
    await page.keyboard.press("+");
    await changed(whole);
    const zoomed = await windowText();
    await page.keyboard.press("ArrowDown");
    await changed(zoomed);
    await harness.shot(page, "plot-zoomed");
    await page.keyboard.press("Home");
  });
}

async function sayings(harness, page, plot) {
  await harness.check("a generated well is called synthetic", async () => {
    expect(await plot.getByText("Synthetic data").isVisible(), "no badge");
  });
  await harness.check("a curve that is not in the data is named, not drawn", async () => {
    expect(await plot.getByText("XYZ: no values in the data").isVisible(), "nothing says that XYZ is missing");
    expect((await plot.locator('[data-curve="XYZ"]').count()) === 0, "XYZ has a head");
  });
  await harness.check("the table gives the same values as numbers", async () => {
    await plot.getByRole("button", { name: "Table" }).click();
    const first = await plot.locator("tbody tr").first().innerText();
    expect(first.startsWith("1000.00"), first);
    await harness.axe(page);
    await plot.getByRole("button", { name: "Table" }).click();
  });
  await harness.check("a curve can be taken out and put back", async () => {
    await plot.getByRole("button", { name: /^Curves/ }).click();
    await plot.getByRole("checkbox", { name: /GR/ }).uncheck();
    await plot.locator('[data-curve="GR"]').waitFor({ state: "detached" });
    await plot.getByRole("checkbox", { name: /GR/ }).check();
    await plot.locator('[data-curve="GR"]').waitFor();
    await harness.shot(page, "plot-picker");
    await plot.getByRole("button", { name: /^Curves/ }).click();
  });
}

export async function plotChecks(harness) {
  const page = await harness.page();
  try {
    const plot = await openWell(harness, page, trapWell("TRAP-1"));
    await expectTraps(harness, plot);
    await handling(harness, page, plot);
    await sayings(harness, page, plot);
    await harness.api("DELETE", `/v1/sessions/${SESSION}`);
    const turned = await openWell(harness, page, trapWell("TRAP-2", { descending: true }));
    await harness.check("data in descending depth is drawn downwards all the same", async () => {
      const rows = [GAP[0] + 0.005, GAP[1] - 0.005];
      expect((await inkPixels(turned, "GR", { rows })) === 0, "the gap is not where its depth is");
      expect((await inkPixels(turned, "GR", { rows: [0, GAP[0]] })) > 500, "GR is not drawn above its gap");
    });
  } finally {
    await harness.api("DELETE", `/v1/sessions/${SESSION}`);
    await page.context().close();
  }
}
