// A long log of which only tiles are here: coarse ones at once, finer ones as they come. No value is made up.
import type { ProblemError } from "@spillway/client";
import type { ScaledCurve } from "./crossover";
import type { Buckets, CurvesApi, Description, Tile } from "@spillway/client";
import type { Column, CurveData, Pair, PairRequest, Slice } from "./data";
import { nearest } from "./m4";
import { TileCache, type TileAddress } from "./tileCache";
import type { Viewport } from "./viewport";

/** Buckets per pixel row asked for: with two the extremes of a bucket are never more than a row off. */
const BUCKETS_PER_PIXEL_ROW = 2;
/** What each bucket becomes: first, smallest, largest, last. */
const POINTS = 4;

/** A table's two and the cursor's. */
const SAMPLE_TILES_MAX = 3;

/** A stretch of one tile, in stored order. */
interface Piece {
  tile: Tile;
  from: number; // buckets
  to: number;
}

function countOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { tile, from, to }) => sum + (to - from) * (tile.rowsPerBucket === 1 ? 1 : POINTS), 0);
}

/** Calls back for every bucket with the position of its first point among all points. */
function forEachBucket(
  pieces: readonly Piece[],
  name: string,
  take: (buckets: Buckets | undefined, bucket: number, at: number, isSample: boolean) => void,
): void {
  let at = 0;
  for (const { tile, from, to } of pieces) {
    const buckets = tile.columns.get(name);
    const isSample = tile.rowsPerBucket === 1;
    for (let b = from; b < to; ++b) {
      take(buckets, b, at, isSample);
      at += isSample ? 1 : POINTS;
    }
  }
}

/**
 * A bucket without nulls is a line from its first to its last value by way of its extremes. One with nulls is the
 * range of its values on one row, joined to nothing: where in it the gap is, is not known.
 */
function pointsOf(pieces: readonly Piece[], name: string): Float64Array {
  const values = new Float64Array(countOf(pieces)).fill(NaN);
  forEachBucket(pieces, name, (buckets, b, at, isSample) => {
    if (!buckets) return;
    if (isSample) {
      values[at] = buckets.first[b]!;
      return;
    }
    const isWhole = buckets.nulls[b] === 0;
    if (isWhole) values[at] = buckets.first[b]!;
    values[at + 1] = buckets.min[b]!;
    values[at + 2] = buckets.max[b]!;
    if (isWhole) values[at + 3] = buckets.last[b]!;
  });
  return values;
}

function depthsOf(pieces: readonly Piece[], index: string): Float64Array {
  const depths = new Float64Array(countOf(pieces));
  forEachBucket(pieces, index, (buckets, b, at, isSample) => {
    const first = buckets!.first[b]!;
    depths[at] = first;
    if (isSample) return;
    const last = buckets!.last[b]!;
    depths[at + 1] = depths[at + 2] = first + (last - first) / 2;
    depths[at + 3] = last;
  });
  return depths;
}

/** The points of one window, as they are drawn; kept until other tiles are shown. */
class TiledSlice implements Slice {
  private readonly columns = new Map<string, Column>();
  readonly depth: Float64Array;

  constructor(
    private readonly pieces: readonly Piece[],
    index: string,
    private readonly turned: boolean, // stored deepest first
  ) {
    this.depth = depthsOf(pieces, index);
    if (turned) this.depth.reverse();
  }

  column(mnemonic: string): Column {
    let column = this.columns.get(mnemonic);
    if (!column) {
      column = { values: pointsOf(this.pieces, mnemonic), blocks: null };
      if (this.turned) column.values.reverse();
      this.columns.set(mnemonic, column);
    }
    return column;
  }

  /**
   * First and last values stand on one row in both curves, so they are compared; between them there is shading only
   * where every value of one curve plots left of every value of the other.
   */
  pair({ left, right }: PairRequest): Pair {
    const [l, r] = [this.pairPoints(left, right, false), this.pairPoints(right, left, true)];
    return { depth: this.depth, left: l, right: r, blocks: null };
  }

