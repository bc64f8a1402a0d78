// M4 draws the same picture as all samples: against brute force on random logs with gaps and uneven steps.
import { describe, expect, it } from "vitest";
import { BLOCK, blocksOf, BREAK, M4, nearest, RowIndex, samplesIn } from "../src/logplot/m4";
import { randomFrom } from "./random";

const painter = new M4();
const index = new RowIndex();

/** The chain for one window; the same objects all the time, as a painter has them. */
function m4(depth: Float64Array, values: Float64Array, top: number, bottom: number, rows: number): number[] {
  index.set(depth, top, bottom, rows);
  const chain = painter.run(index, values, values.length % 2 ? blocksOf(values) : null);
  return [...chain.at.subarray(0, chain.count)];
}

interface Log {
  depth: Float64Array;
  values: Float64Array;
}

function randomLog(seed: number): Log {
  const random = randomFrom(seed);
  const count = Math.floor(random() * 400);
  const gapShare = [0, 0.02, 0.5][seed % 3]!;
  const depth = new Float64Array(count);
  const values = new Float64Array(count);
  let at = 1000;
  for (let i = 0; i < count; ++i) {
    at += random() < 0.1 ? 0 : random() * 3; // repeated depths occur
    depth[i] = at;
    values[i] = random() < gapShare ? NaN : Math.round((random() - 0.5) * 20);
  }
  return { depth, values };
}

function randomWindow(log: Log, seed: number): [number, number, number] {
  const random = randomFrom(seed * 31 + 5);
  const first = log.depth[0] ?? 0;
  const span = (log.depth[log.depth.length - 1] ?? 1) - first + 1;
  const top = first + (random() - 0.2) * span;
  return [top, top + span * (0.02 + random()), 1 + Math.floor(random() * 60)];
}

/** Splits the samples of the window into runs within a row, the slow and plain way. */
function bruteForce(log: Log, top: number, bottom: number, rows: number): Set<number> {
  const { depth, values } = log;
  const chosen = new Set<number>();
  const inside = [...depth.keys()].filter((i) => depth[i]! >= top && depth[i]! <= bottom);
  const before = [...depth.keys()].filter((i) => depth[i]! < top).pop();
  const after = [...depth.keys()].find((i) => depth[i]! > bottom);
  const all = [before, ...inside, after].filter((i) => i !== undefined);
  const rowOf = (i: number) => Math.floor((depth[i]! - top) * (rows / (bottom - top)));
  let group: number[] = [];
  const close = () => {
    if (group.length === 0) return;
    const sorted = [...group].sort((a, b) => values[a]! - values[b]! || a - b);
    const largest = group.find((i) => values[i] === values[sorted[sorted.length - 1]!])!;
    for (const i of [group[0]!, sorted[0]!, largest, group[group.length - 1]!]) chosen.add(i);
    group = [];
  };
  for (const i of all) {
    if (group.length > 0 && rowOf(group[0]!) !== rowOf(i)) close();
    if (Number.isNaN(values[i])) close();
    else group.push(i);
  }
  close();
  return chosen;
}

type Spans = Map<number, [number, number][]>;

/** Which part of each pixel row a chain of samples covers; touching parts are joined. Not anti-aliased. */
function raster(log: Log, chain: number[], top: number, bottom: number, rows: number): Spans {
  const y = (i: number) => (log.depth[i]! - top) * (rows / (bottom - top));
  const covered: Spans = new Map();
  const cover = (row: number, a: number, b: number) => {
    if (row < 0 || row >= rows) return;
    covered.set(row, [...(covered.get(row) ?? []), [Math.min(a, b), Math.max(a, b)]]);
  };
  chain.forEach((i, k) => {
    if (i === BREAK) return;
    cover(Math.floor(y(i)), log.values[i]!, log.values[i]!);
    const next = chain[k + 1];
    if (next === undefined || next === BREAK) return;
    const [y0, y1, x0, x1] = [y(i), y(next), log.values[i]!, log.values[next]!];
    const x = (at: number) => (y1 === y0 ? x1 : x0 + ((at - y0) / (y1 - y0)) * (x1 - x0));
    for (let row = Math.max(0, Math.floor(y0)); row <= Math.min(rows - 1, Math.floor(y1)); ++row) {
      if (y1 === y0) cover(row, x0, x1);
      else cover(row, x(Math.max(y0, row)), x(Math.min(y1, row + 1)));
    }
  });
  for (const [row, spans] of covered) {
    spans.sort((a, b) => a[0] - b[0]);
    const joined: [number, number][] = [];
    for (const span of spans) {
      const last = joined[joined.length - 1];
      if (last && span[0] <= last[1] + 1e-9) last[1] = Math.max(last[1], span[1]);
      else joined.push([...span]);
    }
    covered.set(row, joined);
  }
  return covered;
}

