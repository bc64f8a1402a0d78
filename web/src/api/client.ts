// The typed client of the artifact API: plain fetch, every call abortable, failures as ProblemError.
import { listen } from "./events";
import { networkProblem, ProblemError, problemOf } from "./problem";
import type { Message, MessagePage, NewMessage, ServerEvent, SessionPage, Stats } from "./types";
import { upload, type UploadOptions } from "./upload";

export interface Progress {
  receivedBytes: number;
  totalBytes: number;
}

export interface Download {
  bytes: Uint8Array;
  contentType: string;
  requestId: string | null;
}

export interface DownloadOptions {
  sizeBytes: number;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

type Query = Record<string, string | number | null | undefined>;

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined) params.set(name, String(value));
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** Reads a body to its end into one buffer of the announced size; anything shorter or longer is an error. */
async function readExactly(response: Response, options: DownloadOptions): Promise<Uint8Array> {
  const { sizeBytes, onProgress } = options;
  const requestId = response.headers.get("x-request-id") ?? "";
  const wrongSize = (receivedBytes: number) =>
    new ProblemError({
      title: "The data arrived incomplete",
      detail: `${receivedBytes} of ${sizeBytes} bytes came.`,
      code: "incomplete",
      requestId,
      retryable: true,
    });
  const bytes = new Uint8Array(sizeBytes);
  let receivedBytes = 0;
  onProgress?.({ receivedBytes, totalBytes: sizeBytes });
  const reader = response.body?.getReader();
  if (reader) {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (receivedBytes + value.length > sizeBytes) {
        void reader.cancel();
        throw wrongSize(receivedBytes + value.length);
      }
      bytes.set(value, receivedBytes);
      receivedBytes += value.length;
      onProgress?.({ receivedBytes, totalBytes: sizeBytes });
    }
  }
  if (receivedBytes !== sizeBytes) throw wrongSize(receivedBytes);
  return bytes;
}

function messagePath(sessionId: string, messageId: string): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}/messages/${encodeURIComponent(messageId)}`;
}

export class ApiClient {
  private readonly send: typeof fetch;

  constructor(send: typeof fetch = (input, init) => fetch(input, init)) {
    this.send = send;
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
    return listen("/v1/events", onEvent);
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
    const answer = await upload("POST", withQuery("/v1/import", { session: sessionId, name: file.name }), file, options);
    return (JSON.parse(answer) as { message: Message }).message.id;
  }

  /** Adds a file of any size to a message. */
  async putFile(sessionId: string, messageId: string, file: File, options: UploadOptions): Promise<void> {
    const path = withQuery(`${messagePath(sessionId, messageId)}/artifacts/file`, { name: file.name });
    await upload("PUT", path, file, options);
  }

  /** Repeating a call with the same key after a failure saves the message once. */
  postMessage(sessionId: string, message: NewMessage, idempotencyKey: string): Promise<Message> {
    return this.fetchJson(`/v1/sessions/${encodeURIComponent(sessionId)}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey },
      body: JSON.stringify(message),
    });
  }

  /** The exact bytes of an artifact, with progress as they come in. */
  async download(href: string, options: DownloadOptions): Promise<Download> {
    const response = await this.request(href, { signal: options.signal });
    try {
      return {
        bytes: await readExactly(response, options),
        contentType: response.headers.get("content-type") ?? "application/octet-stream",
        requestId: response.headers.get("x-request-id"),
      };
    } catch (thrown) {
      if (options.signal?.aborted || thrown instanceof ProblemError) throw thrown;
      throw networkProblem();
    }
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
