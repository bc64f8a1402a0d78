// Files on their way into a conversation, one after the other's message.
import { useCallback, useRef, useState } from "react";
import type { ApiClient } from "../api/client";
import { toProblem, type ProblemError } from "../api/problem";
import { randomId } from "../id";

export interface Upload {
  key: string;
  file: File;
  sentBytes: number;
  problem: ProblemError | null; // null: under way
}

const isLas = (file: File) => /\.las$/i.test(file.name);

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
    await client.putFile(sessionId, message.id, file, options);
  } catch (thrown) {
    await client.deleteMessage(sessionId, message.id).catch(() => {}); // the first failure is the one to tell
    throw thrown;
  }
  return message.id;
}

export function useUploads(client: ApiClient, sessionId: string, onSaved: (messageId: string) => void) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const controllers = useRef(new Map<string, AbortController>());
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
      try {
        const onProgress = (sentBytes: number) => change(key, { sentBytes });
        const messageId = await send(client, sessionId, file, { signal: controller.signal, onProgress });
        drop(key);
        onSaved(messageId);
      } catch (thrown) {
        if (controller.signal.aborted) drop(key);
        else change(key, { problem: toProblem(thrown) });
      } finally {
        controllers.current.delete(key);
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
