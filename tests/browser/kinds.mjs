// Images, texts, tables, trees, documents and charts against the real server; what is hostile stays inert.
import { expect, until } from "./harness.mjs";

const SESSION = "browser-test-kinds";
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFklEQVR4nGP8z8DwnwEPYMInOXwUAABZsgIOf3jD1wAAAABJRU5ErkJggg==",
  "base64",
);
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><script>parent.hacked = 1</script>
<circle cx="20" cy="20" r="18" fill="teal" onclick="parent.hacked = 1"/></svg>`;
const CSV = `well,depth,comment\n${Array.from({ length: 3000 }, (_, i) => `W-${i},${(1000 + i * 0.1524).toFixed(4)},"=cmd|' /C calc'!A${i}"`).join("\n")}\n`;

/** A document of one page with text on it, and a script that must not run. */
function pdf() {
  const content = "BT /F1 24 Tf 40 140 Td (Spilled pages) Tj ET";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.4\n";
  const at = objects.map((object, i) => {
    const offset = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = text.length;
  text += `xref\n0 6\n0000000000 65535 f \n${at.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`).join("")}`;
  return `${text}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
}

const CHART = {
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  type: "vega-lite",
  name: "Porosity by zone",
  data: { values: [{ zone: "A", phi: 0.21 }, { zone: "B", phi: 0.14 }, { zone: "C", phi: 0.27 }] },
  mark: "bar",
  encoding: { x: { field: "zone", type: "nominal" }, y: { field: "phi", type: "quantitative" } },
};
const FETCHING = { ...CHART, name: "A chart that calls home", data: { url: "https://evil.example/data.json" } };

async function prepare(harness) {
  const message = await harness.api("POST", `/v1/sessions/${SESSION}/messages`, {
    role: "assistant",
    content: "Artifacts of many kinds",
    artifacts: [CHART, FETCHING, { type: "unheardOf", name: "Whatever it is", list: Array.from({ length: 300 }, (_, i) => i) }],
  });
  const put = (id, body, type) =>
    harness.api("PUT", `/v1/sessions/${SESSION}/messages/${message.id}/artifacts/${id}?name=${id}`, body, type);
  await put("picture.png", PNG, "image/png");
  await put("drawing.svg", SVG, "image/svg+xml");
  await put("page.html", "<script>parent.hacked = 1</script><b>bold</b>", "text/html");
  await put("tops.csv", CSV, "text/csv");
  await put("report.pdf", pdf(), "application/pdf");
  await put("digits.json", '{"exact": 12345678901234567890.1234567890}', "application/json");
}

export async function kindsChecks(harness) {
  await prepare(harness);
  const page = await harness.page();
  await page.goto(`${harness.baseUrl}/#/s/${SESSION}`);
  const artifact = async (name) => {
    const section = page.locator("section.artifact", { hasText: name });
    await section.first().scrollIntoViewIfNeeded();
    return section.first();
  };
  await harness.check("a chart is drawn without evaluating anything", async () => {
    const canvas = (await artifact("Porosity by zone")).locator("canvas");
    await canvas.waitFor();
    const ink = await canvas.evaluate((c) => new Set(c.getContext("2d").getImageData(0, 0, c.width, c.height).data).size);
    expect(ink > 3, "nothing is drawn");
    await harness.shot(page, "kind-chart");
  });
  await harness.check("a chart that wants to load something from elsewhere is refused in words", async () => {
    await (await artifact("A chart that calls home")).getByText(/may not load anything|cannot be drawn/).first().waitFor();
  });
  await harness.check("what nothing draws has a card, and its contents as a tree", async () => {
    const card = await artifact("Whatever it is");
    await card.getByText("Contents").click();
    await card.getByRole("tree").waitFor();
    await card.getByText("300 entries").waitFor();
  });
  await harness.check("digits that JavaScript has no number for are kept", async () => {
    const card = await artifact("digits.json");
    await card.getByText("Contents").click();
    await card.getByText("12345678901234567890.1234567890").waitFor();
    await harness.axe(page);
  });
  await harness.check("images show, and scripts in an SVG do not run", async () => {
    for (const name of ["picture.png", "drawing.svg"]) {
      const image = (await artifact(name)).locator("img");
      await until(() => image.evaluate((i) => i.complete && i.naturalWidth > 0), `${name} is loaded`);
    }
    await harness.shot(page, "kind-image");
  });
  await harness.check("HTML is text here", async () => {
    const text = await artifact("page.html");
    await text.locator("pre").waitFor();
    expect((await text.locator("pre").innerText()).includes("<script>"), "it is not shown as it is");
    expect((await page.evaluate(() => globalThis.hacked)) === undefined, "a script ran");
  });
  await harness.check("a table shows its first rows at once, its last after scrolling, and sorts", async () => {
    const table = await artifact("tops.csv");
    await table.getByText("W-0", { exact: true }).waitFor();
    await table.locator(".windowed").evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await table.getByText("W-2999", { exact: true }).waitFor();
    await table.locator(".windowed").evaluate((box) => box.scrollTo(0, 0));
    await table.getByRole("button", { name: "depth" }).click();
    await table.getByRole("button", { name: "depth" }).click();
    await table.getByText("W-2999", { exact: true }).waitFor();
    await harness.shot(page, "kind-table");
    await harness.axe(page);
  });
  await harness.check("a document's pages are drawn, and its script does not run", async () => {
    const canvas = (await artifact("report.pdf")).locator("canvas.pdf-page");
    await canvas.waitFor();
    await until(() => canvas.evaluate((c) => c.textContent.includes("Spilled pages")), "the page's text");
    await harness.shot(page, "kind-pdf");
  });
  await page.context().close();
}
