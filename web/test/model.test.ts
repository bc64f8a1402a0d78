// What the viewer makes of log-plot artifacts, good and broken; it never makes up data.
import { describe, expect, it } from "vitest";
import { counted, depthDecimals, formatValue } from "../src/format";
import { contrast, legible, parseHex } from "../src/logplot/color";
import { PlotDataError, readLogPlot } from "../src/logplot/model";
import type { WellPlot } from "../src/logplot/model";
import { DepthRange } from "../src/logplot/viewport";

function depths({ data }: WellPlot): (number | undefined)[] {
  return Array.from({ length: data.rows }, (_, row) => data.depthAt(row));
}

function valuesOf({ data }: WellPlot, mnemonic: string): (number | undefined)[] {
  return Array.from({ length: data.rows }, (_, row) => data.valueAt(mnemonic, row));
}

const GR = { mnemonic: "GR", unit: "gAPI", min: 0, max: 150, scale: "linear", color: "#2e7d32", fill: "left" };

function artifact(more: object = {}) {
  return {
    type: "logPlotViewer",
    wellName: "W",
    tracks: [{ title: "Gamma ray", curves: [GR], crossover: null }],
    logData: { DEPT: [1, 2, 3], GR: [10, null, 30] },
    index: { mnemonic: "DEPT", unit: "m" },
    units: { GR: "gAPI" },
    ...more,
  };
}

