// Long logs by tiles: the decoder, the cache, and that what is drawn of them is what drawing all samples gives.
import { describe, expect, it } from "vitest";
import { decodeTile } from "@spillway/client";
import { MemoryData, type CurveData } from "../src/logplot/data";
import { crossoverSpans } from "../src/logplot/crossover";
import { M4, RowIndex } from "../src/logplot/m4";
import { Pixels } from "../src/logplot/pixels";
import type { Scale } from "../src/logplot/scale";
import { TileCache } from "../src/logplot/tileCache";
import { TiledData } from "../src/logplot/tiledData";
import type { Viewport } from "../src/logplot/viewport";
import { canBeTiled, wellOfTiles } from "../src/logplot/well";
import { encodeTile, FakeCurves, type Columns } from "./curvesServer";
import { textOf } from "./blob";
import { randomFrom } from "./random";

const SCALE: Scale = { kind: "linear", left: -100, right: 100 };
const ROWS = 200;
const WIDTH = 300;

function randomLog(seed: number, rows: number): Columns {
  const random = randomFrom(seed);
  let at = 1000;
  const DEPT = Array.from({ length: rows }, () => Number((at += 0.05 + random() * 0.2).toFixed(4)));
  const curve = () => DEPT.map((_, i) => Number((60 * Math.sin(i / 900) + 30 * random()).toFixed(3)));
  const [GR, RHOB] = [curve(), curve()] as [(number | null)[], (number | null)[]];
  GR.fill(null, Math.floor(rows * 0.4), Math.floor(rows * 0.45));
  for (let i = 0; i < 20; ++i) GR[Math.floor(random() * rows)] = null;
  RHOB[Math.floor(rows * 0.7)] = 99; // a spike of one sample
  return { DEPT, GR, RHOB };
}

function turned(columns: Columns): Columns {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, [...values].reverse()]));
}

function memoryOf(columns: Columns): MemoryData {
  const values = (name: string) => Float64Array.from(columns[name]!, (value) => value ?? NaN);
  return new MemoryData(
    values("DEPT"),
    new Map([
      ["GR", values("GR")],
      ["RHOB", values("RHOB")],
    ]),
  );
}

/** Draws until nothing more comes. */
async function settled(data: TiledData, view: Viewport, rows = ROWS): Promise<void> {
  data.slice(view, rows, ["GR", "RHOB"]);
  for (let i = 0; i < 200 && data.cache.isLoading; ++i) {
    await new Promise((resolve) => setTimeout(resolve));
    data.slice(view, rows, ["GR", "RHOB"]);
  }
  expect(data.cache.isLoading).toBe(false);
}

/** Per pixel row what a curve covers, from `low` to `high`; rows it does not touch are not there. */
function coverage(data: CurveData, name: string, view: Viewport): Map<number, [number, number]> {
  const slice = data.slice(view, ROWS, ["GR", "RHOB"]);
  const index = new RowIndex();
  index.set(slice.depth, view.top, view.bottom, ROWS);
  const pixels = new Pixels();
  pixels.set(new M4(), index, slice.column(name)!, SCALE, 0, WIDTH);
  const rows = new Map<number, [number, number]>();
  pixels.forEachSpan(ROWS, (row, low, high) => {
    const old = rows.get(row) ?? [Infinity, -Infinity];
    rows.set(row, [Math.min(low, old[0]), Math.max(high, old[1])]);
  });
  return rows;
}

function windows(data: CurveData): Viewport[] {
  const span = data.last - data.first;
  const part = (from: number, to: number) => ({ top: data.first + span * from, bottom: data.first + span * to });
  return [part(0, 1), part(0.1, 0.6), part(0.38, 0.47), part(0.7, 0.72), part(0.995, 1), part(0, 0.004)];
}

