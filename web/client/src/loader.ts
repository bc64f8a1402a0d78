// Loads the exact bytes of artifacts: once for all who ask, tried again, taken up where they broke off, verified, kept.
import { DiskCache, MemoryCache } from "./cache";
import { networkProblem, ProblemError, problemOf, toProblem } from "./problem";

/** What there is to know of an artifact to load it: `Artifact` has it, and artifactOf() makes it of a reference. */
export interface Loadable {
  href: string;
  size: number;
  sha256: string; // hex; not verified if it is no SHA-256
}

export interface LoadOptions {
  signal?: AbortSignal;
  onProgress?: (receivedBytes: number) => void;
}

export interface LoaderSettings {
  retries: number; // beside the first try
  memoryBytesMax: number;
  diskBytesMax: number;
  /** Asks the server for a link into the object store; where that fails (no CORS), the server sends the bytes. */
  presigned: boolean;
}

export const LOADER_DEFAULTS: LoaderSettings = {
  retries: 3,
  memoryBytesMax: 128e6,
  diskBytesMax: 512e6,
  presigned: false,
};

const FIRST_DELAY_MS = 250;
const DELAY_MAX_MS = 8_000;

/** One transfer, and those who wait for it. It is given up when the last of them is gone. */
interface Job {
  key: string;
  controller: AbortController;
  bytes: Promise<Uint8Array>;
  waiting: Set<(receivedBytes: number) => void>;
  receivedBytes: number;
}

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function allocate(size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch {
    throw new ProblemError({ title: "Too large to hold in this page", detail: `It has ${size} bytes.`, code: "too_large" });
  }
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), and no sooner than the server asks for. */
function delayOf(tries: number, problem: ProblemError): number {
  const ceiling = Math.min(DELAY_MAX_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  return Math.max(Math.random() * ceiling, problem.retryAfterMs);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}

export class Loader {
  private readonly memory: MemoryCache;
  private readonly disk: DiskCache;
  private readonly jobs = new Map<string, Job>();
  private readonly settings: LoaderSettings;
  private presignedFails = false;

  constructor(
    private readonly send: typeof fetch,
    settings: Partial<LoaderSettings> = {},
  ) {
    this.settings = { ...LOADER_DEFAULTS, ...settings };
    this.memory = new MemoryCache(this.settings.memoryBytesMax);
    this.disk = new DiskCache(this.settings.diskBytesMax);
  }

  /** Can digests be verified here? Browsers have crypto.subtle in secure contexts alone: HTTPS, and localhost. */
  static get verifies(): boolean {
    return typeof crypto !== "undefined" && crypto.subtle !== undefined;
  }

  /**
   * The artifact's bytes; they are shared, so they are not to be changed. Rejects with a ProblemError, or, when `signal`
   * aborts, with its reason. Several calls for one artifact make one transfer, which ends with the last of them.
   */
  async load(artifact: Loadable, { signal, onProgress }: LoadOptions = {}): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const key = isDigest(artifact.sha256) ? artifact.sha256 : artifact.href;
    const kept = this.memory.get(key);
    if (kept) return kept;
    let job = this.jobs.get(key);
    if (!job) {
      job = this.begin(key, artifact);
      this.jobs.set(key, job);
    }
    return this.wait(job, signal, onProgress);
  }

  /** Loads ahead what will be seen next, one after the other, until the result is called. Failures are not told. */
  prefetch(artifacts: Iterable<Loadable>): () => void {
    const controller = new AbortController();
    const run = async () => {
      for (const artifact of artifacts) await this.load(artifact, { signal: controller.signal }).catch(() => {});
    };
    void run();
    return () => controller.abort();
  }

  private begin(key: string, artifact: Loadable): Job {
    const controller = new AbortController();
    const job: Job = { key, controller, waiting: new Set(), receivedBytes: 0, bytes: Promise.resolve(new Uint8Array()) };
    job.bytes = this.fetchOrFind(key, artifact, job).finally(() => this.forget(job));
    job.bytes.catch(() => {}); // those who wait are told
    return job;
  }

  private forget(job: Job): void {
    if (this.jobs.get(job.key) === job) this.jobs.delete(job.key);
  }

  private wait(job: Job, signal?: AbortSignal, onProgress?: (receivedBytes: number) => void): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const tell = (receivedBytes: number) => onProgress?.(receivedBytes);
      const leave = () => {
        job.waiting.delete(tell);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        leave();
        if (job.waiting.size === 0) {
          this.forget(job); // who asks from now on begins anew
          job.controller.abort(signal?.reason);
        }
        reject(signal?.reason);
      };
      job.waiting.add(tell);
      signal?.addEventListener("abort", abort, { once: true });
      tell(job.receivedBytes);
      job.bytes.then(resolve, reject).finally(leave);
    });
  }

  private async fetchOrFind(key: string, artifact: Loadable, job: Job): Promise<Uint8Array> {
    const known = isDigest(artifact.sha256);
    const found = known ? await this.disk.get(key) : null;
    if (found && (await this.isWhole(found, artifact))) {
      this.memory.set(key, found);
      return found;
    }
    if (found) await this.disk.delete(key);
    const bytes = await this.fetchWithRetries(artifact, job);
    if (known) {
      this.memory.set(key, bytes);
      void this.disk.set(key, bytes);
    }
    return bytes;
  }

  private async isWhole(bytes: Uint8Array, { size, sha256: digest }: Loadable): Promise<boolean> {
    if (bytes.length !== size) return false;
    return !Loader.verifies || !isDigest(digest) || (await sha256(bytes)) === digest;
  }

  private async fetchWithRetries(artifact: Loadable, job: Job): Promise<Uint8Array> {
    const bytes = allocate(artifact.size);
    const progress = (receivedBytes: number) => {
      job.receivedBytes = receivedBytes;
      for (const tell of job.waiting) tell(receivedBytes);
    };
    for (let tries = 1; ; ++tries) {
      try {
        await this.receive(artifact, bytes, job, progress);
        if (await this.isWhole(bytes, artifact)) return bytes;
        job.receivedBytes = 0; // no telling which of them are wrong
        throw new ProblemError({
          title: "The data was altered on its way",
          detail: "Its SHA-256 is not the artifact's.",
          code: "corrupt",
          retryable: true,
        });
      } catch (thrown) {
        if (job.controller.signal.aborted) throw thrown;
        const problem = toProblem(thrown);
        if (!problem.retryable || tries > this.settings.retries) throw problem;
        await pause(delayOf(tries, problem), job.controller.signal);
      }
    }
  }

  /** One try, from where the one before broke off. */
  private async receive(
    artifact: Loadable,
    bytes: Uint8Array,
    job: Job,
    progress: (receivedBytes: number) => void,
  ): Promise<void> {
    const response = await this.open(artifact, job);
    const requestId = response.headers.get("x-request-id") ?? "";
    if (response.status !== 206) progress(0);
    const wrongSize = (receivedBytes: number) =>
      new ProblemError({
        title: "The data arrived incomplete",
        detail: `${receivedBytes} of ${artifact.size} bytes came.`,
        code: "incomplete",
        requestId,
        retryable: true,
      });
    const reader = response.body?.getReader();
    try {
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) break;
        if (job.receivedBytes + value.length > artifact.size) {
          void reader?.cancel();
          const received = job.receivedBytes + value.length;
          job.receivedBytes = 0;
          throw wrongSize(received);
        }
        bytes.set(value, job.receivedBytes);
        progress(job.receivedBytes + value.length);
      }
    } catch (thrown) {
      if (job.controller.signal.aborted || thrown instanceof ProblemError) throw thrown;
      throw networkProblem();
    }
    if (job.receivedBytes !== artifact.size) throw wrongSize(job.receivedBytes);
  }

  private async open(artifact: Loadable, job: Job): Promise<Response> {
    const { signal } = job.controller;
    const resumes = job.receivedBytes > 0 && isDigest(artifact.sha256);
    if (!resumes) job.receivedBytes = 0;
    const link = this.settings.presigned && !this.presignedFails && !resumes;
    if (link) {
      try {
        const response = await this.send(`${artifact.href}${artifact.href.includes("?") ? "&" : "?"}redirect=1`, { signal });
        if (response.ok) return response;
      } catch (thrown) {
        if (signal.aborted) throw thrown;
      }
      this.presignedFails = true; // the bucket does not let this page read; ask the server from now on
    }
    const headers: Record<string, string> = resumes
      ? { Range: `bytes=${job.receivedBytes}-`, "If-Range": `"${artifact.sha256}"` }
      : {};
    let response: Response;
    try {
      response = await this.send(artifact.href, { signal, headers });
    } catch (thrown) {
      throw signal.aborted ? thrown : networkProblem();
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}
