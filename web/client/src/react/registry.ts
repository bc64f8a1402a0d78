// Which component shows which kind of artifact. An application adds its own with one line.
import type { ComponentType } from "react";
import type { ApiClient } from "../client";
import type { Artifact } from "../types";

export interface RendererProps {
  artifact: Artifact;
  value: unknown; // of JSON; undefined for other bytes, and if the renderer loads what it needs itself
  bytes?: Uint8Array | null; // exactly as they were saved; null where a small JSON value came with its message, unless exact
  client?: ApiClient; // for what it loads; without one it makes its own
}

export interface Renderer {
  label: string; // what the reader calls this kind of thing
  loadingText?: string;
  reserve?: "plot" | "card"; // the height kept free before the data is there
  bytesMax?: number; // larger ones are offered as a download
  exact?: boolean; // it reads the bytes, also of small JSON that came parsed, where digits may be lost
  loadsItself?: (artifact: Artifact) => boolean; // parts of it, as it needs them; the page does not download it
  load: () => Promise<{ default: ComponentType<RendererProps> }>; // its code, when the first one is seen
}

const renderers = new Map<string, Renderer>();

/** `kind`: the artifact's own type ("logPlotViewer"), a media type ("application/pdf"), or a family ("image/*"). */
export function registerRenderer(kind: string, renderer: Renderer): void {
  renderers.set(kind, renderer);
}

export function unregisterRenderer(kind: string): void {
  renderers.delete(kind);
}

function mediaType(artifact: Artifact): string {
  return artifact.contentType.replace(/;.*$/, "").trim().toLowerCase();
}

export function isJson(artifact: Artifact): boolean {
  return /^application\/([\w.+-]+\+)?json$/.test(mediaType(artifact));
}

/** The artifact's own type first, then its media type, then the family. Undefined: it is shown as a card. */
export function rendererFor(artifact: Artifact): Renderer | undefined {
  const media = mediaType(artifact);
  const own = artifact.type === null ? undefined : renderers.get(artifact.type);
  return own ?? renderers.get(media) ?? renderers.get(media.replace(/\/.*$/, "/*"));
}
