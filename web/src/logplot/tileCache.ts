// Tiles of a long log: fetched a few at a time, kept within a bound of bytes, the least recently used go first.
import { toProblem, type ProblemError } from "@spillway/client";
import type { CurvesApi, Tile } from "@spillway/client";

export const CACHE_BYTES_MAX = 64e6;
const FETCHES_MAX = 4;
/** After this many failures in a row a tile is asked for only when the reader says Retry. */
const TRIES_MAX = 2;

export interface TileAddress {
  level: number;
  position: number;
}

function keyOf({ level, position }: TileAddress): string {
  return `${level}/${position}`;
}

function bytesOf(tile: Tile): number {
  const perBucket = tile.rowsPerBucket === 1 ? 8 : 36;
  return tile.columns.size * tile.buckets * perBucket;
}

interface Wanted extends TileAddress {
  curves: readonly string[];
}

export class TileCache {
  private readonly tiles = new Map<string, Tile>(); // least recently used first
  private readonly fetching = new Map<string, AbortController>();
  private readonly failures = new Map<string, number>();
  private wanted: Wanted[] = [];
  private bytes = 0;
  problem: ProblemError | null = null;

  constructor(
    private readonly api: CurvesApi,
    private readonly pinned: TileAddress, // the overview: it stays whatever comes
    private readonly onChange: () => void,
    private readonly bytesMax = CACHE_BYTES_MAX,
  ) {}

  get bytesHeld(): number {
    return this.bytes;
  }

  get isLoading(): boolean {
    return this.fetching.size > 0 || this.wanted.length > 0;
  }

  /** The tile if it is here with all these curves. */
  get(address: TileAddress, curves: readonly string[]): Tile | null {
    const key = keyOf(address);
    const tile = this.tiles.get(key);
    if (!tile || !curves.every((name) => tile.columns.has(name))) return null;
    this.tiles.delete(key);
    this.tiles.set(key, tile);
    return tile;
  }

  /** The tile with whatever curves it has. */
  peek(address: TileAddress): Tile | null {
    return this.tiles.get(keyOf(address)) ?? null;
  }

  /** From now on these are wanted, the first ones most; fetches of others are given up. */
  want(addresses: readonly TileAddress[], curves: readonly string[]): void {
    this.wanted = addresses.map((address) => ({ ...address, curves })).filter((w) => this.isMissing(w));
    const keys = new Set(this.wanted.map(keyOf));
    for (const [key, controller] of this.fetching) if (!keys.has(key)) controller.abort();
    this.pump();
  }

  retry(): void {
    this.failures.clear();
    this.problem = null;
    this.onChange();
  }

  close(): void {
    this.wanted = [];
    for (const controller of this.fetching.values()) controller.abort();
  }

  private isMissing(wanted: Wanted): boolean {
    return !this.get(wanted, wanted.curves) && (this.failures.get(keyOf(wanted)) ?? 0) < TRIES_MAX;
  }

  private pump(): void {
    this.wanted = this.wanted.filter((wanted) => this.isMissing(wanted));
    for (const wanted of this.wanted) {
      if (this.fetching.size >= FETCHES_MAX) return;
      if (!this.fetching.has(keyOf(wanted))) void this.fetch(wanted);
    }
  }

  private async fetch(wanted: Wanted): Promise<void> {
    const key = keyOf(wanted);
    const controller = new AbortController();
    this.fetching.set(key, controller);
    try {
      const missing = wanted.curves.filter((name) => !this.tiles.get(key)?.columns.has(name));
      const tile = await this.api.tile(wanted.level, wanted.position, missing, controller.signal);
      this.keep(key, tile);
      this.failures.delete(key);
      this.problem = null;
    } catch (thrown) {
      if (!controller.signal.aborted) {
        this.failures.set(key, (this.failures.get(key) ?? 0) + 1);
        this.problem = toProblem(thrown);
      }
    }
    this.fetching.delete(key);
    this.pump();
    this.onChange();
  }

  private keep(key: string, tile: Tile): void {
    const old = this.tiles.get(key);
    if (old) {
      this.bytes -= bytesOf(old);
      for (const [name, column] of old.columns) if (!tile.columns.has(name)) tile.columns.set(name, column);
      this.tiles.delete(key);
    }
    this.tiles.set(key, tile);
    this.bytes += bytesOf(tile);
    for (const [other, victim] of this.tiles) {
      if (this.bytes <= this.bytesMax) break;
      if (other === key || other === keyOf(this.pinned)) continue;
      this.tiles.delete(other);
      this.bytes -= bytesOf(victim);
    }
  }
}
