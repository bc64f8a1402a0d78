// Sending a file with progress. XMLHttpRequest, because fetch tells nothing of what was sent.
import { networkProblem, problemOf } from "./problem";

export interface UploadOptions {
  signal?: AbortSignal;
  onProgress?: (sentBytes: number) => void;
}

/** Resolves with the answer once the server has saved the file; rejects with a ProblemError, or as the signal does. */
export function upload(method: string, url: string, file: File, options: UploadOptions): Promise<string> {
  const { signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal?.addEventListener("abort", abort, { once: true });
    request.open(method, url);
    request.setRequestHeader("Content-Type", mediaType(file));
    request.upload.onprogress = (event) => onProgress?.(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve(request.responseText);
      const headers = { "x-request-id": request.getResponseHeader("x-request-id") ?? "" };
      void problemOf(new Response(request.responseText, { status: request.status, headers })).then(reject);
    };
    request.onerror = () => reject(networkProblem());
    request.onabort = () => reject(signal?.reason ?? new DOMException("aborted", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", abort);
    request.send(file);
  });
}

/** JSON is checked and drawn by the server's and our own renderers, so a .json file is sent as such. */
function mediaType(file: File): string {
  if (/\.json$/i.test(file.name)) return "application/json";
  return file.type || "application/octet-stream";
}