  private pairPoints(own: PairRequest["left"], other: PairRequest["left"], isRight: boolean): ScaledCurve {
    const values = this.column(own.mnemonic).values.slice();
    if (this.turned) values.reverse();
    const gaps: boolean[] = []; // per bucket of the other curve
    forEachBucket(this.pieces, other.mnemonic, (buckets, b) => gaps.push(!buckets || buckets.nulls[b] !== 0));
    let bucket = 0;
    forEachBucket(this.pieces, own.mnemonic, (buckets, b, at, isSample) => {
      const hasGap = !isSample && gaps[bucket]!;
      ++bucket;
      if (isSample || !buckets) return;
      if (hasGap || buckets.nulls[b] !== 0) values.fill(NaN, at, at + POINTS);
      else {
        // The left curve's rightmost value against the right curve's leftmost: shaded only if all are
        const ascends = own.scale.right > own.scale.left;
        const inner = ascends === isRight ? buckets.min[b]! : buckets.max[b]!;
        values[at + 1] = values[at + 2] = inner;
      }
    });
    if (this.turned) values.reverse();
    return { values, scale: own.scale };
  }
}

export class TiledData implements CurveData {
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  readonly cache: TileCache;
  private readonly index: string;
  private readonly turned: boolean;
  private readonly overview: TileAddress;
  private readonly listeners = new Set<() => void>();
  private changes = 0;
  private slices: { key: string; slice: TiledSlice } | null = null;
  private windowTiles: TileAddress[] = [];
  private neighbours: TileAddress[] = []; // where panning goes next
  private sampleTiles: TileAddress[] = []; // around the cursor, and what a table shows
  private shown: readonly string[] = [];