/** All samples of the window, absent ones as breaks. */
function wholeChain(log: Log, top: number, bottom: number): number[] {
  const [from, to] = samplesIn(log.depth, top, bottom);
  return Array.from({ length: to - from }, (_, k) => (Number.isNaN(log.values[from + k]) ? BREAK : from + k));
}

function rounded(spans: Spans): [number, string][] {
  return [...spans]
    .sort((a, b) => a[0] - b[0])
    .map(([row, list]) => [row, list.map(([a, b]) => `${a.toFixed(6)}..${b.toFixed(6)}`).join(" ")]);
}

const SEEDS = Array.from({ length: 300 }, (_, i) => i + 1);

describe("m4", () => {
  it("chooses first, smallest, largest and last of every run in a row, like brute force", () => {
    for (const seed of SEEDS) {
      const log = randomLog(seed);
      const [top, bottom, rows] = randomWindow(log, seed);
      const chosen = m4(log.depth, log.values, top, bottom, rows).filter((i) => i !== BREAK);
      expect(chosen, `seed ${seed}`).toEqual([...bruteForce(log, top, bottom, rows)].sort((a, b) => a - b));
    }
  });

  it("covers the same part of every pixel row as all samples", () => {
    for (const seed of SEEDS) {
      const log = randomLog(seed);
      const [top, bottom, rows] = randomWindow(log, seed);
      const drawn = raster(log, m4(log.depth, log.values, top, bottom, rows), top, bottom, rows);
      const whole = raster(log, wholeChain(log, top, bottom), top, bottom, rows);
      expect(rounded(drawn), `seed ${seed}`).toEqual(rounded(whole));
    }
  });

  it("keeps gaps: no line joins samples with an absent one between them", () => {
    for (const seed of SEEDS) {
      const log = randomLog(seed);
      const [top, bottom, rows] = randomWindow(log, seed);
      const chain = m4(log.depth, log.values, top, bottom, rows);
      chain.forEach((i, k) => {
        const next = chain[k + 1];
        if (i === BREAK || next === undefined || next === BREAK) return;
        for (let j = i; j <= next; ++j) expect(log.values[j], `seed ${seed} sample ${j}`).not.toBeNaN();
      });
    }
  });

  it("needs at most four samples a row however many there are", () => {
    const depth = Float64Array.from({ length: 100_000 }, (_, i) => i * 0.1);
    const values = Float64Array.from(depth, (d) => Math.sin(d));
    expect(m4(depth, values, 0, 9_999.9, 500).length).toBeLessThanOrEqual(4 * 501);
  });

  it("keeps a spike of one sample", () => {
    const values = new Float64Array(9048).fill(3);
    values[4321] = 1800;
    const depth = Float64Array.from(values, (_, i) => 1000 + i * 0.1524);
    expect(m4(depth, values, depth[0]!, depth[9047]!, 600)).toContain(4321);
  });
});

