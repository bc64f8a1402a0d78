// The log plot around its canvas: scales that are edited, files that are saved, units, pinching, wells together.
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiClient } from "@spillway/client";
import type { Artifact, Message } from "@spillway/client";
import { ConversationMessages } from "../src/artifacts/conversation";
import { cellText, csvOfValue } from "../src/logplot/csv";
import { fileName } from "../src/logplot/ExportPanel";
import LogPlot from "../src/logplot/LogPlot";
import { M4, RowIndex } from "../src/logplot/m4";
import { readLogPlot } from "../src/logplot/model";
import { Pixels } from "../src/logplot/pixels";
import { numberFrom, scaleProblem } from "../src/logplot/ScaleEditor";
import { sheetSvg, type Sheet } from "../src/logplot/sheet";
import { depthDisplay, unitsPerCommon } from "../src/logplot/units";
import { pinched } from "../src/logplot/useViewControls";
import { DepthRange } from "../src/logplot/viewport";
import { textOf } from "./blob";

const RT = { mnemonic: "RT", unit: "ohm.m", min: 0.2, max: 2000, scale: "log", color: "#c62828" };
const GR = { mnemonic: "GR", unit: "gAPI", min: 0, max: 150, color: "#2e7d32", fill: "left" };

function plotValue(name = "W<1>", unit = "m", more: object = {}) {
  return {
    ...{ type: "logPlotViewer", wellName: name, index: { mnemonic: "DEPT", unit }, units: { GR: "gAPI" } },
    tracks: [
      { title: "Gamma ray", curves: [GR] },
      { title: "Resistivity", curves: [RT] },
    ],
    logData: {
      DEPT: [1000, 1000.5, 1001, 1001.5],
      GR: [10, 0.1 + 0.2, null, -0],
      RT: [1, 1e21, 5e-7, 3],
      LITH: ["sand", 'a "b"', null, "c,d"],
    },
    ...more,
  };
}

function artifactOf(id: string, value: object | undefined = plotValue(), more: Partial<Artifact> = {}): Artifact {
  return {
    ...{ id, position: 0, type: "logPlotViewer", name: id, contentType: "application/json", size: 10, sha256: "00" },
    ...{ href: `/v1/${id}?sha256=00`, storage: "inline", encoding: "raw", encodedSize: 10, fallback: false },
    ...{ value, ...more },
  };
}

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", undefined);
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(artifact: Artifact, messages: Message[] = []) {
  return render(
    <ConversationMessages value={messages}>
      <LogPlot artifact={artifact} value={artifact.value} client={new ApiClient()} />
    </ConversationMessages>,
  );
}

describe("a scale that is edited", () => {
  const open = () => fireEvent.click(screen.getByRole("button", { name: /Scale of RT/ }));
  const ends = () => screen.getByRole("button", { name: /Scale of RT/ }).textContent;
  const type = (label: string, text: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value: text } });
  const apply = () => fireEvent.click(screen.getByRole("button", { name: "Apply" }));

  it("is applied and reset", () => {
    show(artifactOf("a"));
    open();
    type("Left", "1");
    type("Right", "100");
    apply();
    expect(ends()).toBe("Scale of RT: 1log100");
    fireEvent.change(screen.getByLabelText("Kind"), { target: { value: "linear" } });
    type("Left", "50,5");
    apply();
    expect(ends()).toBe("Scale of RT: 50.5linear100");
    fireEvent.click(screen.getByRole("button", { name: "Reset" }));
    expect(ends()).toBe("Scale of RT: 0.2log2000");
    expect(document.activeElement).toBe(screen.getByLabelText("Left"));
  });

  it.each([
    ["", "5", /must be numbers/],
    ["abc", "5", /must be numbers/],
    ["5", "5", /must differ/],
    ["0", "5", /above zero/],
    ["-3", "5", /above zero/],
    ["1e999", "5", /must be numbers/],
  ])("says why it cannot be (%s to %s) and stays as it was", (left, right, why) => {
    show(artifactOf("a"));
    open();
    type("Left", left);
    type("Right", right);
    apply();
    expect(screen.getByRole("alert").textContent).toMatch(why);
    expect(screen.getByRole("alert").textContent).toMatch(/stays as it was/);
    expect(screen.getByLabelText("Left").getAttribute("aria-invalid")).toBe("true");
    expect(ends()).toBe("Scale of RT: 0.2log2000");
  });

  it("closes with Escape and gives the focus back", () => {
    show(artifactOf("a"));
    open();
    expect(document.activeElement).toBe(screen.getByLabelText("Left"));
    fireEvent.keyDown(screen.getByLabelText("Left"), { key: "Escape" });
    expect(screen.queryByLabelText("Left")).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("button", { name: /Scale of RT/ }));
  });

  it("reads numbers as people write them, and no other text", () => {
    expect(["1.5", "−2", "1,5", " 3 ", ".5", "1e3"].map(numberFrom)).toEqual([1.5, -2, 1.5, 3, 0.5, 1000]);
    expect(["", "1 000", "0x10", "Infinity", "1,5,5", "5 m"].map(numberFrom).every(Number.isNaN)).toBe(true);
    expect(scaleProblem("0.45", "-0.15", "linear")).toBe("");
  });
});

