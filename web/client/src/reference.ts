// Typed references, as they stand in an application's own messages.
import type { Loadable } from "./loader";
import type { Reference } from "./types";

export interface Place {
  sessionId: string;
  messageId: string;
  artifact: string; // its id, or its position
}

/** Is a value found in a message such a reference? Data that merely looks like one is for the server to refuse. */
export function isReference(value: unknown): value is Reference {
  const reference = value as Partial<Reference> | null;
  return (
    typeof reference === "object" &&
    reference !== null &&
    reference.type === "s3_reference" &&
    typeof reference.key === "string" &&
    Number.isSafeInteger(reference.size) &&
    reference.size! >= 0
  );
}

export function artifactPath({ sessionId, messageId, artifact }: Place): string {
  const part = encodeURIComponent;
  return `/v1/sessions/${part(sessionId)}/messages/${part(messageId)}/artifacts/${part(artifact)}`;
}

/** What Loader.load() needs, for a reference found at that place; `base` is the server's address. */
export function artifactOf(reference: Reference, place: Place, base = ""): Loadable {
  const digest = reference.sha256 ? `?sha256=${reference.sha256}` : "";
  return { href: `${base}${artifactPath(place)}${digest}`, size: reference.size, sha256: reference.sha256 ?? "" };
}
