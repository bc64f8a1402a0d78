// The typed client of the artifact API: plain fetch, every call abortable, failures as ProblemError.
import { curvesApi, type CurvesApi } from "./curves";
import { listen } from "./events";
import { Loader, type Loadable, type LoaderSettings, type LoadOptions } from "./loader";
import { networkProblem, ProblemError, problemOf } from "./problem";
import type { Message, MessagePage, NewMessage, ServerEvent, SessionPage, Stats } from "./types";
import { upload, type UploadOptions } from "./upload";

export interface ClientSettings extends Partial<LoaderSettings> {
  /** The server's address; empty: the one that the page came from. */
  baseUrl?: string;
  send?: typeof fetch;
}

type Query = Record<string, string | number | null | undefined>;

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined) params.set(name, String(value));
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

function messagePath(sessionId: string, messageId: string): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}/messages/${encodeURIComponent(messageId)}`;
}

/** Thread of the page. Every call may be repeated; failures are ProblemErrors, aborts what the signal says. */
export class ApiClient {
  readonly baseUrl: string;
  readonly loader: Loader;
  private readonly send: typeof fetch;

  constructor(settings: ClientSettings = {}) {
    const { baseUrl = "", send = (input, init) => fetch(input, init), ...loading } = settings;
    this.baseUrl = baseUrl.replace(/\/$/, "");
    this.send = (input, init) => send(typeof input === "string" ? this.urlOf(input) : input, init);
    this.loader = new Loader(this.send, loading);
  }

  /** The exact bytes of an artifact; see Loader.load(). */
  load(artifact: Loadable, options?: LoadOptions): Promise<Uint8Array> {
    return this.loader.load(artifact, options);
  }

  /** Its curves in part; see CurvesApi. */
  curves(artifact: Loadable): CurvesApi {
    return curvesApi(this.send, artifact.href, artifact.sha256);
  }

  /** An address of the server, for links and images. */
  urlOf(path: string): string {
    return path.startsWith("/") ? this.baseUrl + path : path;
  }

  /** With `text` only sessions whose title or id contains it. */
  listSessions(cursor: string | null, signal?: AbortSignal, text = ""): Promise<SessionPage> {
    return this.fetchJson(withQuery("/v1/sessions", { limit: 50, cursor, q: text || null }), { signal });
  }

  stats(signal?: AbortSignal): Promise<Stats> {
    return this.fetchJson("/v1/stats", { signal });
  }

  /** What changes on the server, until the result is called. */
  listen(onEvent: (event: ServerEvent) => void): () => void {
    return listen(this.urlOf("/v1/events"), onEvent);
  }

  async deleteSession(sessionId: string): Promise<void> {
    await this.request(`/v1/sessions/${encodeURIComponent(sessionId)}`, { method: "DELETE" });
  }

  /** Newest first, so that the end of a long conversation is there at once. */
  listMessages(sessionId: string, cursor: string | null, signal?: AbortSignal): Promise<MessagePage> {
    const path = `/v1/sessions/${encodeURIComponent(sessionId)}/messages`;
    const query = { limit: 20, order: "desc", artifacts: "reference", cursor };
    return this.fetchJson(withQuery(path, query), { signal });
  }

  getMessage(sessionId: string, messageId: string, signal?: AbortSignal): Promise<Message> {
    return this.fetchJson(`${messagePath(sessionId, messageId)}?artifacts=reference`, { signal });
  }

  async deleteMessage(sessionId: string, messageId: string): Promise<void> {
    await this.request(messagePath(sessionId, messageId), { method: "DELETE" });
  }

  /** Makes a message out of a LAS file: the curves, and the file itself. Returns its id. */
  async importLas(sessionId: string, file: File, options: UploadOptions): Promise<string> {
    const answer = await upload("POST", this.urlOf(withQuery("/v1/import", { session: sessionId, name: file.name })), file, options);
    return (JSON.parse(answer) as { message: Message }).message.id;
  }

  /** Adds a file of any size to a message; `type` is the kind of artifact it becomes, where it is one. */
  async putFile(sessionId: string, messageId: string, file: File, options: UploadOptions, type = ""): Promise<void> {
    const path = withQuery(`${messagePath(sessionId, messageId)}/artifacts/file`, { name: file.name, type: type || null });
    await upload("PUT", this.urlOf(path), file, options);
  }

  /** Repeating a call with the same key after a failure saves the message once. */
  postMessage(sessionId: string, message: NewMessage, idempotencyKey: string): Promise<Message> {
    return this.fetchJson(`/v1/sessions/${encodeURIComponent(sessionId)}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey },
      body: JSON.stringify(message),
    });
  }

  private async fetchJson<T>(path: string, init: RequestInit): Promise<T> {
    const response = await this.request(path, init);
    try {
      return (await response.json()) as T;
    } catch (thrown) {
      if (init.signal?.aborted) throw thrown;
      throw new ProblemError({
        title: "The server's answer cannot be read",
        detail: "It is not the JSON that was expected.",
        status: response.status,
        code: "unreadable",
        requestId: response.headers.get("x-request-id") ?? "",
        retryable: true,
      });
    }
  }

  private async request(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await this.send(path, init);
    } catch (thrown) {
      throw init.signal?.aborted ? thrown : networkProblem();
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}
