// Where values stand across a track, and which part of a crossover is shaded.
import { describe, expect, it } from "vitest";
import { RowIndex } from "../src/logplot/m4";
import { crossoverSpans, spanBlocksOf } from "../src/logplot/crossover";
import { fraction, gridLines, isValid, roundStep, scaleAround, type Scale } from "../src/logplot/scale";
import { randomFrom } from "./random";

const NPHI: Scale = { kind: "linear", left: 0.45, right: -0.15 };
const RHOB: Scale = { kind: "linear", left: 1.95, right: 2.95 };
const RES: Scale = { kind: "log", left: 0.2, right: 2000 };

describe("fraction", () => {
  it("maps linear scales either way round", () => {
    expect(fraction({ kind: "linear", left: 0, right: 150 }, 75)).toBeCloseTo(0.5);
    expect(fraction(NPHI, 0.45)).toBeCloseTo(0);
    expect(fraction(NPHI, -0.15)).toBeCloseTo(1);
    expect(fraction(NPHI, 0.3)).toBeCloseTo(0.25);
  });

  it("maps decades of a log scale to equal widths", () => {
    expect([0.2, 2, 20, 200, 2000].map((v) => Number(fraction(RES, v).toFixed(9)))).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it("puts what is not positive beyond the low end of a log scale", () => {
    expect(fraction(RES, 0)).toBe(-Infinity);
    expect(fraction({ kind: "log", left: 2000, right: 0.2 }, -1)).toBe(Infinity);
  });

  it("tells off-scale and absent values apart from those on the track", () => {
    expect(fraction(RHOB, 3.2)).toBeGreaterThan(1);
    expect(fraction(RHOB, 1.2)).toBeLessThan(0);
    expect(fraction(RHOB, NaN)).toBeNaN();
    expect(fraction(RES, NaN)).toBeNaN();
  });
});

describe("scales", () => {
  it("rejects what cannot be drawn", () => {
    expect(isValid({ kind: "linear", left: 1, right: 1 })).toBe(false);
    expect(isValid({ kind: "linear", left: NaN, right: 1 })).toBe(false);
    expect(isValid({ kind: "log", left: 0, right: 10 })).toBe(false);
    expect([NPHI, RHOB, RES].every(isValid)).toBe(true);
  });

  it("draws a line for every digit of a decade and stresses the decades", () => {
    const lines = gridLines({ kind: "log", left: 1, right: 100 }, 10);
    expect(lines).toHaveLength(17); // 2..9, 10, 20..90
    expect(lines.filter((line) => line.major).map((line) => line.at)).toEqual([0.5]);
  });

  it("rounds steps up to 1, 2 or 5", () => {
    expect([0.011, 1, 1.2, 3, 7].map(roundStep)).toEqual([0.02, 1, 2, 5, 10]);
  });

  it("surrounds the data, even a constant", () => {
    expect(scaleAround(3, 97)).toEqual({ kind: "linear", left: 0, right: 100 });
    expect(isValid(scaleAround(5, 5))).toBe(true);
  });
});

describe("gas crossover", () => {
  const shaded = (rhob: number[], nphi: number[], rows = 10) => {
    const depth = Float64Array.from(rhob, (_, i) => i);
    const left = { values: Float64Array.from(rhob), scale: RHOB };
    const right = { values: Float64Array.from(nphi), scale: NPHI };
    const index = new RowIndex();
    index.set(depth, 0, rhob.length - 1, rows);
    return crossoverSpans(index, left, right, null);
  };

  it("shades where density plots left of neutron on their own scales", () => {
    const { from, to } = shaded([2.05, 2.05], [0.05, 0.05]);
    expect(from.every((x) => Math.abs(x - 0.1) < 1e-9)).toBe(true);
    expect(to.every((x) => Math.abs(x - 2 / 3) < 1e-9)).toBe(true);
  });

  it("shades nothing in wet rock, although the number for density is the larger one there too", () => {
    expect(shaded([2.5, 2.5], [0.25, 0.25]).from.every(Number.isNaN)).toBe(true);
  });

  it("would shade wrongly on a common scale: a clean wet sand stays clear", () => {
    // 2.31 g/cm3 and 0.234 v/v plot on the very same spot; a little wetter must not be shaded.
    expect(shaded([2.32, 2.32], [0.24, 0.24]).from.every(Number.isNaN)).toBe(true);
    expect(shaded([2.3, 2.3], [0.22, 0.22]).from.some(Number.isNaN)).toBe(false);
  });

  it("ends where the drawn lines cross between two samples", () => {
    const { from } = shaded([2.05, 2.55], [0.15, 0.15], 100); // 0.1 → 0.6 against 0.5: they cross at 0.8
    expect(Array.from(from, (x) => !Number.isNaN(x))).toEqual(Array.from(from, (_, row) => row + 0.5 < 80));
  });

  it("is the same by blocks of samples as sample by sample", () => {
    for (let seed = 1; seed <= 60; ++seed) {
      const random = randomFrom(seed);
      let at = 0;
      const depth = Float64Array.from({ length: 1000 + seed * 7 }, () => (at += random() < 0.1 ? 0 : random()));
      const noisy = (middle: number, swing: number) =>
        Float64Array.from(depth, (d) => (random() < 0.01 ? NaN : middle + swing * (Math.sin(d / 40) + random())));
      const left = { values: noisy(2.2, 0.2), scale: RHOB };
      const right = { values: noisy(0.2, -0.1), scale: NPHI };
      const index = new RowIndex();
      const top = random() * at * 0.7;
      index.set(depth, top, top + random() * at, 1 + Math.floor(random() * 50));
      const slow = crossoverSpans(index, left, right, null);
      const fast = crossoverSpans(index, left, right, spanBlocksOf(left, right));
      expect([fast.from, fast.to], `seed ${seed}`).toEqual([slow.from, slow.to]);
    }
  });

  it("is not carried across absent values", () => {
    const { from } = shaded([2.05, NaN, 2.05], [0.05, 0.05, 0.05], 20);
    const clear = Array.from(from.keys()).filter((row) => Number.isNaN(from[row]));
    expect(clear).toEqual(Array.from({ length: 19 }, (_, i) => i + 1)); // all but the row of the first sample
  });
});
