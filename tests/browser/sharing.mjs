// What others do shows at once; files are dropped in; conversations are found; the storage page tells where it all went.
import { expect, until } from "./harness.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const LAS = `~Version
VERS. 2.0 :
WRAP. NO :
~Well
WELL. DROPPED-1 :
STRT.M 100 :
STOP.M 163 :
STEP.M 1 :
NULL. -999.25 :
~Curve
DEPT.M :
GR.GAPI :
~ASCII
${Array.from({ length: 64 }, (_, i) => `${100 + i} ${(50 + 30 * Math.sin(i / 5)).toFixed(3)}`).join("\n")}
`;

/** Drops files on the conversation as a person does: the browser makes the events. */
async function drop(page, files) {
  const transfer = await page.evaluateHandle((all) => {
    const data = new DataTransfer();
    for (const { name, type, text } of all) data.items.add(new File([text], name, { type }));
    return data;
  }, files);
  await page.dispatchEvent(".conversation", "dragenter", { dataTransfer: transfer });
  await page.getByText("Drop files to add them").waitFor();
  await page.dispatchEvent(".conversation", "drop", { dataTransfer: transfer });
}

async function liveUpdates(harness) {
  const session = "shared";
  await harness.api("POST", `/v1/sessions/${session}/messages`, { role: "user", content: "First words of a shared talk" });
  const page = await harness.page();
  await page.goto(`${harness.baseUrl}/#/s/${session}`);
  await page.getByText("First words of a shared talk").last().waitFor();
  let second;
  await harness.check("what somebody else writes shows at once", async () => {
    second = await harness.api("POST", `/v1/sessions/${session}/messages`, { role: "assistant", content: "Second words" });
    await page.getByText("Second words").waitFor();
  });
  await harness.check("what somebody else deletes goes at once", async () => {
    await harness.api("DELETE", `/v1/sessions/${session}/messages/${second.id}`);
    await page.getByText("Second words").waitFor({ state: "detached" });
  });
  await harness.check("a new conversation of somebody else appears in the list", async () => {
    await harness.api("POST", "/v1/sessions/elsewhere/messages", { role: "user", content: "A talk in another window" });
    await page.locator(".session", { hasText: "A talk in another window" }).waitFor();
  });
  await harness.check("conversations are found by their titles", async () => {
    await page.getByRole("searchbox", { name: "Search conversations" }).fill("ANOTHER window");
    await until(async () => (await page.locator(".session").count()) === 1, "one conversation found");
    await page.getByRole("searchbox").fill("no such title at all");
    await page.getByText("No conversation has this in its title.").waitFor();
    await page.getByRole("searchbox").fill("");
    await page.locator(".session", { hasText: "First words" }).waitFor();
  });
  await page.context().close();
}

