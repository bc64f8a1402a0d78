// The states of an artifact: waiting until seen, loading, failed with Retry, shown, given up; healthy neighbours.
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiClient } from "@spillway/client";
import type { Artifact } from "@spillway/client";
import { Artifact as ShownArtifact, registerRenderer, SpillwayProvider, unregisterRenderer, type RendererProps } from "@spillway/client/react";
import { views } from "../src/artifacts/views";

const observers: { target: Element; see: (inView: boolean) => void }[] = [];

class FakeObserver {
  readonly notify_: IntersectionObserverCallback;
  constructor(notify: IntersectionObserverCallback) {
    this.notify_ = notify;
  }
  observe(target: Element) {
    const see = (isIntersecting: boolean) =>
      act(() => this.notify_([{ isIntersecting } as IntersectionObserverEntry], this as never));
    observers.push({ target, see });
  }
  disconnect() {}
}

/** A server whose answers the test gives one by one. */
class FakeServer {
  readonly requests: { url: string; signal?: AbortSignal | null; answer: (response: Response) => Promise<void> }[] = [];
  readonly client = new ApiClient({
    retries: 0,
    send: (input, init) =>
      new Promise((resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        const answer = (response: Response) =>
          act(async () => {
            resolve(response);
            await new Promise((done) => setTimeout(done)); // the body is read in later turns of the loop
          });
        this.requests.push({ url: String(input), signal: init?.signal, answer });
      }),
  });
}

function ArtifactView({ client, artifact }: { client: ApiClient; artifact: Artifact }) {
  return (
    <SpillwayProvider client={client} views={views}>
      <ShownArtifact artifact={artifact} />
    </SpillwayProvider>
  );
}

const note = {
  ...{ label: "Note", loadingText: "Loading visualization data…", reserve: "card" as const },
  load: async () => ({ default: Note }),
};

const VALUE = { type: "note", text: "hello" };
const BODY = JSON.stringify(VALUE);

function artifact(more: Partial<Artifact> = {}): Artifact {
  return {
    ...{ id: "a0", position: 0, type: "note", name: "Note 1", contentType: "application/json", size: BODY.length },
    ...{
      sha256: "00",
      href: "/v1/a0?sha256=00",
      storage: "spilled",
      encoding: "zstd",
      encodedSize: 9,
      fallback: false,
    },
    ...more,
  } as Artifact;
}

function problem(): Response {
  const body = { title: "Store down", status: 503, detail: "", code: "unavailable", requestId: "r7", retryable: true };
  return Response.json(body, { status: 503 });
}

function Note({ value }: RendererProps) {
  const { text } = value as { text: string };
  if (text === "broken") throw new Error("cannot draw this");
  return <p>note says {text}</p>;
}

let server: FakeServer;

beforeEach(() => {
  observers.length = 0;
  server = new FakeServer();
  vi.stubGlobal("IntersectionObserver", FakeObserver);
  registerRenderer("note", note);
});

afterEach(() => {
  cleanup();
  unregisterRenderer("note");
  vi.unstubAllGlobals();
});