describe("readLogPlot", () => {
  it("reads curves into typed arrays; null is absent", () => {
    const plot = readLogPlot(artifact());
    const curve = plot.curves.get("GR")!;
    expect(valuesOf(plot, "GR")).toEqual([10, NaN, 30]);
    expect([curve.present, curve.min, curve.max, curve.unit]).toEqual([2, 10, 30, "gAPI"]);
    expect(plot.tracks[0]!.curves[0]!.scale).toEqual({ kind: "linear", left: 0, right: 150 });
    expect([plot.synthetic, plot.notes]).toEqual([false, []]);
  });

  it("turns descending data so that depth goes down", () => {
    const plot = readLogPlot(artifact({ logData: { DEPT: [3, 2, 1], GR: [30, null, 10] } }));
    expect(depths(plot)).toEqual([1, 2, 3]);
    expect(valuesOf(plot, "GR")).toEqual([10, NaN, 30]);
    expect(plot.notes).toEqual([]);
  });

  it("sorts depths that go up and down, drops rows without depth, and says both", () => {
    const plot = readLogPlot(artifact({ logData: { DEPT: [2, null, 1, 3], GR: [20, 5, 10, 30] } }));
    expect(depths(plot)).toEqual([1, 2, 3]);
    expect(valuesOf(plot, "GR")).toEqual([10, 20, 30]);
    expect(plot.notes.join(" ")).toMatch(/1 row has no depth.*sorted/);
  });

  it("names a curve that the layout asks for and the data lacks, and draws none", () => {
    const tracks = [{ title: "T", curves: [GR, { ...GR, mnemonic: "RHOB" }, { ...GR, mnemonic: "EMPTY" }] }];
    const logData = { DEPT: [1, 2], GR: [1, 2], EMPTY: [null, null] };
    const [track] = readLogPlot(artifact({ tracks, logData })).tracks;
    expect(track!.missing).toEqual(["RHOB", "EMPTY"]);
    expect(track!.curves.map((c) => c.curve.mnemonic)).toEqual(["GR"]);
  });

  it("leaves out a track without any values, and says which curves those were", () => {
    const tracks = [
      { title: "T", curves: [GR] },
      { title: "E", curves: [{ ...GR, mnemonic: "RHOB" }] },
    ];
    const plot = readLogPlot(artifact({ tracks }));
    expect(plot.tracks.map((track) => track.title)).toEqual(["T"]);
    expect(plot.notes).toEqual(["Without values in the data, so not drawn: RHOB."]);
  });

  it("says when values are not numbers or columns differ in length", () => {
    const plot = readLogPlot(artifact({ logData: { DEPT: [1, 2, 3], GR: [1, "x"] } }));
    expect(valuesOf(plot, "GR")).toEqual([1, NaN, NaN]);
    expect(plot.notes).toEqual(["GR has 2 values for 3 depths.", "GR: 1 values are not numbers and are left out."]);
  });

  it("says that a column of words is not drawn", () => {
    const plot = readLogPlot(artifact({ logData: { DEPT: [1, 2], GR: [1, 2], LITH: ["sand", null] } }));
    expect([...plot.curves.keys()]).toEqual(["GR"]);
    expect(plot.notes).toEqual(["LITH is text and is not drawn; Download has it."]);
  });

  it("replaces an impossible scale by one around the data, and says so", () => {
    const tracks = [{ title: "T", curves: [{ ...GR, min: -1, scale: "log" }] }];
    const plot = readLogPlot(artifact({ tracks }));
    expect(plot.tracks[0]!.curves[0]!.scale).toEqual({ kind: "linear", left: 10, right: 30 });
    expect(plot.notes[0]).toMatch(/no usable scale/);
  });

  it("takes nothing but plain hex for a colour", () => {
    const tracks = [{ title: "T", curves: [{ ...GR, color: "url(//evil)" }] }];
    expect(readLogPlot(artifact({ tracks })).tracks[0]!.curves[0]!.color).toMatch(/^#[0-9a-f]{6}$/);
  });

  it.each([
    [null, /logData/],
    [{ type: "logPlotViewer" }, /logData/],
    [artifact({ logData: { GR: [1] }, index: { mnemonic: "DEPT" } }), /DEPT is not in the data/],
    [artifact({ logData: { DEPT: [] } }), /empty/],
    [artifact({ logData: { DEPT: ["a"] } }), /empty/],
    [artifact({ logData: { DEPT: [1, 2], GR: [null, null] } }), /No curve in the data has values/],
  ])("refuses what cannot be drawn, saying why (%#)", (value, message) => {
    expect(() => readLogPlot(value)).toThrow(PlotDataError);
    expect(() => readLogPlot(value)).toThrow(message);
  });

  it.each([
    { tracks: "x" },
    { tracks: [null, 3, { curves: {} }] },
    { tops: [{ name: 3 }, null, { name: "T", depth: "x" }] },
    { units: [], index: 7 },
  ])("survives nonsense around the data (%#)", (more) => {
    expect(readLogPlot(artifact(more)).curves.size).toBe(1);
  });
});

describe("zones", () => {
  it("are sorted by depth for their names, and keep the colours of their places", () => {
    const zone = (name: string, top: number) => ({ name, top, bottom: top + 1 });
    const value = { index: { mnemonic: "DEPT" }, logData: { DEPT: [1, 9], GR: [1, 2] } };
    const sorted = readLogPlot({ ...value, zones: [zone("A", 1), zone("B", 5)] }).zones;
    const turned = readLogPlot({ ...value, zones: [zone("B", 5), zone("A", 1)] }).zones;
    expect(turned.map((z) => z.name)).toEqual(["A", "B"]);
    expect(turned.map((z) => z.color)).toEqual(sorted.map((z) => z.color).reverse());
  });
});

describe("numbers", () => {
  it("keep five digits, however small or large", () => {
    expect([1.2345e-5, 123456789, 0.0012345, 12.345, 0].map(formatValue)).toEqual([
      "1.2345e-5",
      "1.2346e+8",
      "0.0012345",
      "12.345",
      "0.0000",
    ]);
    expect([0, 0.1524, 0.01, 0.002, 0.001, 0.0015].map(depthDecimals)).toEqual([2, 2, 2, 3, 3, 3]);
    expect([counted(1, "row"), counted(1200, "row")]).toEqual(["1 row", "1,200 rows"]);
  });
});

describe("legible", () => {
  it("shifts a colour only as far as it needs on light and on dark", () => {
    expect(legible("#1565c0", "#ffffff")).toBe("#1565c0");
    for (const color of ["#000000", "#ffff00", "#1565c0", "#ffffff"])
      for (const ground of ["#ffffff", "#101716"])
        expect(contrast(parseHex(legible(color, ground))!, parseHex(ground)!)).toBeGreaterThanOrEqual(3);
  });
});

describe("DepthRange", () => {
  const range = new DepthRange(1000, 2000, 1001);

  it("zooms about the depth under the pointer", () => {
    const view = range.zoom(range.whole, 0.5, 1250);
    expect(view).toEqual({ top: 1125, bottom: 1625 });
  });

  it("stays within the data and above the closest zoom", () => {
    expect(range.zoom(range.whole, 5, 1500)).toEqual(range.whole);
    expect(range.pan({ top: 1100, bottom: 1200 }, -500)).toEqual({ top: 1000, bottom: 1100 });
    expect(range.pan({ top: 1100, bottom: 1200 }, 5000)).toEqual({ top: 1900, bottom: 2000 });
    const close = range.zoom(range.whole, 1e-9, 1500);
    expect(close.bottom - close.top).toBe(8);
  });

  it("has a window even for one sample", () => {
    expect(new DepthRange(7, 7, 1).whole).toEqual({ top: 6, bottom: 8 });
  });
});