describe("m4 by blocks", () => {
  it("is the very same chain as sample by sample, on long logs with gaps of all lengths", () => {
    for (const seed of SEEDS.slice(0, 60)) {
      const random = randomFrom(seed);
      const count = 2000 + Math.floor(random() * 3000);
      const depth = Float64Array.from({ length: count }, (_, i) => i * 0.1 + (seed % 3 === 0 ? random() * 0.1 : 0));
      const values = Float64Array.from(depth, () => Math.round((random() - 0.5) * 2000));
      for (let gap = 0; gap < seed % 7; ++gap) {
        const at = Math.floor(random() * count);
        values.fill(NaN, at, at + Math.floor(random() * 5 * BLOCK));
      }
      const [top, bottom, rows] = randomWindow({ depth, values }, seed);
      index.set(depth, top, bottom, rows);
      const slow = painter.run(index, values, null);
      const expected = [...slow.at.subarray(0, slow.count)];
      const fast = painter.run(index, values, blocksOf(values));
      expect([...fast.at.subarray(0, fast.count)], `seed ${seed}`).toEqual(expected);
    }
  });
});

/** Bresenham's line on a bitmap: what a plain raster without smoothing sets. */
function bresenham(bitmap: Uint8Array, width: number, height: number, x0: number, y0: number, x1: number, y1: number) {
  const dx = Math.abs(x1 - x0);
  const dy = -Math.abs(y1 - y0);
  const [sx, sy] = [x0 < x1 ? 1 : -1, y0 < y1 ? 1 : -1];
  for (let error = dx + dy; ;) {
    if (y0 >= 0 && y0 < height && x0 >= 0 && x0 < width) bitmap[y0 * width + x0] = 1;
    if (x0 === x1 && y0 === y1) return;
    const twice = 2 * error;
    if (twice >= dy) {
      error += dy;
      x0 += sx;
    }
    if (twice <= dx) {
      error += dx;
      y0 += sy;
    }
  }
}

/** A chain of samples as a bitmap, each sample on its pixel, neighbours joined. */
function bitmapOf(log: Log, chain: number[], [top, bottom, rows]: [number, number, number], width: number): Uint8Array {
  const bitmap = new Uint8Array(rows * width);
  const x = (i: number) => Math.floor(((log.values[i]! + 1000) / 2000) * (width - 1));
  const y = (i: number) => Math.floor((log.depth[i]! - top) * (rows / (bottom - top)));
  chain.forEach((i, k) => {
    if (i === BREAK) return;
    const next = chain[k + 1];
    const to = next === undefined || next === BREAK ? i : next;
    bresenham(bitmap, width, rows, x(i), y(i), x(to), y(to));
  });
  return bitmap;
}

describe("m4 on a plain raster", () => {
  it("differs from all samples in no pixel: random logs, uneven depths, gaps, repeated depths", () => {
    let lit = 0;
    for (const seed of SEEDS) {
      const random = randomFrom(seed);
      const log = { depth: new Float64Array(3000), values: new Float64Array(3000) };
      let at = 500;
      for (let i = 0; i < 3000; ++i) {
        at += random() < 0.05 ? 0 : random() < 0.01 ? 20 : random() * 0.4;
        log.depth[i] = at;
        log.values[i] = random() < [0, 0.01, 0.3][seed % 3]! ? NaN : (random() - 0.5) * (random() < 0.01 ? 1900 : 300);
      }
      const window = randomWindow(log, seed);
      const [top, bottom, rows] = window;
      index.set(log.depth, top, bottom, rows);
      const chain = painter.run(index, log.values, blocksOf(log.values));
      const drawn = bitmapOf(log, [...chain.at.subarray(0, chain.count)], window, 200);
      const whole = bitmapOf(log, wholeChain(log, top, bottom), window, 200);
      const differing = whole.reduce((sum, pixel, p) => sum + Number(pixel !== drawn[p]), 0);
      expect(differing, `seed ${seed}`).toBe(0);
      lit += whole.reduce((sum, pixel) => sum + pixel, 0);
    }
    expect(lit).toBeGreaterThan(100_000); // the pictures are not empty
  });
});

describe("nearest", () => {
  it("agrees with a look at every sample", () => {
    for (const seed of SEEDS) {
      const { depth } = randomLog(seed);
      const at = 1000 + randomFrom(seed)() * 700;
      const best = Math.min(...Array.from(depth, (d) => Math.abs(d - at)));
      const found = nearest(depth, at);
      if (depth.length === 0) expect(found).toBe(-1);
      else expect(Math.abs(depth[found]! - at)).toBe(best);
    }
  });
});
