// M4 downsampling (Jugel et al., VLDB 2014) along depth: the samples that draw the same line as all of them.

/** In a chain of samples: the line is interrupted here, because values are absent. */
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

/** Samples per block; blocks let a zoomed-out frame look at a few numbers instead of at every sample. */
export const BLOCK = 64;
const BLOCK_MASK = BLOCK - 1;

/** Per block of a curve: where its smallest and largest values are, and how many are absent. */
export interface Blocks {
  low: Int32Array;
  high: Int32Array;
  nulls: Uint8Array;
}

export function blocksOf(values: Float64Array): Blocks {
  const count = Math.floor(values.length / BLOCK); // a last incomplete block is read sample by sample
  const blocks = { low: new Int32Array(count), high: new Int32Array(count), nulls: new Uint8Array(count) };
  for (let block = 0; block < count; ++block) {
    const end = (block + 1) * BLOCK;
    let low = end - BLOCK;
    let high = low;
    let nulls = 0;
    for (let i = low; i < end; ++i) {
      const value = values[i]!;
      if (value !== value) ++nulls;
      // "not at least" and "not at most": the first number takes the place of an absent one
      else {
        if (!(value >= values[low]!)) low = i;
        if (!(value <= values[high]!)) high = i;
      }
    }
    blocks.low[block] = low;
    blocks.high[block] = high;
    blocks.nulls[block] = nulls;
  }
  return blocks;
}

/** Which samples lie in which pixel row of a window. One for all curves of a well; kept from frame to frame. */
export class RowIndex {
  depth: Float64Array = new Float64Array(0);
  top = 0;
  rowsPerUnit = 0;
  rows = 0;
  from = 0; // the neighbour above the window, or the first sample in it
  to = 0; // behind the neighbour below
  /** Of each row, and of the one behind the last, the first sample that is in it or in a later row. */
  starts: Int32Array<ArrayBufferLike> = new Int32Array(0);

  set(depth: Float64Array, top: number, bottom: number, rows: number): void {
    this.depth = depth;
    this.top = top;
    this.rows = rows;
    this.rowsPerUnit = rows / (bottom - top);
    [this.from, this.to] = samplesIn(depth, top, bottom);
    if (this.starts.length < rows + 1) this.starts = new Int32Array(rows + 1);
    let at = lowerBound(depth, top);
    for (let row = 0; row <= rows; ++row) this.starts[row] = at = this.firstFrom(row, at);
  }

  /** Row with fraction; the row of a sample is its floor. */
  y(sample: number): number {
    return (this.depth[sample]! - this.top) * this.rowsPerUnit;
  }

  /** The first sample from `at` on that is not above row `y`: ever longer steps, then halves. */
  firstFrom(y: number, at: number): number {
    const { depth, top, rowsPerUnit, to } = this;
    let step = 1;
    let low = at;
    while (low + step < to && (depth[low + step - 1]! - top) * rowsPerUnit < y) {
      low += step;
      step *= 2;
    }
    let high = Math.min(to, low + step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((depth[middle]! - top) * rowsPerUnit < y) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Positions of samples to connect, with BREAK between runs. Its memory is used again for the next curve. */
export class Chain {
  at: Int32Array<ArrayBufferLike> = new Int32Array(4096);
  count = 0;

  push(position: number): void {
    if (this.count === this.at.length) {
      const larger = new Int32Array(this.count * 2);
      larger.set(this.at);
      this.at = larger;
    }
    this.at[this.count++] = position;
  }
}

/**
 * Fills `chain` with the samples to draw: of every unbroken run of values within one pixel row its first, smallest,
 * largest and last, in depth order, and BREAK between runs. Absent values are NaN.
 */
export class M4 {
  private values: Float64Array = new Float64Array(0);
  private blocks: Blocks | null = null;
  private first = BREAK; // BREAK: no run is open
  private min = 0;
  private max = 0;
  private last = 0;

  constructor(readonly chain: Chain = new Chain()) {}

  run(index: RowIndex, values: Float64Array, blocks: Blocks | null): Chain {
    this.values = values;
    this.blocks = blocks;
    this.chain.count = 0;
    const { starts, rows, from, to } = index;
    this.row(from, starts[0]!);
    for (let row = 0; row < rows; ++row) this.row(starts[row]!, starts[row + 1]!);
    for (let i = starts[rows]!; i < to; ++i) {
      this.take(i, i + 1);
      // samples on the lower edge share a row that is out of sight
      if (i + 1 === to || Math.floor(index.y(i + 1)) !== Math.floor(index.y(i))) this.flush();
    }
    return this.chain;
  }

  private row(from: number, to: number): void {
    if (from < to) {
      this.take(from, to);
      this.flush();
    }
  }

  private take(from: number, to: number): void {
    const { values, blocks } = this;
    for (let i = from; i < to;) {
      if (blocks !== null && (i & BLOCK_MASK) === 0 && i + BLOCK <= to) {
        const block = i / BLOCK;
        const nulls = blocks.nulls[block]!;
        if (nulls === 0) this.extend(i, blocks.low[block]!, blocks.high[block]!, i + BLOCK - 1);
        else if (nulls === BLOCK) this.interrupt();
        if (nulls === 0 || nulls === BLOCK) {
          i += BLOCK;
          continue;
        }
      }
      const value = values[i]!;
      if (value !== value) this.interrupt();
      else this.extend(i, i, i, i);
      ++i;
    }
  }

  private extend(first: number, min: number, max: number, last: number): void {
    const { values } = this;
    if (this.first === BREAK) {
      this.first = first;
      this.min = min;
      this.max = max;
    } else {
      if (values[min]! < values[this.min]!) this.min = min;
      if (values[max]! > values[this.max]!) this.max = max;
    }
    this.last = last;
  }

  private interrupt(): void {
    this.flush();
    const { chain } = this;
    if (chain.count > 0 && chain.at[chain.count - 1] !== BREAK) chain.push(BREAK);
  }

  private flush(): void {
    const { first, last, chain } = this;
    if (first === BREAK) return;
    const early = Math.min(this.min, this.max);
    const late = Math.max(this.min, this.max);
    chain.push(first);
    if (early > first) chain.push(early);
    if (late > first && late > early && late < last) chain.push(late);
    if (last > first && last > early) chain.push(last);
    this.first = BREAK;
  }
}
