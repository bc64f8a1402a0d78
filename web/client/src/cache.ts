// Bytes of artifacts by their digest: in memory, and in the browser's Cache Storage, both within bounds.

/** Least recently used first; the oldest go once all together are beyond `bytesMax`. */
export class MemoryCache {
  private readonly entries = new Map<string, Uint8Array>();
  private bytes = 0;

  constructor(private readonly bytesMax: number) {}

  get(digest: string): Uint8Array | null {
    const found = this.entries.get(digest);
    if (!found) return null;
    this.entries.delete(digest);
    this.entries.set(digest, found);
    return found;
  }

  set(digest: string, bytes: Uint8Array): void {
    if (bytes.length > this.bytesMax / 2) return; // one large value would drive all others out
    const old = this.entries.get(digest);
    if (old) this.bytes -= old.length;
    this.entries.delete(digest);
    this.entries.set(digest, bytes);
    this.bytes += bytes.length;
    for (const [key, victim] of this.entries) {
      if (this.bytes <= this.bytesMax) return;
      this.entries.delete(key);
      this.bytes -= victim.length;
    }
  }
}

const CACHE_NAME = "spillway-artifacts-1";
const SIZE_HEADER = "x-spillway-bytes";

const keyOf = (digest: string) => `/.spillway-cache/${digest}`; // never asked of a server

/**
 * Survives reloads of the page. Where the browser has no Cache Storage (an insecure context), or refuses (its disk is
 * full, a private window), nothing is kept and nothing fails. What it gives is to be verified by its digest like
 * anything else.
 */
export class DiskCache {
  constructor(private readonly bytesMax: number) {}

  async get(digest: string): Promise<Uint8Array | null> {
    try {
      const cache = await this.open();
      const found = await cache?.match(keyOf(digest));
      if (!cache || !found) return null;
      const bytes = new Uint8Array(await found.arrayBuffer());
      await this.put(cache, digest, bytes); // the most recently used is the last
      return bytes;
    } catch {
      return null;
    }
  }

  async set(digest: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.bytesMax / 4) return;
    try {
      const cache = await this.open();
      if (!cache) return;
      await this.put(cache, digest, bytes);
      await this.trim(cache);
    } catch {
      // full, or forbidden: the next visit loads it again
    }
  }

  async delete(digest: string): Promise<void> {
    try {
      await (await this.open())?.delete(keyOf(digest));
    } catch {
      // gone already, or out of reach
    }
  }

  private open(): Promise<Cache> | null {
    return typeof caches === "undefined" ? null : caches.open(CACHE_NAME);
  }

  private async put(cache: Cache, digest: string, bytes: Uint8Array): Promise<void> {
    await cache.delete(keyOf(digest));
    const headers = { [SIZE_HEADER]: String(bytes.length) };
    await cache.put(keyOf(digest), new Response(bytes as BufferSource, { headers }));
  }

  private async trim(cache: Cache): Promise<void> {
    const keys = await cache.keys(); // in the order in which they were put
    const sizes: number[] = [];
    for (const key of keys) sizes.push(Number((await cache.match(key))?.headers.get(SIZE_HEADER) ?? 0));
    let bytes = sizes.reduce((sum, size) => sum + size, 0);
    for (let i = 0; i < keys.length && bytes > this.bytesMax; ++i) {
      await cache.delete(keys[i]!);
      bytes -= sizes[i]!;
    }
  }
}
