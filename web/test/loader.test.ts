// Loading over a real connection that breaks, lies and delays: what arrives is whole and the right bytes, or an error.
// @vitest-environment node
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { artifactOf, isReference, Loader, ProblemError, type Loadable, type LoaderSettings } from "@spillway/client";

type Answer = (request: IncomingMessage, response: ServerResponse, number: number) => void;

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

const BYTES = new Uint8Array(randomBytes(300_000));
const DIGEST = createHash("sha256").update(BYTES).digest("hex");

/** A server that answers as it is told; `ranges` are the Range fields that came. */
async function serving(answer: Answer, settings: Partial<LoaderSettings> = {}) {
  const ranges: (string | undefined)[] = [];
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response, ranges.length);
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const href = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a?sha256=${DIGEST}`;
  const artifact: Loadable = { href, size: BYTES.length, sha256: DIGEST };
  return { loader: new Loader(fetch, settings), artifact, ranges };
}

/** All of it, or the part that the request asks for. */
function send(request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? -1);
  if (from < 0 || request.headers["if-range"] !== `"${DIGEST}"`) return void response.end(BYTES);
  response.writeHead(206, { "Content-Range": `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` });
  response.end(BYTES.subarray(from));
}

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ProblemError);
  return thrown as ProblemError;
}

const same = (a: Uint8Array) => Buffer.compare(a, BYTES) === 0;

describe("a load", () => {
  it("gives the bytes and tells how far it is", async () => {
    const { loader, artifact } = await serving(send);
    const seen: number[] = [];
    expect(same(await loader.load(artifact, { onProgress: (n) => seen.push(n) }))).toBe(true);
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(BYTES.length);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  it("is one transfer for all who ask, and none for who asks later", async () => {
    const { loader, artifact, ranges } = await serving(send);
    const both = await Promise.all([loader.load(artifact), loader.load(artifact)]);
    expect(both.every(same)).toBe(true);
    expect(same(await loader.load(artifact))).toBe(true);
    expect(ranges).toHaveLength(1);
  });

  it("that breaks off goes on from where it was", async () => {
    const { loader, artifact, ranges } = await serving((request, response, number) => {
      if (number > 1) return send(request, response);
      response.writeHead(200, { "Content-Length": BYTES.length });
      response.write(BYTES.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
    });
    expect(same(await loader.load(artifact))).toBe(true);
    expect(ranges).toHaveLength(2);
    expect(Number(/bytes=(\d+)-/.exec(ranges[1]!)![1])).toBeGreaterThan(0);
  });

  it("that comes short, or long, is tried again and then is an error with its request id", async () => {
    for (const bytes of [BYTES.subarray(1), new Uint8Array(BYTES.length + 1)]) {
      const { loader, artifact, ranges } = await serving(
        (_, response) => {
          response.setHeader("x-request-id", "r5");
          response.end(bytes);
        },
        { retries: 1 },
      );
      expect(await problemOf(loader.load(artifact))).toMatchObject({ code: "incomplete", requestId: "r5" });
      expect(ranges).toHaveLength(2);
      server!.close();
    }
  });

  it("of altered bytes is never passed on", async () => {
    const altered = Uint8Array.from(BYTES);
    altered[200_000]! ^= 1;
    const { loader, artifact, ranges } = await serving((_, response) => void response.end(altered), { retries: 1 });
    expect((await problemOf(loader.load(artifact))).code).toBe("corrupt");
    expect(ranges).toHaveLength(2);
    const once = await serving((request, response, number) => (number > 1 ? send(request, response) : void response.end(altered)));
    expect(same(await once.loader.load(once.artifact))).toBe(true);
    expect(once.ranges).toEqual([undefined, undefined]);
  });

  it("waits as long as the server asks, and gives up at once where trying again is of no use", async () => {
    const began = Date.now();
    const busy = await serving((request, response, number) => {
      if (number > 1) return send(request, response);
      response.writeHead(503, { "Retry-After": "1" });
      response.end();
    });
    expect(same(await busy.loader.load(busy.artifact))).toBe(true);
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);
    server!.close();
    const gone = await serving((_, response) => {
      response.writeHead(404);
      response.end();
    });
    expect((await problemOf(gone.loader.load(gone.artifact))).status).toBe(404);
    expect(gone.ranges).toHaveLength(1);
  });

  it("ends with the last who waits for it, and not with the first", async () => {
    let closed: () => void = () => {};
    const ended = new Promise<void>((resolve) => (closed = resolve));
    const { loader, artifact } = await serving((_, response) => {
      response.writeHead(200, { "Content-Length": BYTES.length });
      response.write(BYTES.subarray(0, 10));
      response.on("close", closed);
    });
    const [first, second] = [new AbortController(), new AbortController()];
    let begun: () => void = () => {};
    const underWay = new Promise<void>((resolve) => (begun = resolve));
    const onProgress = (receivedBytes: number) => receivedBytes > 0 && begun();
    const loads = [first, second].map(({ signal }) => loader.load(artifact, { signal, onProgress }));
    await underWay;
    first.abort();
    await expect(loads[0]).rejects.toThrow();
    second.abort();
    await expect(loads[1]).rejects.toThrow();
    await ended;
  });

  it("through a link that the page may not follow is served by the server instead, from then on", async () => {
    const asked: string[] = [];
    const { loader, artifact } = await serving(
      (request, response) => {
        asked.push(request.url!);
        if (!request.url!.includes("redirect=1")) return send(request, response);
        response.writeHead(307, { Location: "http://127.0.0.1:1/forbidden" });
        response.end();
      },
      { presigned: true, memoryBytesMax: 0 },
    );
    for (let i = 0; i < 2; ++i) expect(same(await loader.load(artifact))).toBe(true);
    expect(asked.filter((url) => url.includes("redirect=1"))).toHaveLength(1);
  });

  it("ahead of time is there at once when it is wanted", async () => {
    const { loader, artifact, ranges } = await serving(send);
    loader.prefetch([artifact]);
    await loader.load(artifact);
    expect(same(await loader.load(artifact))).toBe(true);
    expect(ranges).toHaveLength(1);
  });
});

describe("memory", () => {
  it("is bounded: what was not used for longest is loaded again", async () => {
    const { loader, artifact, ranges } = await serving(send, { memoryBytesMax: 2 * BYTES.length + 10 });
    const others = ["1", "2"].map((digit) => ({ ...artifact, href: `${artifact.href}&${digit}`, sha256: digit.repeat(64) }));
    await loader.load(artifact);
    // Their digests are not those of the bytes: they are refused, and drive nothing out.
    for (const other of others) await problemOf(new Loader(fetch, { retries: 0 }).load(other));
    await loader.load(artifact);
    expect(ranges).toHaveLength(3);
  });
});

describe("references", () => {
  const reference = { type: "s3_reference", bucket: "b", key: "k", size: 7, sha256: DIGEST } as never;
  it("are known by their shape, and lead to the artifact's address", () => {
    expect(isReference(reference)).toBe(true);
    for (const other of [null, "s3_reference", { type: "s3_reference" }, { type: "other", key: "k", size: 1 }])
      expect(isReference(other)).toBe(false);
    const place = { sessionId: "a/b", messageId: "m", artifact: "0" };
    expect(artifactOf(reference, place, "https://x")).toEqual({
      href: `https://x/v1/sessions/a%2Fb/messages/m/artifacts/0?sha256=${DIGEST}`,
      size: 7,
      sha256: DIGEST,
    });
  });
});