describe("CSV", () => {
  it("has every sample as the data have it, text quoted, null as nothing", async () => {
    expect(await textOf(csvOfValue(plotValue(), null))).toBe(
      'DEPT (m),GR (gAPI),RT,LITH\r\n1000,10,1,sand\r\n1000.5,0.30000000000000004,1e+21,"a ""b"""\r\n' +
        '1001,,5e-7,\r\n1001.5,-0,3,"c,d"\r\n',
    );
  });

  it("of a window has its rows alone, in the order of the data", async () => {
    const logData = { GR: [3, 2, 1, 9], DEPT: [30, 20, 10, null] };
    const text = await textOf(csvOfValue(plotValue("W", "m", { logData }), { top: 10, bottom: 20 }));
    expect(text).toBe("DEPT (m),GR (gAPI)\r\n20,2\r\n10,1\r\n");
    expect((await textOf(csvOfValue(plotValue("W", "m", { logData }), null))).split("\r\n")[4]).toBe(",9");
  });

  it("writes numbers that read back as the same ones", () => {
    for (const value of [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0, 123456789.12345679])
      expect(Object.is(Number(cellText(value)), value)).toBe(true);
  });

  it("gets a file name no system refuses", () => {
    expect(fileName("../W 1/<b>:*", ".csv")).toBe("W_1_b_.csv");
    expect(fileName("", ".png")).toBe("well.png");
  });
});

function sheetOf(value: unknown): Sheet {
  const plot = readLogPlot(value);
  const tracks = plot.tracks.map((track) => ({
    ...track,
    curves: track.curves.map((c) => ({ ...c, ink: "#112233", dash: [] })),
  }));
  const colors = ["paper", "grid", "gridStrong", "frame", "text", "muted"].map((name) => [name, "#808080"]);
  const theme = { ...Object.fromEntries(colors), gas: "rgb(235 150 20 / 55%)", font: '"A & B", sans-serif' };
  const view = { top: plot.data.first, bottom: plot.data.last };
  const display = depthDisplay("m", "m", 0.5);
  const scene = { wells: [{ plot, tracks, unitsPerCommon: 1 }], view, display, trackWidth: 150, theme };
  return { scene, trackWidth: 150, height: 400 };
}

