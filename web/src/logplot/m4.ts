// M4 downsampling (Jugel et al., VLDB 2014) along depth: the samples that draw the same line as all of them.

/** In the result of `m4`: the line is interrupted here, because values are absent. */
export const BREAK = -1;

/** The first position whose depth is not below `at`; depths ascend. */
export function lowerBound(depth: Float64Array, at: number): number {
  let low = 0;
  let high = depth.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (depth[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The sample nearest to a depth, or -1 where there is none at all. */
export function nearest(depth: Float64Array, at: number): number {
  if (depth.length === 0) return -1;
  const after = lowerBound(depth, at);
  if (after === 0) return 0;
  if (after === depth.length) return after - 1;
  return at - depth[after - 1]! <= depth[after]! - at ? after - 1 : after;
}

/** Samples [from, to) that a window shows, with one neighbour on each side so that lines run on to its edges. */
export function samplesIn(depth: Float64Array, top: number, bottom: number): [number, number] {
  let to = lowerBound(depth, bottom);
  while (to < depth.length && depth[to] === bottom) ++to;
  return [Math.max(0, lowerBound(depth, top) - 1), Math.min(depth.length, to + 1)];
}

/**
 * Positions of the samples to draw for the window top..bottom over `rows` pixel rows: of every unbroken run
 * of values within one row its first, smallest, largest and last, in depth order, and BREAK between runs.
 * Depths ascend; absent values are NaN.
 */
export function m4(depth: Float64Array, values: Float64Array, top: number, bottom: number, rows: number): number[] {
  const chosen: number[] = [];
  const rowsPerUnit = rows / (bottom - top);
  const [from, to] = samplesIn(depth, top, bottom);
  let first = BREAK; // BREAK: no group is open
  let row = 0;
  let min = 0;
  let max = 0;
  let last = 0;
  const flush = () => {
    if (first === BREAK) return;
    chosen.push(first);
    const early = Math.min(min, max);
    const late = Math.max(min, max);
    if (early > first) chosen.push(early);
    if (late > first && late > early && late < last) chosen.push(late);
    if (last > first && last > early) chosen.push(last);
    first = BREAK;
  };
  for (let i = from; i < to; ++i) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      flush();
      if (chosen.length > 0 && chosen[chosen.length - 1] !== BREAK) chosen.push(BREAK);
      continue;
    }
    const rowHere = Math.floor((depth[i]! - top) * rowsPerUnit);
    if (first === BREAK || rowHere !== row) {
      flush();
      first = min = max = last = i;
      row = rowHere;
      continue;
    }
    if (value < values[min]!) min = i;
    if (value > values[max]!) max = i;
    last = i;
  }
  flush();
  return chosen;
}