describe("decodeTile", () => {
  const columns: Columns = { DEPT: [1, 2, 3, 4, 5], GR: [10, null, 30, null, null] };

  it("reads samples, with NaN for null", () => {
    const tile = decodeTile(encodeTile(columns, ["DEPT", "GR"], 0, 0));
    expect([tile.rowsPerBucket, tile.firstRow, tile.rows, tile.buckets]).toEqual([1, 0, 5, 5]);
    expect([...tile.columns.get("GR")!.first]).toEqual([10, NaN, 30, NaN, NaN]);
  });

  it("reads buckets and their nulls", () => {
    const gr = decodeTile(encodeTile(columns, ["DEPT", "GR"], 1, 0)).columns.get("GR")!;
    expect([...gr.first]).toEqual([10, 30, NaN]);
    expect([...gr.max]).toEqual([10, 30, NaN]);
    expect([...gr.nulls]).toEqual([1, 1, 1]);
  });

  it("refuses everything else, whatever is cut off, added or turned round", () => {
    const good = encodeTile(columns, ["DEPT", "GR"], 1, 0);
    for (let bytes = 0; bytes < good.byteLength; ++bytes)
      expect(() => decodeTile(good.slice(0, bytes)), `${bytes} bytes`).toThrow(/./);
    const longer = new Uint8Array(good.byteLength + 8);
    longer.set(new Uint8Array(good));
    expect(() => decodeTile(longer.buffer)).toThrow(/bytes instead of/);
    for (let at = 0; at < 8; ++at) {
      const broken = good.slice(0);
      new Uint8Array(broken)[at]! ^= 0x81;
      expect(() => decodeTile(broken), `byte ${at}`).toThrow(/./);
    }
  });
});

