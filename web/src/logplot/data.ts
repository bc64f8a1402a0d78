// Where a plot's numbers come from: all of them in memory, or tiles of a long log. Drawing is the same for both.
import { spanBlocksOf, type ScaledCurve, type SpanBlocks } from "./crossover";
import { blocksOf, nearest, samplesIn, type Blocks } from "./m4";
import type { Viewport } from "./viewport";

export interface Column {
  values: Float64Array; // absent: NaN
  blocks: Blocks | null;
}

/** Two curves over the same depths, for shading between them. */
export interface Pair {
  depth: Float64Array;
  left: ScaledCurve;
  right: ScaledCurve;
  blocks: SpanBlocks | null;
}

export interface PairRequest {
  left: { mnemonic: string; scale: ScaledCurve["scale"] };
  right: { mnemonic: string; scale: ScaledCurve["scale"] };
}

/** Numbers that draw a window: depths ascend, and each column has a value for each of them. */
export interface Slice {
  depth: Float64Array;
  column(mnemonic: string): Column | null;
  pair(request: PairRequest): Pair | null;
}

/** Rows are numbered in ascending depth. What is not there yet is asked for, and listeners hear when it came. */
export interface CurveData {
  readonly rows: number;
  readonly first: number; // depth of the first row
  readonly last: number;
  readonly step: number; // between most samples
  slice(view: Viewport, pixelRows: number, mnemonics: readonly string[]): Slice;
  /** The row nearest to a depth; -1 where that cannot be said (yet). */
  nearest(depth: number): number;
  depthAt(row: number): number | undefined; // undefined: not loaded yet
  valueAt(mnemonic: string, row: number): number | undefined;
  /** Rows [from, to) whose depth is in the window. */
  rowsIn(view: Viewport): [number, number];
  subscribe(listener: () => void): () => void;
  version(): number; // changes when something came
}

const STEPS_LOOKED_AT = 1000;

/** The median of what lies between neighbours, of as many as tell; 0 where there are none. */
function medianStep(depth: Float64Array): number {
  const stride = Math.max(1, Math.floor(depth.length / STEPS_LOOKED_AT));
  const steps: number[] = [];
  for (let row = 1; row < depth.length; row += stride)
    if (depth[row]! > depth[row - 1]!) steps.push(depth[row]! - depth[row - 1]!);
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
}

export class MemoryData implements CurveData, Slice {
  private readonly columns = new Map<string, Column>();
  private usualStep: number | null = null;
  private spans: { key: string; blocks: SpanBlocks } | null = null;

  constructor(
    readonly depth: Float64Array,
    private readonly values: ReadonlyMap<string, Float64Array>,
  ) {}

  get rows(): number {
    return this.depth.length;
  }

  get first(): number {
    return this.depth[0] ?? 0;
  }

  get last(): number {
    return this.depth[this.depth.length - 1] ?? 0;
  }

  get step(): number {
    this.usualStep ??= medianStep(this.depth);
    return this.usualStep;
  }

  slice(): Slice {
    return this;
  }

  nearest(at: number): number {
    return nearest(this.depth, at);
  }

  depthAt(row: number): number | undefined {
    return this.depth[row];
  }

  valueAt(mnemonic: string, row: number): number | undefined {
    return this.values.get(mnemonic)?.[row];
  }

  rowsIn(view: Viewport): [number, number] {
    let [from, to] = samplesIn(this.depth, view.top, view.bottom);
    while (from < to && this.depth[from]! < view.top) ++from;
    while (to > from && this.depth[to - 1]! > view.bottom) --to;
    return [from, to];
  }

  subscribe(): () => void {
    return () => {};
  }

  version(): number {
    return 0;
  }

  column(mnemonic: string): Column | null {
    const known = this.columns.get(mnemonic);
    if (known) return known;
    const values = this.values.get(mnemonic);
    if (!values) return null;
    const column = { values, blocks: blocksOf(values) };
    this.columns.set(mnemonic, column);
    return column;
  }

  pair(request: PairRequest): Pair | null {
    const left = this.values.get(request.left.mnemonic);
    const right = this.values.get(request.right.mnemonic);
    if (!left || !right) return null;
    const scaled: [ScaledCurve, ScaledCurve] = [
      { values: left, scale: request.left.scale },
      { values: right, scale: request.right.scale },
    ];
    const key = JSON.stringify(request);
    if (this.spans?.key !== key) this.spans = { key, blocks: spanBlocksOf(...scaled) };
    return { depth: this.depth, left: scaled[0], right: scaled[1], blocks: this.spans.blocks };
  }
}