describe("SVG", () => {
  it("is well-formed, carries hostile names as text, and has the curves as paths", () => {
    const zones = [{ name: "<script>", top: 1000, bottom: 1001 }];
    const tops = [{ name: 'T"&\u0000', depth: 1000.7 }];
    const text = sheetSvg(sheetOf(plotValue("<img onerror=x>", "m", { zones, tops })));
    const svg = new DOMParser().parseFromString(text, "image/svg+xml");
    expect(svg.querySelector("parsererror")).toBeNull();
    expect(svg.querySelector("script, image, foreignObject, img")).toBeNull();
    expect(svg.querySelector("title")!.textContent).toContain("<img onerror=x>");
    const line = [...svg.querySelectorAll("path")].filter((path) => path.getAttribute("stroke") === "#112233");
    expect(line.length).toBeGreaterThanOrEqual(4); // two heads, two curves
    const rt = line[line.length - 1]!.getAttribute("d")!;
    expect(rt.match(/[ML]/g)).toHaveLength(4); // all samples, one line
    expect(svg.querySelectorAll("linearGradient stop")).toHaveLength(2);
  });
});

describe("rows covered by a line", () => {
  it("are those of all its samples, also where it comes from far outside", () => {
    const depth = Float64Array.of(0, 100, 100.5, 101);
    const values = Float64Array.of(0, 1, 0.5, NaN);
    const index = new RowIndex();
    index.set(depth, 99, 101, 4);
    const pixels = new Pixels();
    pixels.set(new M4(), index, { values, blocks: null }, { kind: "linear", left: 0, right: 1 }, 0, 100);
    const rows: [number, number, number][] = [];
    pixels.forEachSpan(4, (row, low, high) => rows.push([row, Math.round(low * 10) / 10, Math.round(high * 10) / 10]));
    expect(rows).toEqual([
      [0, 99, 99.5],
      [1, 99.5, 100],
      [2, 50, 100],
      [3, 50, 50],
    ]);
  });
});

