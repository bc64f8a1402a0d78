// M4 draws the same picture as all samples: against brute force on random logs with gaps and uneven steps.
import { describe, expect, it } from "vitest";
import { BREAK, m4, nearest, samplesIn } from "../src/logplot/m4";
import { randomFrom } from "./random";

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
