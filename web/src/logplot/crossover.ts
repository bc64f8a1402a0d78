// Gas crossover: where the density curve plots to the left of the neutron curve, each on its own scale.
import { BLOCK, RowIndex } from "./m4";
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

/** Per block of samples the span shaded by them: Infinity to -Infinity where they shade nothing. */
export type SpanBlocks = Spans;

export function spanBlocksOf(left: ScaledCurve, right: ScaledCurve): SpanBlocks {
  const count = Math.floor(left.values.length / BLOCK);
  const blocks = { from: new Float64Array(count).fill(Infinity), to: new Float64Array(count).fill(-Infinity) };
  for (let i = 0; i < count * BLOCK; ++i) {
    const l = fraction(left.scale, left.values[i]!);
    const r = fraction(right.scale, right.values[i]!);
    if (!(l < r)) continue;
    const block = Math.floor(i / BLOCK);
    if (l < blocks.from[block]!) blocks.from[block] = l;
    if (r > blocks.to[block]!) blocks.to[block] = r;
  }
  return blocks;
}

/**
 * Shades from `left` to `right` where `left` plots left of `right`. Between neighbouring samples the drawn lines
 * are straight, so positions (not values) are interpolated at the middle of each row; across a gap nothing is.
 */
export function crossoverSpans(
  index: RowIndex,
  left: ScaledCurve,
  right: ScaledCurve,
  blocks: SpanBlocks | null,
  spans: Spans = { from: new Float64Array(index.rows), to: new Float64Array(index.rows) },
): Spans {
  let from = Infinity;
  let to = -Infinity;
  const shade = (l: number, r: number) => {
    if (!(l < r)) return;
    if (l < from) from = l;
    if (r > to) to = r;
  };
  const at = (curve: ScaledCurve, i: number) => fraction(curve.scale, curve.values[i]!);
  for (let row = 0; row < index.rows; ++row) {
    from = Infinity;
    to = -Infinity;
    const begin = index.starts[row]!;
    const end = index.starts[row + 1]!;
    for (let i = begin; i < end;) {
      if (blocks && i % BLOCK === 0 && i + BLOCK <= end) {
        shade(blocks.from[i / BLOCK]!, blocks.to[i / BLOCK]!);
        i += BLOCK;
      } else {
        shade(at(left, i), at(right, i));
        ++i;
      }
    }
    const below = index.firstFrom(row + 0.5, begin);
    if (below > 0 && below < index.depth.length) {
      const above = index.y(below - 1);
      const t = (row + 0.5 - above) / (index.y(below) - above);
      const [l0, l1] = [at(left, below - 1), at(left, below)];
      const [r0, r1] = [at(right, below - 1), at(right, below)];
      if (t >= 0 && t <= 1 && Number.isFinite(l0 + l1 + r0 + r1)) shade(l0 + t * (l1 - l0), r0 + t * (r1 - r0));
    }
    spans.from[row] = from < to ? from : NaN;
    spans.to[row] = from < to ? to : NaN;
  }
  return spans;
}