describe("a plot with no curve shown", () => {
  it("says so, and offers no picture of nothing", () => {
    const sheet = sheetOf(plotValue());
    const wells = sheet.scene.wells.map((well) => ({ ...well, tracks: [] }));
    expect(sheetSvg({ ...sheet, scene: { ...sheet.scene, wells } })).not.toContain("Infinity");
    show(artifactOf("a"));
    fireEvent.click(screen.getByRole("button", { name: /^Curves/ }));
    for (const box of screen.getAllByRole("checkbox")) if ((box as HTMLInputElement).checked) fireEvent.click(box);
    expect(screen.getByText(/^No curve is shown\. Curves/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Export" }));
    for (const name of [/PNG/, /SVG/])
      expect((screen.getByRole("button", { name }) as HTMLButtonElement).disabled).toBe(true);
    expect((screen.getByRole("button", { name: /All samples/ }) as HTMLButtonElement).disabled).toBe(false);
  });
});

describe("data that cannot be drawn", () => {
  it("is said once, without a code and without a Retry that could not help", () => {
    const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
    show(artifactOf("a", plotValue("W", "m", { logData: { DEPT: [1, 2], GR: [null, null] } })));
    expect(screen.getByRole("alert").textContent).toBe(
      "This log cannot be drawnNo curve in the data has values, so there is nothing to draw.",
    );
    expect(screen.queryByRole("button")).toBeNull();
    expect(complaints).not.toHaveBeenCalled();
  });
});

describe("warnings of the import", () => {
  it("are read under the plot", () => {
    const warnings = ["line 12: GR has 1 value of -9999, the first here: a null that is not declared?", "and 3 more"];
    show(artifactOf("a", plotValue("W", "m", { warnings })));
    expect([...document.querySelectorAll(".plot-notes li")].map((e) => e.textContent)).toEqual(
      expect.arrayContaining(warnings.map((text) => `Warning of the import: ${text}`)),
    );
  });
});

describe("depth units", () => {
  it("have as many decimals as the samples need", () => {
    const DEPT = [1000.478, 1000.48, 1000.482];
    show(artifactOf("a", plotValue("W", "m", { logData: { DEPT, GR: [1, 2, 3] } })));
    fireEvent.click(screen.getByRole("button", { name: "Table" }));
    const depths = () => screen.getAllByRole("rowheader").map((cell) => cell.textContent);
    expect(depths()).toEqual(["1000.478", "1000.480", "1000.482"]);
    expect(document.querySelector(".plot-window")!.textContent).toBe("1000.478 – 1000.482 m");
    fireEvent.click(screen.getByRole("button", { name: "ft" }));
    expect(new Set(depths()).size).toBe(3);
  });

  it("change what is written, not the data", () => {
    show(artifactOf("a"));
    expect(document.querySelector(".plot-window")!.textContent).toBe("1000.00 – 1001.50 m");
    fireEvent.click(screen.getByRole("button", { name: "ft" }));
    expect(document.querySelector(".plot-window")!.textContent).toBe("3280.84 – 3285.76 ft");
    expect(screen.getByRole("button", { name: "ft" }).getAttribute("aria-pressed")).toBe("true");
  });

  it("are not offered where the data's unit is unknown", () => {
    show(artifactOf("a", plotValue("W", "s")));
    expect(screen.queryByRole("button", { name: "ft" })).toBeNull();
  });

  it("compare wells in metres and feet, and nothing else", () => {
    expect(unitsPerCommon("FT", "m")! * 0.3048).toBeCloseTo(1, 12);
    expect(unitsPerCommon("s", "m")).toBeNull();
    expect(unitsPerCommon("s", "s")).toBe(1);
  });
});

describe("values in the heads", () => {
  it("go with the line when the window leaves it", () => {
    const DEPT = [...Array(101).keys()];
    show(artifactOf("a", plotValue("W", "m", { logData: { DEPT, GR: DEPT } })));
    const stage = screen.getByRole("application");
    const press = (key: string, shiftKey = false) => fireEvent.keyDown(stage, { key, shiftKey });
    for (let i = 0; i < 6; ++i) press("+");
    press("ArrowDown", true);
    expect(document.querySelectorAll(".curve-value")).toHaveLength(1);
    for (let i = 0; i < 3; ++i) press("PageDown");
    expect(document.querySelectorAll(".curve-value")).toHaveLength(0);
    for (let i = 0; i < 3; ++i) press("PageUp");
    expect(document.querySelectorAll(".curve-value")).toHaveLength(1);
  });
});

describe("pinching", () => {
  const range = new DepthRange(0, 1000, 100_001);
  const p = (x: number, y: number) => ({ x, y });

  it("keeps what is under the fingers under them", () => {
    const view = { top: 200, bottom: 700 };
    const after = pinched(range, view, [p(50, 100), p(50, 200)], [p(50, 80), p(50, 280)], 500);
    const depthAt = (v: typeof view, y: number) => v.top + (y / 500) * (v.bottom - v.top);
    expect(depthAt(after, 80)).toBeCloseTo(depthAt(view, 100), 9);
    expect(depthAt(after, 280)).toBeCloseTo(depthAt(view, 200), 9);
  });

  it("stays within the data", () => {
    expect(pinched(range, range.whole, [p(0, 0), p(0, 300)], [p(0, 140), p(0, 150)], 500)).toEqual(range.whole);
  });

  it("comes from two pointers on the stage, and one pans", () => {
    show(
      artifactOf("a", plotValue("W", "m", { logData: { DEPT: [...Array(101).keys()], GR: [...Array(101).keys()] } })),
    );
    const stage = screen.getByRole("application");
    stage.setPointerCapture = () => {};
    Object.defineProperty(stage, "clientHeight", { value: 400 });
    const fire = (kind: "pointerDown" | "pointerMove" | "pointerUp", pointerId: number, clientY: number) => {
      const event = new MouseEvent(kind.toLowerCase(), { bubbles: true, clientX: 10, clientY, button: 0 });
      Object.assign(event, { pointerId, pointerType: "touch" });
      act(() => void stage.dispatchEvent(event));
    };
    const window = () => document.querySelector(".plot-window")!.textContent;
    expect(stage.style.touchAction).toBe("pan-x pan-y");
    fire("pointerDown", 1, 150);
    fire("pointerDown", 2, 250);
    fire("pointerMove", 2, 350);
    const [top, bottom] = window()!
      .match(/[\d.]+/g)!
      .map(Number) as [number, number];
    expect(bottom - top).toBeCloseTo(50, 1);
    expect(stage.style.touchAction).toBe("pan-x");
    fire("pointerUp", 2, 350);
    fire("pointerMove", 1, 130);
    const [moved] = window()!
      .match(/[\d.]+/g)!
      .map(Number) as [number];
    expect(moved - top).toBeCloseTo((20 / 400) * 50, 1);
    fire("pointerUp", 1, 130);
    fire("pointerMove", 1, 50);
    expect(Number(window()!.match(/[\d.]+/)![0])).toBe(moved);
  });
});

describe("wells side by side", () => {
  const messageOf = (artifacts: Artifact[]) => ({ id: "m", artifacts }) as unknown as Message;

  it("takes another plot of the conversation, in its own unit of depth, and puts it away again", async () => {
    const first = artifactOf("ONE");
    const feet = plotValue("TWO", "FT", { logData: { DEPT: [3280.8, 3300], GR: [1, 2], RT: [1, 2] } });
    show(first, [messageOf([first, artifactOf("TWO", feet)])]);
    fireEvent.click(screen.getByRole("button", { name: "Add well" }));
    fireEvent.click(screen.getByRole("checkbox", { name: /TWO/ }));
    expect(await screen.findByRole("button", { name: "Wells 2" })).toBeTruthy();
    expect([...document.querySelectorAll(".well-name")].map((e) => e.textContent)).toEqual(["W<1>", "TWO"]);
    expect(document.querySelectorAll('[data-curve="GR"]')).toHaveLength(2);
    expect(document.querySelector(".plot-window")!.textContent).toBe("999.99 – 1005.84 m");
    fireEvent.click(screen.getByRole("checkbox", { name: /TWO/ }));
    expect(document.querySelectorAll('[data-curve="GR"]')).toHaveLength(1);
    expect(document.querySelector(".plot-window")!.textContent).toBe("1000.00 – 1001.50 m");
  });

  it("edits a scale only where the unit is the same, and shows the curve whose head was clicked", async () => {
    const density = (name: string, unit: string, min: number, max: number) =>
      plotValue(name, "m", {
        units: { RHOB: unit },
        tracks: [{ title: "Density", curves: [{ mnemonic: "RHOB", unit, min, max, color: "#d32f2f" }] }],
        logData: { DEPT: [1000, 1001], RHOB: [min, max] },
      });
    const first = artifactOf("ONE", density("ONE", "G/C3", 1.95, 2.95));
    const metric = artifactOf("TWO", density("TWO", "K/M3", 1950, 2950));
    const same = artifactOf("THREE", density("THREE", "g/c3 ", 1.9, 2.9));
    show(first, [messageOf([first, metric, same])]);
    fireEvent.click(screen.getByRole("button", { name: "Add well" }));
    for (const name of [/TWO/, /THREE/]) {
      fireEvent.click(screen.getByRole("checkbox", { name }));
      await screen.findByText(name, { selector: ".well-name" });
    }
    const heads = () => screen.getAllByRole("button", { name: /^Scale of RHOB/ });
    const isOpen = () => heads().map((head) => head.getAttribute("aria-expanded"));
    fireEvent.click(heads()[1]!);
    expect((screen.getByLabelText("Left") as HTMLInputElement).value).toBe("1950");
    expect(isOpen()).toEqual(["false", "true", "false"]);
    fireEvent.keyDown(screen.getByLabelText("Left"), { key: "Escape" });
    expect(document.activeElement).toBe(heads()[1]);
    fireEvent.click(heads()[0]!);
    expect(isOpen()).toEqual(["true", "false", "true"]);
    fireEvent.change(screen.getByLabelText("Left"), { target: { value: "1.65" } });
    fireEvent.change(screen.getByLabelText("Right"), { target: { value: "2.65" } });
    fireEvent.click(screen.getByRole("button", { name: "Apply" }));
    expect(heads().map((head) => head.textContent)).toEqual([
      "Scale of RHOB: 1.65linear2.65",
      "Scale of RHOB: 1950linear2950",
      "Scale of RHOB: 1.65linear2.65",
    ]);
  });

  it("offers the LAS file of each", async () => {
    const first = artifactOf("ONE");
    const second = artifactOf("TWO", plotValue("TWO"));
    const las = (name: string) => artifactOf("source", undefined, { type: "las", name, href: `/v1/${name}` });
    show(first, [messageOf([first, las("one.las")]), messageOf([second, las("two.las")])]);
    fireEvent.click(screen.getByRole("button", { name: "Add well" }));
    fireEvent.click(screen.getByRole("checkbox", { name: /TWO/ }));
    await screen.findByRole("button", { name: "Wells 2" });
    fireEvent.click(screen.getByRole("button", { name: "Export" }));
    const links = screen.getAllByRole("link", { name: /^Original LAS/ });
    expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
      ["Original LAS of W<1>", "/v1/one.las"],
      ["Original LAS of TWO", "/v1/two.las"],
    ]);
  });

  it("says why a well cannot stand beside it", async () => {
    const first = artifactOf("ONE");
    show(first, [messageOf([first, artifactOf("TIME", plotValue("TIME", "ms"))])]);
    fireEvent.click(screen.getByRole("button", { name: "Add well" }));
    fireEvent.click(screen.getByRole("checkbox", { name: /TIME/ }));
    expect(await screen.findByText(/depths are in ms/)).toBeTruthy();
    expect(document.querySelectorAll('[data-curve="GR"]')).toHaveLength(1);
  });

  it("offers the LAS file only where it is kept", () => {
    const first = artifactOf("ONE");
    const las = artifactOf("source", undefined, { type: "las", name: "one.las", href: "/v1/las" });
    const { unmount } = show(first, [messageOf([first, las])]);
    fireEvent.click(screen.getByRole("button", { name: "Export" }));
    expect(screen.getByRole("link", { name: "Original LAS" }).getAttribute("href")).toBe("/v1/las");
    unmount();
    show(first, [messageOf([first])]);
    fireEvent.click(screen.getByRole("button", { name: "Export" }));
    expect(screen.queryByRole("link", { name: "Original LAS" })).toBeNull();
  });
});

