// One line that says where an artifact's bytes are and what they became there.
import type { Artifact } from "@spillway/client";
import { formatBytes } from "../format";

const PLACES = {
  inline: "Stored inline in the item",
  encoded: "Encoded inside the item",
  spilled: "Spilled to the object store",
};

export function storageText(artifact: Artifact): string {
  const { storage, encoding, size, encodedSize } = artifact;
  if (encoding === "raw") return `${formatBytes(size)} · raw`;
  const percent = size > 0 ? ` · ${Math.round((encodedSize / size) * 100)} % of the original` : "";
  return storage === "inline"
    ? formatBytes(size)
    : `${formatBytes(size)} → ${formatBytes(encodedSize)} · ${encoding}${percent}`;
}

export function StorageLine({ artifact }: { artifact: Artifact }) {
  return (
    <p className="storage" data-storage={artifact.storage}>
      <span className="storage-dot" aria-hidden="true" />
      <span>{PLACES[artifact.storage]}</span>
      <span className="storage-sizes">{storageText(artifact)}</span>
      {artifact.fallback && <span>object store was unavailable at the time</span>}
    </p>
  );
}
