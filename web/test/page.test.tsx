// Files on their way, and the storage page while its server is away.
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiClient, ProblemError, type Message, type Stats } from "@spillway/client";
import { Uploads } from "../src/components/Uploads";
import { typeOfFile, useUploads } from "../src/hooks/useUploads";
import { StoragePage } from "../src/storage/StoragePage";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function fileOf(name: string, text: string): File {
  const file = new File([text], name);
  const bytes = new TextEncoder().encode(text).buffer;
  file.slice = () => ({ arrayBuffer: () => Promise.resolve(bytes) }) as unknown as Blob; // jsdom's has no bytes
  return file;
}

describe("the kind of an uploaded file", () => {
  it.each([
    ["a.vl.json", "{}", "vegaLite"],
    ["a.json", '{"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}', "vegaLite"],
    ["a.json", '{"$schema": "https://vega.github.io/schema/vega/v5.json"}', ""],
    ["a.json", '{"mark": "bar"}', ""],
    ["a.txt", '{"$schema": "https://vega.github.io/schema/vega-lite/v5.json"}', ""],
  ])("of %s %s is %s", async (name, text, type) => {
    expect(await typeOfFile(fileOf(name, text))).toBe(type);
  });
});

function Page({ client, saved }: { client: ApiClient; saved: (id: string) => void }) {
  const { uploads, add, cancel, retry } = useUploads(client, "s", saved);
  return (
    <>
      <button onClick={() => add([fileOf("1.las", "long"), fileOf("2.las", "x"), fileOf("3.las", "y")])}>add</button>
      <Uploads uploads={uploads} onCancel={cancel} onRetry={retry} />
    </>
  );
}

describe("files chosen together", () => {
  it("arrive in the order in which they were chosen, also past one that is refused or cancelled", async () => {
    const client = new ApiClient();
    const finish = new Map<string, (problem?: ProblemError) => void>();
    client.importLas = (_session, file) =>
      new Promise((resolve, reject) =>
        finish.set(file.name, (problem) => (problem ? reject(problem) : resolve(file.name))),
      );
    const saved: string[] = [];
    render(<Page client={client} saved={(id) => saved.push(id)} />);
    await act(async () => fireEvent.click(screen.getByText("add")));
    expect([...finish.keys()]).toEqual(["1.las"]);
    fireEvent.click(screen.getAllByRole("button", { name: "Cancel" })[1]!);
    const refusal = new ProblemError({ title: "No LAS file", status: 400, code: "invalid_argument" });
    await act(async () => finish.get("1.las")!(refusal));
    expect(screen.getByRole("alert").textContent).toContain("invalid_argument");
    expect(screen.queryByRole("button", { name: /^Retry/ })).toBeNull();
    await act(async () => {});
    expect([...finish.keys()]).toEqual(["1.las", "3.las"]);
    await act(async () => finish.get("3.las")!());
    expect(saved).toEqual(["3.las"]);
  });

  it("may be tried again where that can help, and no code of the page's own is shown", async () => {
    const client = new ApiClient();
    client.importLas = () =>
      Promise.reject(new ProblemError({ title: "The server cannot be reached", code: "network", retryable: true }));
    render(<Page client={client} saved={() => {}} />);
    await act(async () => fireEvent.click(screen.getByText("add")));
    expect(screen.getAllByRole("button", { name: /^Retry/ })).toHaveLength(3);
    expect(screen.getAllByRole("alert")[0]!.textContent).not.toContain("network");
  });

  it("are told to the server with their kind", async () => {
    const client = new ApiClient();
    const types: unknown[] = [];
    client.postMessage = () => Promise.resolve({ id: "m" } as Message);
    client.putFile = async (_session, _message, _file, _options, type) => void types.push(type);
    function Chart() {
      const { add } = useUploads(client, "s", () => {});
      return <button onClick={() => add([fileOf("a.vl.json", "{}")])}>add</button>;
    }
    render(<Chart />);
    await act(async () => fireEvent.click(screen.getByText("add")));
    expect(types).toEqual(["vegaLite"]);
  });
});

describe("the storage page", () => {
  it("counts again by itself when the server is back", async () => {
    vi.useFakeTimers();
    const client = new ApiClient();
    let asked = 0;
    client.stats = () => {
      ++asked;
      return Promise.reject<Stats>(new ProblemError({ title: "away", retryable: asked < 3 }));
    };
    await act(async () => void render(<StoragePage client={client} />));
    expect(asked).toBe(1);
    await act(async () => vi.advanceTimersByTimeAsync(2_000));
    expect(asked).toBe(2);
    await act(async () => vi.advanceTimersByTimeAsync(3_999));
    expect(asked).toBe(2);
    await act(async () => vi.advanceTimersByTimeAsync(1));
    expect(asked).toBe(3);
    await act(async () => vi.advanceTimersByTimeAsync(600_000));
    expect(asked).toBe(3); // what cannot succeed is not asked for again
  });
});
