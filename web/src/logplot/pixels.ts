// A curve in device pixels: where its line runs, where it is interrupted, where it is off the scale.
import type { Column } from "./data";
import { BREAK, type M4, type RowIndex } from "./m4";
import type { Scale } from "./scale";

/** Far off-scale points are pulled in: canvases misbehave with coordinates in the billions. */
const TRACKS_AWAY_MAX = 40;

/** Points of one curve; a NaN interrupts the line. The memory serves every curve of every frame. */
export class Pixels {
  x = new Float64Array(8192);
  y = new Float64Array(8192);
  count = 0;

  /** The curve's M4 points on a track from `x0`, `width` wide. */
  set(m4: M4, index: RowIndex, column: Column, scale: Scale, x0: number, width: number): void {
    const chain = m4.run(index, column.values, column.blocks);
    if (this.x.length < chain.count) {
      this.x = new Float64Array(chain.count * 2);
      this.y = new Float64Array(chain.count * 2);
    }
    const { x, y } = this;
    const { depth, top, rowsPerUnit } = index;
    const isLog = scale.kind === "log";
    // the same arithmetic as `fraction`, without its branches in the loop
    const from = isLog ? Math.log(scale.left) : scale.left;
    const span = isLog ? Math.log(scale.right) - from : scale.right - from;
    const low = x0 - TRACKS_AWAY_MAX * width;
    const high = x0 + TRACKS_AWAY_MAX * width;
    for (let i = 0; i < chain.count; ++i) {
      const sample = chain.at[i]!;
      if (sample === BREAK) {
        x[i] = y[i] = NaN;
        continue;
      }
      const value = column.values[sample]!;
      const at = ((isLog ? Math.log(Math.max(value, 0)) : value) - from) / span;
      x[i] = Math.min(high, Math.max(low, x0 + at * width));
      y[i] = (depth[sample]! - top) * rowsPerUnit;
    }
    this.count = chain.count;
  }

  isBreak(i: number): boolean {
    return i < 0 || i >= this.count || Number.isNaN(this.x[i]!);
  }

  /**
   * What the line covers of every pixel row from 0 to `height`: once per unbroken run and row, from `low` to `high`.
   * Between points the line is straight, and it is cut where it crosses from row to row.
   */
  forEachSpan(height: number, take: (row: number, low: number, high: number) => void): void {
    const { x, y, count } = this;
    let row = 0;
    let low = Infinity; // Infinity: nothing in this row yet
    let high = -Infinity;
    const cover = (at: number) => {
      if (at < low) low = at;
      if (at > high) high = at;
    };
    const end = () => {
      if (low <= high && row >= 0 && row < height) take(row, low, high);
      low = Infinity;
      high = -Infinity;
    };
    for (let i = 0; i < count; ++i) {
      if (Number.isNaN(x[i]!)) {
        end();
        continue;
      }
      const here = Math.floor(y[i]!);
      if (this.isBreak(i - 1)) row = here;
      else if (here !== row) {
        const [x0, y0] = [x[i - 1]!, y[i - 1]!];
        const slope = (x[i]! - x0) / (y[i]! - y0);
        cover(x0 + (row + 1 - y0) * slope);
        end();
        for (row = Math.max(row + 1, 0); row < here && row < height; ++row) {
          cover(x0 + (row - y0) * slope);
          cover(x0 + (row + 1 - y0) * slope);
          end();
        }
        row = here;
        cover(x0 + (here - y0) * slope);
      }
      cover(x[i]!);
    }
    end();
  }
}
