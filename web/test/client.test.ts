// The client's promises: progress, exact sizes, aborts, and errors that can be read and quoted.
import { describe, expect, it } from "vitest";
import { ApiClient } from "../src/api/client";
import { ProblemError } from "../src/api/problem";

function answering(...answers: (Response | Error)[]) {
  const calls: [string, RequestInit | undefined][] = [];
  const client = new ApiClient(async (input, init) => {
    calls.push([String(input), init]);
    const answer = answers.shift()!;
    if (answer instanceof Response) return answer;
    throw answer;
  });
  return { client, calls };
}

function streamed(...chunks: number[]): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const size of chunks) controller.enqueue(new Uint8Array(size).fill(size));
      controller.close();
    },
  });
  return new Response(body, { headers: { "x-request-id": "r1" } });
}

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ProblemError);
  return thrown as ProblemError;
}

describe("download", () => {
  it("gives the bytes in order and reports progress up to the whole", async () => {
    const { client } = answering(streamed(3, 4));
    const seen: number[] = [];
    const got = await client.download("/x", { sizeBytes: 7, onProgress: (p) => seen.push(p.receivedBytes) });
    expect(Array.from(got.bytes)).toEqual([3, 3, 3, 4, 4, 4, 4]);
    expect(seen).toEqual([0, 3, 7]);
    expect(got.requestId).toBe("r1");
  });

  it.each([[[3]], [[9]], [[]]])("calls %j bytes of 7 incomplete, retryable, with the request id", async (chunks) => {
    const { client } = answering(streamed(...chunks));
    const problem = await problemOf(client.download("/x", { sizeBytes: 7 }));
    expect([problem.code, problem.retryable, problem.requestId]).toEqual(["incomplete", true, "r1"]);
  });

  it("passes an abort on as what it is, not as a problem", async () => {
    const abort = new DOMException("aborted", "AbortError");
    const { client, calls } = answering(abort);
    const controller = new AbortController();
    controller.abort();
    await expect(client.download("/x", { sizeBytes: 1, signal: controller.signal })).rejects.toBe(abort);
    expect(calls[0]![1]!.signal).toBe(controller.signal);
  });
});

describe("errors", () => {
  it("keep everything the server said", async () => {
    const body = {
      type: "about:blank",
      ...{ title: "Unavailable", status: 503, detail: "The store does not answer.", code: "unavailable" },
      ...{ requestId: "r9", retryable: true },
    };
    const { client } = answering(Response.json(body, { status: 503 }));
    const problem = await problemOf(client.listSessions(null));
    expect(problem).toMatchObject({ ...{ title: "Unavailable", status: 503, code: "unavailable" }, requestId: "r9" });
    expect([problem.message, problem.retryable]).toEqual(["The store does not answer.", true]);
  });

  it.each(["<html>Bad gateway</html>", "", "null", '{"title":7}'])(
    "make sense without a problem body: %j",
    async (text) => {
      const { client } = answering(new Response(text, { status: 502, headers: { "x-request-id": "r2" } }));
      const problem = await problemOf(client.listSessions(null));
      expect(problem).toMatchObject({
        title: "The server answered 502",
        status: 502,
        requestId: "r2",
        retryable: true,
      });
    },
  );

  it("say that the server cannot be reached", async () => {
    const { client } = answering(new TypeError("Failed to fetch"));
    const problem = await problemOf(client.listSessions(null));
    expect(problem).toMatchObject({ code: "network", retryable: true, requestId: null });
  });

  it("say that an answer is not JSON", async () => {
    const { client } = answering(new Response("<html>", { headers: { "x-request-id": "r3" } }));
    expect(await problemOf(client.listSessions(null))).toMatchObject({ code: "unreadable", requestId: "r3" });
  });
});

describe("requests", () => {
  it("encode ids into the path and send the idempotency key", async () => {
    const { client, calls } = answering(Response.json({}), Response.json({}));
    await client.postMessage("a/b ?ü", { role: "user", content: "hi", respond: true }, "key-1");
    const [path, init] = calls[0]!;
    expect(path).toBe("/v1/sessions/a%2Fb%20%3F%C3%BC/messages");
    expect(init).toMatchObject({ method: "POST", headers: { "Idempotency-Key": "key-1" } });
    expect(JSON.parse(init!.body as string)).toEqual({ role: "user", content: "hi", respond: true });
    await client.listMessages("s", "c=1");
    expect(calls[1]![0]).toBe("/v1/sessions/s/messages?limit=20&order=desc&artifacts=reference&cursor=c%3D1");
  });
});
