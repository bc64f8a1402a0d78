// Gas crossover: where the density curve plots to the left of the neutron curve, each on its own scale.
import { samplesIn } from "./m4";
import { fraction, type Scale } from "./scale";

export interface ScaledCurve {
  values: Float64Array;
  scale: Scale;
}

/** Per pixel row the shaded span across the track as fractions; NaN where nothing is shaded. */
export interface Spans {
  from: Float64Array;
  to: Float64Array;
}

/**
 * Shades from `left` to `right` where `left` plots left of `right`. Between neighbouring samples the drawn lines
 * are straight, so positions (not values) are interpolated at the middle of each row; across a gap nothing is.
 */
export function crossoverSpans(
  depth: Float64Array,
  left: ScaledCurve,
  right: ScaledCurve,
  top: number,
  bottom: number,
  rows: number,
): Spans {
  const spans: Spans = { from: new Float64Array(rows).fill(NaN), to: new Float64Array(rows).fill(NaN) };
  const rowsPerUnit = rows / (bottom - top);
  const shade = (row: number, l: number, r: number) => {
    if (!(l < r) || row < 0 || row >= rows) return;
    spans.from[row] = Math.min(l, spans.from[row]! >= -Infinity ? spans.from[row]! : Infinity);
    spans.to[row] = Math.max(r, spans.to[row]! >= -Infinity ? spans.to[row]! : -Infinity);
  };
  const [begin, end] = samplesIn(depth, top, bottom);
  let yBefore = NaN;
  let leftBefore = NaN;
  let rightBefore = NaN;
  for (let i = begin; i < end; ++i) {
    const y = (depth[i]! - top) * rowsPerUnit;
    const l = fraction(left.scale, left.values[i]!);
    const r = fraction(right.scale, right.values[i]!);
    shade(Math.floor(y), l, r);
    const steps = y - yBefore; // NaN before the first sample
    if (steps > 0 && Number.isFinite(l + r + leftBefore + rightBefore)) {
      const rowLast = Math.min(rows - 1, Math.floor(y - 0.5));
      for (let row = Math.max(0, Math.ceil(yBefore - 0.5)); row <= rowLast; ++row) {
        const t = (row + 0.5 - yBefore) / steps;
        shade(row, leftBefore + t * (l - leftBefore), rightBefore + t * (r - rightBefore));
      }
    }
    yBefore = y;
    leftBefore = l;
    rightBefore = r;
  }
  return spans;
}
