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
}