describe("a long log", () => {
  const long = (text: string) => ({ ...artifactOf("a", undefined), value: undefined, size: text.length });

  it("is downloaded whole where the server has no tiles of it", async () => {
    const text = JSON.stringify(plotValue()).padEnd(8_000_001);
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      return Promise.resolve(Response.json({ title: "no" }, { status: 404 }));
    });
    const client = new ApiClient({
      send: (input, init) => (String(input).includes("/curves") ? fetch(input, init) : Promise.resolve(new Response(text))),
    });
    render(<LogPlot artifact={long(text)} value={undefined} client={client} />);
    expect(await screen.findByRole("button", { name: /Scale of RT/ })).toBeTruthy();
    expect(asked).toEqual(["/v1/a/curves"]);
  });

  it("says what failed, and Retry opens it", async () => {
    const answers = [
      Response.json({ title: "Store down", status: 503 }, { status: 503 }),
      Response.json({}, { status: 404 }),
    ];
    vi.stubGlobal("fetch", () => Promise.resolve(answers.shift()));
    const text = JSON.stringify(plotValue()).padEnd(8_000_001);
    const client = new ApiClient({
      send: (input, init) => (String(input).includes("/curves") ? fetch(input, init) : Promise.resolve(new Response(text))),
    });
    render(<LogPlot artifact={long(text)} value={undefined} client={client} />);
    expect((await screen.findByRole("alert")).textContent).toMatch(/Store down/);
    fireEvent.click(screen.getByRole("button", { name: /^Retry/ }));
    expect(await screen.findByRole("button", { name: /Scale of RT/ })).toBeTruthy();
  });
});
