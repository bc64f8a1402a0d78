// What the viewer draws around artifacts: frame, progress, failure, and the card of what nothing draws.
import type { ApiClient, Artifact } from "@spillway/client";
import { isJson, useArtifact, type ArtifactViews, type FailedProps, type FrameProps, type LoadingProps } from "@spillway/client/react";
import { lazy, Suspense, useState } from "react";
import { DownloadIcon } from "../components/icons";
import { ProblemNotice } from "../components/ProblemNotice";
import { formatBytes } from "../format";
import { StorageLine } from "./StorageLine";

function titleOf(artifact: Artifact): string {
  return artifact.name || artifact.id;
}

function Frame({ artifact, kind, children }: FrameProps) {
  return (
    <section className="artifact" aria-label={`${kind} ${titleOf(artifact)}`} data-artifact={artifact.id}>
      <header className="artifact-head">
        <span className="artifact-kind">{kind}</span>
        <h3 className="artifact-title">{titleOf(artifact)}</h3>
        <a className="button button-quiet" href={artifact.href} download aria-label={`Download ${titleOf(artifact)}`}>
          <DownloadIcon /> Download
        </a>
      </header>
      {children}
      <StorageLine artifact={artifact} />
    </section>
  );
}

function Loading({ artifact, text, receivedBytes }: LoadingProps) {
  const percent = artifact.size > 0 ? Math.floor((receivedBytes / artifact.size) * 100) : 0;
  return (
    <div className="artifact-loading" role="status">
      <p className="artifact-loading-title">{text}</p>
      <p>
        {artifact.storage === "spilled" ? "Retrieving large dataset from storage" : "Retrieving data from the item"}
      </p>
      <progress value={receivedBytes} max={Math.max(1, artifact.size)} aria-label={`Loading ${titleOf(artifact)}`} />
      <p className="numbers">
        {formatBytes(receivedBytes)} of {formatBytes(artifact.size)} · {percent} %
      </p>
    </div>
  );
}

function Failed({ artifact, problem, onRetry }: FailedProps) {
  return <ProblemNotice problem={problem} what={titleOf(artifact)} onRetry={onRetry} />;
}

/** A tree costs a request only when somebody opens it, and is offered only for what a page can hold. */
const TREE_BYTES_MAX = 64e6;

const JsonTree = lazy(() => import("./kinds/JsonTree").then((module) => ({ default: module.JsonTree })));

function Tree({ artifact }: { artifact: Artifact }) {
  const [open, setOpen] = useState(false);
  // The bytes keep the digits that JavaScript's numbers have not.
  const { state, problem, retry } = useArtifact(artifact, { enabled: open, exact: true });
  const text = state.status === "ready" ? new TextDecoder().decode(state.bytes) : null;
  return (
    <details className="preview" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Contents</summary>
      {problem && <ProblemNotice problem={problem} what={titleOf(artifact)} onRetry={retry} />}
      {open && !problem && (
        <Suspense fallback={<p role="status">Loading…</p>}>
          {text !== null && <JsonTree text={text} name={titleOf(artifact)} />}
        </Suspense>
      )}
    </details>
  );
}

function Card({ artifact }: { artifact: Artifact; client: ApiClient }) {
  return (
    <>
      <dl className="card-facts">
        <div>
          <dt>Type</dt>
          <dd>{artifact.type ?? artifact.contentType}</dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd className="numbers">{formatBytes(artifact.size)}</dd>
        </div>
      </dl>
      {isJson(artifact) && artifact.size <= TREE_BYTES_MAX && <Tree artifact={artifact} />}
    </>
  );
}

export const views: ArtifactViews = { Frame, Loading, Failed, Card };
