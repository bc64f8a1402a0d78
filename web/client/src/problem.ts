// Errors of the API (RFC 9457) as one exception type, for answers and for requests that never got one.
import type { ProblemBody } from "./types";

export class ProblemError extends Error {
  readonly title: string;
  readonly status: number; // 0: no answer came
  readonly code: string;
  readonly requestId: string | null;
  readonly retryable: boolean;
  readonly retryAfterMs: number; // the server asks to be left alone for so long

  constructor(body: Partial<ProblemBody> & { title: string; retryAfterMs?: number }) {
    super(body.detail || body.title);
    this.name = "ProblemError";
    this.title = body.title;
    this.status = body.status ?? 0;
    this.code = body.code ?? "unknown";
    this.requestId = body.requestId || null;
    this.retryable = body.retryable ?? false;
    this.retryAfterMs = body.retryAfterMs ?? 0;
  }
}

const STATUSES_RETRYABLE = new Set([408, 429, 500, 502, 503, 504]);

/** The error of an answer that is not a success. A proxy's HTML page or an empty body still makes a readable error. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const requestId = response.headers.get("x-request-id") ?? "";
  const fallback = {
    title: `The server answered ${response.status}`,
    status: response.status,
    requestId,
    retryable: STATUSES_RETRYABLE.has(response.status),
    retryAfterMs: 1000 * (Number(response.headers.get("retry-after")) || 0),
  };
  try {
    const body: unknown = await response.json();
    if (typeof body !== "object" || body === null) return new ProblemError(fallback);
    const fields = body as Partial<ProblemBody>;
    return new ProblemError({
      ...fallback,
      title: typeof fields.title === "string" ? fields.title : fallback.title,
      detail: typeof fields.detail === "string" ? fields.detail : "",
      code: typeof fields.code === "string" ? fields.code : "unknown",
      requestId: typeof fields.requestId === "string" ? fields.requestId : requestId,
      retryable: typeof fields.retryable === "boolean" ? fields.retryable : fallback.retryable,
    });
  } catch {
    return new ProblemError(fallback);
  }
}

/** What fetch or a body's reader throws when the connection fails or is cut. */
export function networkProblem(): ProblemError {
  return new ProblemError({
    title: "The server cannot be reached",
    detail: "The connection failed or was cut. Check that Spillway is running, then retry.",
    code: "network",
    retryable: true,
  });
}

/** Any thrown value as a ProblemError. An abort is not an error: callers check their signal first. */
export function toProblem(thrown: unknown): ProblemError {
  if (thrown instanceof ProblemError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new ProblemError({ title: "Something went wrong in the page", detail, code: "page" });
}
