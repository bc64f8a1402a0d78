// The client's promises: requests as the API wants them, and errors that can be read and quoted.
import { describe, expect, it } from "vitest";
import { ApiClient, ProblemError } from "@spillway/client";

function answering(...answers: (Response | Error)[]) {
  const calls: [string, RequestInit | undefined][] = [];
  const send = async (input: RequestInfo | URL, init?: RequestInit) => {
    calls.push([String(input), init]);
    const answer = answers.shift()!;
    if (answer instanceof Response) return answer;
    throw answer;
  };
  const client = new ApiClient({ send });
  return { client, calls };
}

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ProblemError);
  return thrown as ProblemError;
}

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