async function deepLinks(harness) {
  const session = "long-talk";
  const ids = [];
  for (let i = 0; i < 45; ++i) {
    const message = await harness.api("POST", `/v1/sessions/${session}/messages`, { role: "user", content: `Line ${i} of a long talk` });
    ids.push(message.id);
  }
  const page = await harness.page();
  await harness.check("a link to a message far back shows it", async () => {
    await page.goto(`${harness.baseUrl}/#/s/${session}/m/${ids[2]}`);
    const target = page.locator(`[data-message="${ids[2]}"]`);
    await target.waitFor();
    await until(() => target.evaluate((e) => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().top < innerHeight), "the message in view");
    expect((await target.getAttribute("data-target")) !== null, "it is not marked");
  });
  await harness.check("a message is deleted only after asking", async () => {
    const target = page.locator(`[data-message="${ids[2]}"]`);
    await target.hover();
    await target.getByRole("button", { name: /^Delete the message/ }).click();
    await page.getByRole("button", { name: "Keep" }).click();
    await target.getByRole("button", { name: /^Delete the message/ }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await target.waitFor({ state: "detached" });
    const answer = await fetch(`${harness.baseUrl}/v1/sessions/${session}/messages/${ids[2]}`);
    expect(answer.status === 404, `it still answers ${answer.status}`);
  });
  await harness.check("a link to a message that is gone says so", async () => {
    await page.goto(`${harness.baseUrl}/#/s/${session}/m/${ids[2]}`);
    await page.getByText("The message of this address is not here").waitFor();
  });
  await page.context().close();
}

async function uploads(harness) {
  const page = await harness.page();
  await page.goto(`${harness.baseUrl}/`);
  await page.getByRole("heading", { name: "Ask about a well" }).waitFor();
  await harness.check("a LAS file that is dropped becomes a plot", async () => {
    await drop(page, [{ name: "dropped.las", type: "", text: LAS }]);
    await page.locator("figure.logplot").waitFor();
    await page.getByText("DROPPED-1").first().waitFor();
    expect(/#\/s\//.test(page.url()), `address ${page.url()}`);
  });
  await harness.check("JSON and other files that are dropped are kept byte for byte", async () => {
    const json = '{ "type": "note", "n": 1.50 }';
    await drop(page, [
      { name: "note.json", type: "application/json", text: json },
      { name: "readme.txt", type: "text/plain", text: "plain words" },
    ]);
    await page.locator(".message", { hasText: "readme.txt" }).waitFor();
    await page.locator(".message", { hasText: "note.json" }).waitFor();
    const session = decodeURIComponent(page.url().split("#/s/")[1].split("/")[0]);
    const { messages } = await harness.api("GET", `/v1/sessions/${encodeURIComponent(session)}/messages`);
    const note = messages.find((m) => m.content === "note.json");
    const bytes = await (await fetch(`${harness.baseUrl}/v1/sessions/${session}/messages/${note.id}/artifacts/file`)).text();
    expect(bytes === json, bytes);
    await harness.shot(page, "uploads-light");
  });
  await harness.check("a Vega-Lite specification that is dropped is a chart", async () => {
    const spec = {
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
      data: { values: [{ zone: "A", net: 12.5 }, { zone: "B", net: 7 }] },
      mark: "bar",
      encoding: { x: { field: "zone" }, y: { field: "net", type: "quantitative" } },
    };
    await drop(page, [{ name: "net.json", type: "application/json", text: JSON.stringify(spec) }]);
    const message = page.locator(".message", { hasText: "net.json" });
    await message.locator(".artifact-kind", { hasText: "Chart" }).waitFor();
    await message.locator("canvas, svg.marks").first().waitFor();
  });
  await harness.check("a file that the server refuses says why, and leaves no message behind", async () => {
    harness.tolerated = /400|422|Failed to load resource/;
    await drop(page, [{ name: "broken.json", type: "application/json", text: "{not json" }]);
    await page.locator(".upload .problem").waitFor();
    expect((await page.getByRole("button", { name: /^Retry/ }).count()) === 0, "a Retry that cannot succeed");
    expect(/JSON/.test(await page.locator(".upload .problem").innerText()), "it does not say what is wrong");
    expect((await page.locator(".message", { hasText: "broken.json" }).count()) === 0, "a message was left behind");
    await harness.shot(page, "upload-refused-light");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.locator(".upload").waitFor({ state: "detached" });
    harness.tolerated = null;
  });
  await harness.check("files are chosen by keyboard, too", async () => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Upload files" }).focus();
    await page.keyboard.press("Enter");
    await (await chooser).setFiles({ name: "chosen.txt", mimeType: "text/plain", buffer: Buffer.from("chosen") });
    await page.locator(".message", { hasText: "chosen.txt" }).waitFor();
    await harness.axe(page);
  });
  await page.context().close();
}

async function storage(harness) {
  for (const [name, options] of [["light", {}], ["dark", { colorScheme: "dark" }], ["phone", PHONE]]) {
    const page = await harness.page(options);
    await harness.check(`the storage page says where the bytes are, ${name}`, async () => {
      await page.goto(`${harness.baseUrl}/#/storage`);
      await page.getByRole("heading", { name: "Where the bytes are" }).waitFor();
      const text = await page.locator(".storage-page").innerText();
      for (const word of ["Inline", "Encoded", "Spilled", "As it is stored", "All in DynamoDB", "Largest artifacts", "Failures"])
        expect(text.includes(word), `${word} is missing`);
      for (const place of ["inline", "encoded", "spilled"]) {
        const [bar, dot] = await page.evaluate(
          (name) =>
            [`.bar-${name}`, `.dot-${name}`].map((at) => getComputedStyle(document.querySelector(at)).backgroundColor),
          place,
        );
        expect(bar === dot, `${place}: the bar is ${bar}, the dot ${dot}`);
      }
      await harness.axe(page);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider <= 0, `${wider} pixels too wide`);
      await harness.shot(page, `storage-${name}`);
    });
    await harness.check(`the largest artifacts lead to their messages, ${name}`, async () => {
      await page.locator(".storage-section", { hasText: "Largest artifacts" }).locator("a").first().click();
      await page.locator("[data-target]").waitFor();
    });
    await page.context().close();
  }
}

export async function sharingChecks(harness) {
  await liveUpdates(harness);
  await deepLinks(harness);
  await uploads(harness);
  await storage(harness);
}