describe("an artifact", () => {
  it("is requested when it is seen, not before, then shown", async () => {
    render(<ArtifactView client={server.client} artifact={artifact()} />);
    expect(server.requests).toHaveLength(0);
    expect(screen.getByText("Loading visualization data…")).toBeTruthy();
    expect(screen.getByText("Retrieving large dataset from storage")).toBeTruthy();
    observers[0]!.see(true);
    expect(server.requests.map((r) => r.url)).toEqual(["/v1/a0?sha256=00"]);
    await server.requests[0]!.answer(new Response(BODY));
    expect(screen.getByText("note says hello")).toBeTruthy();
  });

  it("shows bytes and percent while it loads", async () => {
    let enqueue: (size: number) => void = () => {};
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (enqueue = (size) => controller.enqueue(new Uint8Array(size))),
    });
    render(<ArtifactView client={server.client} artifact={artifact({ size: 4000 })} />);
    observers[0]!.see(true);
    enqueue(1000);
    await server.requests[0]!.answer(new Response(body));
    expect(screen.getByText("1.0 KB of 4.0 KB · 25 %")).toBeTruthy();
  });

  it("is given up when it leaves before it is there, and asked for again when it is back", async () => {
    render(<ArtifactView client={server.client} artifact={artifact()} />);
    observers[0]!.see(true);
    observers[0]!.see(false);
    expect(server.requests[0]!.signal!.aborted).toBe(true);
    expect(screen.queryByRole("alert")).toBeNull();
    observers[0]!.see(true);
    await server.requests[1]!.answer(new Response(BODY));
    expect(screen.getByText("note says hello")).toBeTruthy();
    observers[0]!.see(false);
    observers[0]!.see(true);
    expect(server.requests).toHaveLength(2);
  });

  it("fails with the request id and a Retry that works, beside a healthy neighbour", async () => {
    render(
      <>
        <ArtifactView client={server.client} artifact={artifact()} />
        <ArtifactView client={server.client} artifact={artifact({ id: "a1", href: "/v1/a1" })} />
      </>,
    );
    observers[0]!.see(true);
    observers[1]!.see(true);
    await server.requests[0]!.answer(problem());
    await server.requests[1]!.answer(new Response(BODY));
    expect(screen.getByRole("alert").textContent).toMatch(/Store down.*503.*r7/);
    expect(screen.getAllByText("note says hello")).toHaveLength(1);
    expect(screen.getAllByRole("link", { name: /^Download/ })).toHaveLength(2);
    fireEvent.click(screen.getByRole("button", { name: /^Retry/ }));
    await server.requests[2]!.answer(new Response(BODY));
    expect(screen.getAllByText("note says hello")).toHaveLength(2);
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("contains a renderer that throws", async () => {
    const silent = vi.spyOn(console, "error").mockImplementation(() => {});
    const value = { type: "note", text: "broken" };
    render(
      <>
        <ArtifactView client={server.client} artifact={artifact({ value, storage: "inline" })} />
        <ArtifactView client={server.client} artifact={artifact({ id: "a1", value: VALUE, storage: "inline" })} />
      </>,
    );
    observers[0]!.see(true);
    observers[1]!.see(true);
    expect((await screen.findByRole("alert")).textContent).toMatch(/cannot be drawn.*cannot draw this/);
    expect(screen.getByText("note says hello")).toBeTruthy();
    silent.mockRestore();
  });

  it("whose drawing code cannot be loaded says so, and Retry tries again", async () => {
    const load = vi.fn().mockRejectedValueOnce(new TypeError("cut")).mockResolvedValue({ default: Note });
    registerRenderer("note", { ...note, load });
    render(<ArtifactView client={server.client} artifact={artifact({ value: VALUE, storage: "inline" })} />);
    observers[0]!.see(true);
    fireEvent.click(await screen.findByRole("button", { name: /^Retry/ }));
    expect(await screen.findByText("note says hello")).toBeTruthy();
  });

  it("with its value inline needs no request", async () => {
    render(<ArtifactView client={server.client} artifact={artifact({ value: VALUE, storage: "inline" })} />);
    observers[0]!.see(true);
    expect(await screen.findByText("note says hello")).toBeTruthy();
    expect(server.requests).toHaveLength(0);
  });

  it("that is not JSON after all says so", async () => {
    render(<ArtifactView client={server.client} artifact={artifact({ size: 3 })} />);
    observers[0]!.see(true);
    await server.requests[0]!.answer(new Response("{x}"));
    expect(screen.getByRole("alert").textContent).toMatch(/not valid JSON/);
  });

  it("saved as an error placeholder shows that error at once", () => {
    const error = {
      ...{ type: "about:blank", title: "Not saved", status: 503, detail: "The store was down." },
      ...{ code: "unavailable", requestId: "r1", retryable: false },
    };
    render(<ArtifactView client={server.client} artifact={artifact({ error, type: null })} />);
    expect(screen.getByRole("alert").textContent).toMatch(/Not saved.*The store was down/);
  });
});

describe("a card", () => {
  it("shows name, type, size and Download for a file, and fetches nothing", () => {
    const file = artifact({ type: null, name: "<img>.pdf", contentType: "application/pdf", size: 2_500_000 });
    render(<ArtifactView client={server.client} artifact={file} />);
    observers[0]!.see(true);
    expect(screen.getByRole("heading").textContent).toBe("<img>.pdf");
    expect(screen.getByText("application/pdf")).toBeTruthy();
    expect(screen.getByText("2.5 MB")).toBeTruthy();
    expect(screen.getByRole("link", { name: /^Download/ }).getAttribute("href")).toBe(file.href);
    expect(server.requests).toHaveLength(0);
  });

  it("says where the bytes are and what they became", () => {
    render(<ArtifactView client={server.client} artifact={artifact({ size: 563_000, encodedSize: 187_000 })} />);
    expect(document.querySelector(".storage")!.textContent).toBe(
      "Spilled to the object store563 KB → 187 KB · zstd · 33 % of the original",
    );
  });
});