  /** `description` has an index that ascends or descends. */
  constructor(
    readonly description: Description,
    readonly api: CurvesApi,
    bytesMax?: number,
  ) {
    const { rows, index, levels, curves } = description;
    const ends = curves.find((curve) => curve.name === index!.name)!;
    this.rows = rows;
    this.index = index!.name;
    this.turned = index!.ascending === false;
    this.first = Math.min(ends.first!, ends.last!);
    this.last = Math.max(ends.first!, ends.last!);
    this.overview = { level: levels - 1, position: 0 };
    this.cache = new TileCache(api, this.overview, () => this.changed(), bytesMax);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  version = (): number => this.changes;

  get problem(): ProblemError | null {
    return this.cache.problem;
  }

  slice(view: Viewport, pixelRows: number, mnemonics: readonly string[]): Slice {
    this.shown = [this.index, ...mnemonics];
    const [from, to] = this.storedRows(view);
    const level = this.levelFor(to - from, pixelRows);
    const tileRows = this.tileRows(level);
    this.windowTiles = [];
    for (let i = Math.floor(from / tileRows); i * tileRows < to; ++i) this.windowTiles.push({ level, position: i });
    this.neighbours = [Math.floor(from / tileRows) - 1, Math.ceil(to / tileRows)]
      .filter((position) => position >= 0 && position * tileRows < this.rows)
      .map((position) => ({ level, position }));
    this.ask();
    const end = Math.min(this.rows, Math.ceil(to / tileRows) * tileRows);
    const pieces = this.piecesOf(level, Math.floor(from / tileRows) * tileRows, end);
    const stretches = pieces.map(({ tile, from: a, to: b }) => `${tile.rowsPerBucket}:${tile.firstRow}+${a}-${b}`);
    const key = `${this.changes} ${this.shown.join()} ${stretches.join()}`;
    if (this.slices?.key !== key) this.slices = { key, slice: new TiledSlice(pieces, this.index, this.turned) };
    return this.slices.slice;
  }

  /** On average: the samples themselves are not all here. */
  get step(): number {
    return (this.last - this.first) / Math.max(1, this.rows - 1);
  }

  nearest(depth: number): number {
    const stored = this.storedRow(depth);
    const tile = this.samples(stored);
    if (!tile) return -1;
    const depths = tile.columns.get(this.index)!.first;
    if (!this.turned) return tile.firstRow + nearest(depths, depth);
    return this.rows - 1 - (tile.firstRow + depths.length - 1 - nearest(depths.slice().reverse(), depth));
  }

  depthAt(row: number): number | undefined {
    return this.valueAt(this.index, row);
  }

  valueAt(mnemonic: string, row: number): number | undefined {
    if (row < 0 || row >= this.rows) return undefined;
    const stored = this.turned ? this.rows - 1 - row : row;
    const tile = this.samples(stored);
    return tile?.columns.get(mnemonic)?.first[stored - tile.firstRow];
  }

  rowsIn(view: Viewport): [number, number] {
    const stored = this.storedRows(view);
    let [from, to] = this.turned ? [this.rows - stored[1], this.rows - stored[0]] : stored;
    while (from < to && (this.depthAt(from) ?? view.top) < view.top) ++from;
    while (to > from && (this.depthAt(to - 1) ?? view.bottom) > view.bottom) --to;
    return [from, to];
  }

  /** The level whose buckets are the widest that still fill the window. */
  private levelFor(rows: number, pixelRows: number): number {
    const level = Math.floor(Math.log2(Math.max(1, rows / (pixelRows * BUCKETS_PER_PIXEL_ROW))));
    return Math.min(this.overview.level, level);
  }

  private tileRows(level: number): number {
    return this.description.tileBuckets * 2 ** level;
  }

  private addressOf(level: number, storedRow: number): TileAddress {
    return { level, position: Math.floor(storedRow / this.tileRows(level)) };
  }

  /** Of every stretch the finest tile that is here, none finer than `level`. */
  private piecesOf(level: number, from: number, to: number): Piece[] {
    const pieces: Piece[] = [];
    for (let row = from; row < to;) {
      const tile = this.finest(level, row);
      if (!tile) break; // not even the overview
      const bucket = Math.floor((row - tile.firstRow) / tile.rowsPerBucket);
      const stretch = Math.min(to, (Math.floor(row / this.tileRows(level)) + 1) * this.tileRows(level));
      const end = Math.max(bucket + 1, Math.ceil((stretch - tile.firstRow) / tile.rowsPerBucket));
      const piece = { tile, from: bucket, to: Math.min(tile.buckets, end) };
      if (piece.to <= piece.from) break;
      const before = pieces[pieces.length - 1];
      if (before && before.tile === tile && before.to === piece.from) before.to = piece.to;
      else pieces.push(piece);
      row = tile.firstRow + piece.to * tile.rowsPerBucket;
    }
    return pieces;
  }

  private finest(level: number, storedRow: number): Tile | null {
    for (let k = level; k <= this.overview.level; ++k) {
      const tile = this.cache.get(this.addressOf(k, storedRow), this.shown);
      if (tile) return tile;
    }
    const overview = this.cache.peek(this.overview); // before a curve added just now is in it
    return overview?.columns.has(this.index) ? overview : null;
  }

  /** The tile of samples a stored row is in; asks for it where it is not here. */
  private samples(storedRow: number): Tile | null {
    const address = this.addressOf(0, storedRow);
    const tile = this.cache.get(address, this.shown.length > 0 ? this.shown : [this.index]);
    if (!tile && !this.sampleTiles.some((other) => other.position === address.position)) {
      this.sampleTiles = [address, ...this.sampleTiles].slice(0, SAMPLE_TILES_MAX);
      this.ask();
    }
    return tile;
  }

  private ask(): void {
    if (this.shown.length === 0) return;
    this.cache.want([this.overview, ...this.windowTiles, ...this.sampleTiles, ...this.neighbours], this.shown);
  }

  /** The stored row whose depth is about this; as close as the tiles that are here tell. */
  private storedRow(depth: number): number {
    let row = this.estimate(depth, this.overview.level, 0);
    for (let level = this.overview.level - 1; level >= 0; --level) row = this.estimate(depth, level, row);
    return row;
  }

  private estimate(depth: number, level: number, row: number): number {
    const tile = this.cache.peek(level === this.overview.level ? this.overview : this.addressOf(level, row));
    const depths = tile?.columns.get(this.index);
    if (!tile || !depths) {
      if (level !== this.overview.level) return row;
      const share = (depth - this.first) / (this.last - this.first || 1);
      return this.clampRow((this.turned ? 1 - share : share) * (this.rows - 1));
    }
    let low = 0; // the last bucket that begins at or before the depth
    let high = tile.buckets - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.turned ? depths.first[middle]! >= depth : depths.first[middle]! <= depth) low = middle;
      else high = middle - 1;
    }
    const span = depths.last[low]! - depths.first[low]!;
    const share = span === 0 ? 0 : Math.min(1, Math.max(0, (depth - depths.first[low]!) / span));
    const rowsIn = Math.min(tile.rowsPerBucket, tile.firstRow + tile.rows - (tile.firstRow + low * tile.rowsPerBucket));
    return this.clampRow(tile.firstRow + low * tile.rowsPerBucket + share * (rowsIn - 1));
  }

  private clampRow(row: number): number {
    return Math.min(this.rows - 1, Math.max(0, Math.round(row)));
  }

  /** Stored rows [from, to) of a window, with a neighbour on each side. */
  storedRows(view: Viewport): [number, number] {
    const ends = [this.storedRow(view.top), this.storedRow(view.bottom)].sort((a, b) => a - b) as [number, number];
    return [Math.max(0, ends[0] - 1), Math.min(this.rows, ends[1] + 2)];
  }

  private changed(): void {
    ++this.changes;
    for (const listener of this.listeners) listener();
  }
}
