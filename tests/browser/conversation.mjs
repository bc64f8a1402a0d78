// Asking for curves, and the conversations around it: empty, answered, linked to, deleted; light, dark and phone.
import { expect } from "./harness.mjs";
import { inkOfEveryCurve, misalignedRows } from "./pixels.mjs";

const QUESTION = "show log curves for WELL-001";
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

async function drawnPlot(page) {
  const plot = page.locator("figure.logplot").first();
  await plot.locator(".plot-stage canvas").waitFor();
  await page.waitForFunction(() => (document.querySelector(".plot-stage canvas")?.width ?? 0) > 300);
  return plot;
}

async function expectDrawn(page) {
  const plot = await drawnPlot(page);
  const counts = await inkOfEveryCurve(plot);
  expect(counts.length >= 2, `only ${counts.length} curves have heads`);
  for (const [name, pixels] of counts) expect(pixels >= 100, `${name} has ${pixels} pixels of its colour`);
}

export async function conversationChecks(harness) {
  const page = await harness.page();
  await harness.check("the page comes with a strict content security policy", async () => {
    const response = await page.goto(`${harness.baseUrl}/`);
    const policy = response.headers()["content-security-policy"] ?? "";
    expect(policy.includes("default-src 'self'"), `policy: "${policy}"`);
    expect(!policy.includes("unsafe"), `policy: "${policy}"`);
  });
  await harness.check("an empty conversation offers an example", async () => {
    await page.getByRole("button", { name: QUESTION }).waitFor();
    await harness.axe(page);
    await harness.shot(page, "empty-light");
  });
  await harness.check("a question is answered with curves that are really drawn", async () => {
    await page.getByLabel("Message").fill(QUESTION);
    await page.keyboard.press("Enter");
    await expectDrawn(page);
    expect(/#\/s\/.+/.test(page.url()), `address ${page.url()}`);
  });
  await harness.check("the depth axis and every track share their rows exactly", async () => {
    const missing = await misalignedRows(await drawnPlot(page));
    expect(missing.length === 0, missing.join(", "));
  });
  await harness.check("the answer says where the data is stored", async () => {
    const line = await page.locator(".storage").first().innerText();
    expect(/Stored inline|Encoded inside|Spilled to/.test(line) && /KB|MB|bytes/.test(line), line);
  });
  await harness.check("axe finds nothing serious, light and wide", async () => {
    await harness.shot(page, "plot-light");
    await harness.axe(page);
  });
  await looks(harness, page.url());
  await phone(harness);
  await deletion(harness, page);
  await page.context().close();
}

async function phone(harness) {
  const page = await harness.page(PHONE);
  await harness.check("a long title leaves the buttons of a phone their size, and a value its scale's ends", async () => {
    const content = "show log curves for WELL-001, please, and all that there is to say about them";
    await harness.api("POST", "/v1/sessions/long-title/messages", { role: "user", content, respond: true });
    await page.goto(`${harness.baseUrl}/#/s/long-title`);
    await drawnPlot(page);
    for (const button of await page.locator(".button-icon:visible").all()) {
      const { width, height } = await button.boundingBox();
      expect(width >= 31.5 && height >= 31.5, `a button of ${width} by ${height}`);
    }
    await page.locator(".plot-stage").focus();
    await page.keyboard.press("Shift+ArrowDown");
    const head = page.locator(".curve-head").first();
    const value = await head.locator(".curve-value").boundingBox();
    const scale = await head.locator(".curve-scale").boundingBox();
    expect(value.y >= scale.y + scale.height - 1, `the value is at ${value.y}, the scale ends at ${scale.y + scale.height}`);
  });
  await page.context().close();
}

async function looks(harness, address) {
  const variants = [
    ["dark", { colorScheme: "dark" }],
    ["phone-light", PHONE],
    ["phone-dark", { ...PHONE, colorScheme: "dark" }],
  ];
  for (const [name, options] of variants) {
    const page = await harness.page(options);
    await harness.check(`a deep link shows the same curves, ${name}`, async () => {
      await page.goto(address);
      await expectDrawn(page);
      await harness.shot(page, `plot-${name}`);
    });
    await harness.check(`axe finds nothing serious, ${name}`, () => harness.axe(page));
    await harness.check(`nothing makes the page scroll sideways, ${name}`, async () => {
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider <= 0, `${wider} pixels too wide`);
    });
    await page.context().close();
  }
}

async function deletion(harness, page) {
  await harness.check("a conversation is deleted only after asking, and is gone", async () => {
    const session = decodeURIComponent(page.url().split("#/s/")[1]);
    const row = page.locator(".session[data-current]");
    await row.hover();
    await row.getByRole("button", { name: /^Delete / }).click();
    await page.getByRole("button", { name: "Keep" }).click();
    await row.getByRole("button", { name: /^Delete / }).click();
    await row.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("heading", { name: "Ask about a well" }).waitFor();
    const answer = await fetch(`${harness.baseUrl}/v1/sessions/${encodeURIComponent(session)}/messages`);
    expect(answer.status === 404, `the session still answers ${answer.status}`);
  });
}