describe("a tiled log", () => {
  it.each([1, 2, 3])("has the very samples when zoomed in, ascending and descending (seed %i)", async (seed) => {
    for (const isTurned of [false, true]) {
      const columns = randomLog(seed, 30_000);
      const whole = memoryOf(columns);
      const api = new FakeCurves(isTurned ? turned(columns) : columns, !isTurned);
      const data = new TiledData(api.description, api);
      for (const view of windows(whole).slice(3)) {
        await settled(data, view);
        const slice = data.slice(view, ROWS, ["GR", "RHOB"]);
        const [from, to] = whole.rowsIn(view);
        if ((to - from) / ROWS >= 4) continue; // not yet samples
        const at = slice.depth.indexOf(whole.depth[from]!);
        expect(at).toBeGreaterThanOrEqual(0);
        expect([...slice.depth.subarray(at, at + to - from)]).toEqual([...whole.depth.subarray(from, to)]);
        expect([...slice.column("GR")!.values.subarray(at, at + to - from)]).toEqual([
          ...whole.column("GR")!.values.subarray(from, to),
        ]);
        for (let i = from; i < to; i += 17) {
          data.nearest(whole.depth[i]!);
          await settled(data, view);
          expect(data.nearest(whole.depth[i]!)).toBe(i);
          expect(data.depthAt(i)).toBe(whole.depth[i]);
          expect(data.valueAt("RHOB", i)).toBe(whole.valueAt("RHOB", i));
        }
      }
    }
  });

  it.each([4, 5, 6])("covers at every zoom what all samples cover, to a row and a bucket (seed %i)", async (seed) => {
    const columns = randomLog(seed, 60_000);
    const whole = memoryOf(columns);
    const api = new FakeCurves(columns);
    const data = new TiledData(api.description, api);
    for (const view of windows(whole)) {
      await settled(data, view);
      for (const name of ["GR", "RHOB"]) {
        const exact = coverage(whole, name, view);
        const drawn = coverage(data, name, view);
        // A bucket on the edge of the window is half outside.
        for (const row of [0, 1, ROWS - 2, ROWS - 1]) for (const rows of [exact, drawn]) rows.delete(row);
        expect(exact.size).toBeGreaterThan(ROWS / 10);
        for (const [row, [low, high]] of exact) {
          if (row < 3 || row > ROWS - 4) continue;
          // what a row shows is shown on it or on its neighbours
          const around = [row - 1, row, row + 1].flatMap((r) => drawn.get(r) ?? []);
          expect(Math.min(...around), `${name} row ${row}`).toBeLessThanOrEqual(low + 1e-6);
          expect(Math.max(...around), `${name} row ${row}`).toBeGreaterThanOrEqual(high - 1e-6);
        }
        for (const [row, [low, high]] of drawn) {
          if (row < 3 || row > ROWS - 4) continue;
          const around = [row - 1, row, row + 1].flatMap((r) => exact.get(r) ?? []);
          expect(Math.min(...around), `${name} row ${row}`).toBeLessThanOrEqual(low + 1e-6);
          expect(Math.max(...around), `${name} row ${row}`).toBeGreaterThanOrEqual(high - 1e-6);
        }
      }
    }
  });

  it("keeps the spike of one sample at every zoom", async () => {
    const columns = randomLog(7, 60_000);
    const api = new FakeCurves(columns);
    const data = new TiledData(api.description, api);
    const view = { top: data.first, bottom: data.last };
    await settled(data, view);
    const spike = ((99 + 100) / 200) * WIDTH;
    expect([...coverage(data, "RHOB", view).values()].some(([, high]) => Math.abs(high - spike) < 1e-6)).toBe(true);
  });

  it("joins nothing across a bucket that has nulls", async () => {
    const GR = Array.from({ length: 8192 }, (_, i) => (i % 8 === 3 ? null : i % 2));
    const DEPT = GR.map((_, i) => i);
    const api = new FakeCurves({ DEPT, GR, RHOB: GR });
    const data = new TiledData(api.description, api);
    await settled(data, { top: 0, bottom: 8191 }, 30);
    const slice = data.slice({ top: 0, bottom: 8191 }, 30, ["GR", "RHOB"]);
    const { values } = slice.column("GR")!;
    // Every bucket has a null: its range alone, on one depth.
    for (let i = 0; i < values.length; i += 4) {
      expect([values[i], values[i + 3]]).toEqual([NaN, NaN]);
      expect(slice.depth[i + 1]).toBe(slice.depth[i + 2]);
    }
  });

  it("shades gas nowhere that all samples do not", async () => {
    const columns = randomLog(8, 60_000);
    const whole = memoryOf(columns);
    const api = new FakeCurves(columns);
    const data = new TiledData(api.description, api);
    const pair = { left: { mnemonic: "RHOB", scale: SCALE }, right: { mnemonic: "GR", scale: SCALE } };
    const shaded = (of: CurveData, view: Viewport) => {
      const found = of.slice(view, ROWS, ["GR", "RHOB"]).pair(pair)!;
      const index = new RowIndex();
      index.set(found.depth, view.top, view.bottom, ROWS);
      return crossoverSpans(index, found.left, found.right, found.blocks);
    };
    let rows = 0;
    for (const view of windows(whole)) {
      await settled(data, view);
      const [drawn, exact] = [shaded(data, view), shaded(whole, view)];
      for (let row = 0; row < ROWS; ++row) {
        if (Number.isNaN(drawn.from[row])) continue;
        ++rows;
        const around = [row - 1, row, row + 1].filter((r) => !Number.isNaN(exact.from[r] ?? NaN));
        expect(Math.min(...around.map((r) => exact.from[r]!)), `row ${row}`).toBeLessThanOrEqual(
          drawn.from[row]! + 1e-9,
        );
        expect(Math.max(...around.map((r) => exact.to[r]!)), `row ${row}`).toBeGreaterThanOrEqual(
          drawn.to[row]! - 1e-9,
        );
      }
    }
    expect(rows).toBeGreaterThan(50);
  });

  it("draws the coarse overview until the finer tiles are here, and asks for no more than it shows", async () => {
    const columns = randomLog(9, 200_000);
    const api = new FakeCurves(columns);
    const data = new TiledData(api.description, api);
    const view = { top: data.first + 5000, bottom: data.first + 5300 };
    await settled(data, { top: data.first, bottom: data.last });
    const coarse = data.slice(view, ROWS, ["GR", "RHOB"]).depth.length;
    expect(coarse).toBeGreaterThan(4);
    await settled(data, view);
    expect(data.slice(view, ROWS, ["GR", "RHOB"]).depth.length).toBeGreaterThan(coarse);
    expect(api.asked.length).toBeLessThan(12);
    expect(new Set(api.asked).size).toBe(api.asked.length);
  });

  it("asks only for a curve that is added, and then shows it", async () => {
    const api = new FakeCurves(randomLog(10, 5000));
    const data = new TiledData(api.description, api);
    const view = { top: data.first, bottom: data.last };
    const draw = async (names: string[]) => {
      do {
        data.slice(view, ROWS, names);
        await new Promise((resolve) => setTimeout(resolve));
      } while (data.cache.isLoading);
      return data.slice(view, ROWS, names);
    };
    await draw(["GR"]);
    api.asked.length = 0;
    const slice = await draw(["GR", "RHOB"]);
    expect(api.asked.every((asked) => asked.endsWith(" RHOB"))).toBe(true);
    expect([...slice.column("RHOB")!.values].some((value) => !Number.isNaN(value))).toBe(true);
  });

  it("says what went wrong and tries again when told to", async () => {
    const api = new FakeCurves(randomLog(11, 5000));
    const data = new TiledData(api.description, api);
    const view = { top: data.first, bottom: data.last };
    api.failing = true;
    await settled(data, view);
    expect(data.problem?.message).toBe("cut");
    expect(data.slice(view, ROWS, ["GR"]).depth.length).toBe(0);
    const tries = api.asked.length;
    await settled(data, view);
    expect(api.asked.length).toBe(tries); // not for ever
    api.failing = false;
    data.cache.retry();
    await settled(data, view);
    expect(data.problem).toBeNull();
    expect(data.slice(view, ROWS, ["GR"]).depth.length).toBeGreaterThan(0);
  });

  it("never holds more bytes than it may, and keeps the overview", async () => {
    const api = new FakeCurves(randomLog(12, 100_000));
    const data = new TiledData(api.description, api, 200_000);
    for (let i = 0; i < 40; ++i) {
      const top = data.first + ((data.last - data.first) * i) / 41;
      await settled(data, { top, bottom: top + 40 });
      expect(data.cache.bytesHeld).toBeLessThanOrEqual(200_000 + 4 * 1024 * 36 * 3);
    }
    expect(data.cache.peek({ level: api.description.levels - 1, position: 0 })).not.toBeNull();
  });

  it("gives up what is no longer wanted", async () => {
    const signals: AbortSignal[] = [];
    const api = {
      describe: () => Promise.reject(),
      tile: (_k: number, _i: number, _c: unknown, signal?: AbortSignal) => {
        signals.push(signal!);
        return new Promise<never>(() => {});
      },
    };
    const cache = new TileCache(api, { level: 5, position: 0 }, () => {});
    cache.want([{ level: 0, position: 1 }], ["GR"]);
    cache.want([{ level: 0, position: 2 }], ["GR"]);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
  });

  it("cannot be drawn by tiles if depths go both ways or are missing", () => {
    const columns = randomLog(13, 100);
    expect(canBeTiled(new FakeCurves(columns).description)).toBe(true);
    expect(canBeTiled(new FakeCurves(columns, null).description)).toBe(false);
    columns.DEPT![3] = null;
    expect(canBeTiled(new FakeCurves(columns).description)).toBe(false);
  });

  it("is saved as CSV with every sample as it is stored", async () => {
    const columns = randomLog(14, 5000);
    const api = new FakeCurves(turned(columns), false);
    const text = await textOf(await wellOfTiles(api.description, api).csv(null));
    const lines = text.split("\r\n");
    expect(lines[0]).toBe("DEPT (m),GR,RHOB");
    expect(lines.length).toBe(5002);
    turned(columns).DEPT!.forEach((depth, i) =>
      expect(lines[i + 1]).toBe(`${depth},${turnedAt(columns, "GR", i)},${turnedAt(columns, "RHOB", i)}`),
    );
  });
});

function turnedAt(columns: Columns, name: string, i: number): string {
  return String(columns[name]![columns.DEPT!.length - 1 - i] ?? "");
}
