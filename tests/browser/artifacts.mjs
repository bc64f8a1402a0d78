// Artifacts load when seen, stop when they leave, and fail beside healthy neighbours.
import { expect, until } from "./harness.mjs";
import { trapWell } from "./trap_well.mjs";

const SESSION = "browser-test-artifacts";
const PROBLEM = {
  type: "about:blank",
  title: "The object store is unavailable",
  status: 503,
  detail: "No answer from the object store.",
  code: "unavailable",
  requestId: "test-request-7",
  retryable: true,
};

/** Three plots, each taller than the window, then a card and a file. */
async function prepare(harness) {
  const message = await harness.api("POST", `/v1/sessions/${SESSION}/messages`, {
    role: "assistant",
    content: "Three wells, a table and a file.",
    artifacts: [
      trapWell("ONE"),
      trapWell("TWO-2"),
      trapWell("THREE-33"),
      { type: "topsTable", name: "<b>Tops</b>", rows: [["Brent", 1932.4]] },
    ],
  });
  const path = `/v1/sessions/${SESSION}/messages/${message.id}/artifacts/report.bin?type=&name=report.bin`;
  await harness.api("PUT", path, new Uint8Array(3000).fill(7), "application/octet-stream");
  return message.artifacts.map((artifact) => new URL(artifact.href, harness.baseUrl).pathname);
}

async function failure(harness, page, paths) {
  let failing = true;
  await page.route(
    (url) => url.pathname === paths[0],
    (route) =>
      failing
        ? route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(PROBLEM) })
        : route.continue(),
  );
  harness.tolerated = /503/;
  await page.goto(`${harness.baseUrl}/#/s/${SESSION}`);
  const broken = page.locator("section.artifact").nth(0);
  const healthy = page.locator("section.artifact").nth(1);
  await harness.check(
    "a failing artifact shows Retry, Download and its request id; its neighbour is healthy",
    async () => {
      await broken.getByRole("button", { name: /^Retry/ }).waitFor();
      expect(await broken.getByText("test-request-7").isVisible(), "no request id");
      expect(await broken.getByRole("link", { name: /^Download/ }).isVisible(), "no download");
      await healthy.scrollIntoViewIfNeeded();
      await healthy.locator("[data-curve]").first().waitFor();
      await harness.axe(page);
      await broken.evaluate((element) => element.scrollIntoView({ block: "end" }));
      await page.mouse.wheel(0, 260);
      await harness.shot(page, "artifact-failed");
    },
  );
  await harness.check("Retry loads it", async () => {
    failing = false;
    await broken.getByRole("button", { name: /^Retry/ }).click();
    await broken.locator("[data-curve]").first().waitFor();
  });
  harness.tolerated = null;
}

async function laziness(harness, page, paths) {
  const third = page.locator("section.artifact").nth(2);
  const loading = third.getByText("Loading visualization data…");
  const requests = [];
  const held = []; // requests that wait for the check to let them go
  page.on("request", (request) => new URL(request.url()).pathname === paths[2] && requests.push(request));
  await page.route(
    (url) => url.pathname === paths[2],
    async (route) => {
      await new Promise((resolve) => held.push(resolve));
      await route.continue().catch(() => {}); // the page has given it up
    },
  );
  await page.reload();
  await harness.check("an artifact out of sight is not requested", async () => {
    await page.locator("section.artifact").nth(0).locator("[data-curve]").first().waitFor();
    expect(requests.length === 0, `${requests.length} requests`);
  });
  await harness.check("one that comes into sight loads and says so, with bytes and percent", async () => {
    await third.evaluate((element) => element.scrollIntoView({ block: "start" }));
    await loading.waitFor();
    expect(/of .* · \d+ %/.test(await third.locator(".artifact-loading").innerText()), "no progress");
    await harness.shot(page, "artifact-loading");
  });
  await harness.check("one that leaves before it is there is given up", async () => {
    await until(() => held.length === 1, "the first request");
    const givenUp = page.waitForEvent("requestfailed", (request) => request === requests[0]);
    await page
      .locator("section.artifact")
      .nth(0)
      .evaluate((element) => element.scrollIntoView());
    await givenUp;
    held[0]();
  });
  await harness.check("nothing moves when the data comes", async () => {
    await third.evaluate((element) => element.scrollIntoView({ block: "start" }));
    await loading.waitFor();
    const before = (await third.boundingBox()).height;
    await until(() => held.length === 2, "the second request");
    held[1]();
    await third.locator("[data-curve]").first().waitFor();
    const after = (await third.boundingBox()).height;
    expect(Math.abs(after - before) <= 40, `height ${before} became ${after}`);
  });
}

async function cards(harness, page) {
  await harness.check("an unknown type and a file are cards with name, type, size and Download", async () => {
    const card = page.locator("section.artifact").nth(3);
    await card.scrollIntoViewIfNeeded();
    expect((await card.locator("h3").innerText()) === "<b>Tops</b>", "the name is not shown as it is");
    await card.getByText("Contents").click();
    await card.getByText("1 entry").click();
    await card.getByText("2 entries").click();
    await card.getByText("1932.4").waitFor();
    const file = page.locator("section.artifact").nth(4);
    const text = await file.innerText();
    expect(/report\.bin/.test(text) && /octet-stream/.test(text) && /3\.0 KB/.test(text), text);
    await harness.shot(page, "artifact-cards");
  });
}

export async function artifactChecks(harness) {
  const page = await harness.page();
  try {
    const paths = await prepare(harness);
    await failure(harness, page, paths);
    await laziness(harness, page, paths);
    await cards(harness, page);
  } finally {
    await harness.api("DELETE", `/v1/sessions/${SESSION}`);
    await page.context().close();
  }
}
