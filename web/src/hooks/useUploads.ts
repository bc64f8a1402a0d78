// Files on their way into a conversation, one after the other's message.
import { useCallback, useRef, useState } from "react";
import type { ApiClient } from "@spillway/client";
import { toProblem, type ProblemError } from "@spillway/client";
import { randomId } from "../id";

export interface Upload {
  key: string;
  file: File;
  sentBytes: number;
  problem: ProblemError | null; // null: under way
}

const isLas = (file: File) => /\.las$/i.test(file.name);

const SCHEMA_WITHIN_BYTES = 65_536;
const VEGA_LITE_SCHEMA = /"\$schema"\s*:\s*"https?:\/\/vega\.github\.io\/schema\/vega-lite\//;

/** The kind of artifact a file is, where its name or its beginning says so; else empty. */
export async function typeOfFile(file: File): Promise<string> {
  if (/\.vl\.json$/i.test(file.name)) return "vegaLite";
  if (!/\.json$/i.test(file.name)) return "";
  const beginning = new TextDecoder().decode(await file.slice(0, SCHEMA_WITHIN_BYTES).arrayBuffer());
  return VEGA_LITE_SCHEMA.test(beginning) ? "vegaLite" : "";
}

/** The message first, then its artifact; a message whose artifact did not arrive is taken back. Returns its id. */
async function send(
  client: ApiClient,
  sessionId: string,
  file: File,
  options: { signal: AbortSignal; onProgress: (sentBytes: number) => void },
): Promise<string> {
  if (isLas(file)) return client.importLas(sessionId, file, options);
  const message = await client.postMessage(sessionId, { role: "user", content: file.name }, randomId());
  try {
    await client.putFile(sessionId, message.id, file, options, await typeOfFile(file));
  } catch (thrown) {
    await client.deleteMessage(sessionId, message.id).catch(() => {}); // the first failure is the one to tell
    throw thrown;
  }
  return message.id;
}

export function useUploads(client: ApiClient, sessionId: string, onSaved: (messageId: string) => void) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const controllers = useRef(new Map<string, AbortController>());
  const turn = useRef<Promise<void>>(Promise.resolve()); // one at a time: they arrive in the order they were chosen
  const change = useCallback(
    (key: string, part: Partial<Upload>) =>
      setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one))),
    [],
  );
  const drop = useCallback((key: string) => setUploads((all) => all.filter((one) => one.key !== key)), []);

  const start = useCallback(
    async (key: string, file: File) => {
      const controller = new AbortController();
      controllers.current.set(key, controller);
      const before = turn.current;
      let done = () => {};
      turn.current = new Promise((resolve) => (done = resolve));
      try {
        await before;
        controller.signal.throwIfAborted();
        const onProgress = (sentBytes: number) => change(key, { sentBytes });
        const messageId = await send(client, sessionId, file, { signal: controller.signal, onProgress });
        drop(key);
        onSaved(messageId);
      } catch (thrown) {
        if (controller.signal.aborted) drop(key);
        else change(key, { problem: toProblem(thrown) });
      } finally {
        controllers.current.delete(key);
        done();
      }
    },
    [client, sessionId, onSaved, change, drop],
  );

  const add = useCallback(
    (files: Iterable<File>) => {
      const added = [...files].map((file) => ({ key: randomId(), file, sentBytes: 0, problem: null }));
      setUploads((all) => [...all, ...added]);
      for (const { key, file } of added) void start(key, file);
    },
    [start],
  );
  const cancel = useCallback(
    (key: string) => (controllers.current.has(key) ? controllers.current.get(key)!.abort() : drop(key)),
    [drop],
  );
  const retry = useCallback(
    (upload: Upload) => {
      change(upload.key, { problem: null, sentBytes: 0 });
      void start(upload.key, upload.file);
    },
    [change, start],
  );
  return { uploads, add, cancel, retry };
}
