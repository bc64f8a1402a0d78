// One artifact of a message: its frame, its states (waiting, loading, failed, shown) and where it is stored.
import { useMemo, useRef, useState } from "react";
import type { ApiClient } from "../api/client";
import { ProblemError } from "../api/problem";
import type { Artifact } from "../api/types";
import { DownloadIcon } from "../components/icons";
import { ProblemNotice } from "../components/ProblemNotice";
import { formatBytes } from "../format";
import { useArtifactBytes, type LoadState } from "../hooks/useArtifactBytes";
import { useInView } from "../hooks/useInView";
import { useRendererComponent } from "../hooks/useRendererComponent";
import { ErrorBoundary } from "./ErrorBoundary";
import { rendererFor, type Renderer } from "./registry";
import { StorageLine } from "./StorageLine";

interface Props {
  client: ApiClient;
  artifact: Artifact;
}

function isJson(artifact: Artifact): boolean {
  return /^application\/([\w.+-]+\+)?json\b/.test(artifact.contentType);
}

function titleOf(artifact: Artifact): string {
  return artifact.name || artifact.id;
}

function DownloadLink({ artifact }: { artifact: Artifact }) {
  return (
    <a className="button button-quiet" href={artifact.href} download aria-label={`Download ${titleOf(artifact)}`}>
      <DownloadIcon /> Download
    </a>
  );
}

function Loading({ artifact, text, state }: { artifact: Artifact; text: string; state: LoadState }) {
  const receivedBytes = state.status === "loading" ? state.receivedBytes : 0;
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

function parse(bytes: Uint8Array): { value: unknown } | { problem: ProblemError } {
  try {
    return { value: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    return { problem: new ProblemError({ title: "The data is not valid JSON", code: "unreadable" }) };
  }
}

/** Hands the JSON to its renderer, once it is there. */
function Drawn({ client, artifact, renderer, inView }: Props & { renderer: Renderer; inView: boolean }) {
  const needsNoBytes = artifact.value !== undefined || (renderer.loadsItself?.(artifact) ?? false);
  const { state, retry } = useArtifactBytes(client, artifact, inView && !needsNoBytes);
  const parsed = useMemo(() => {
    if (needsNoBytes) return { value: artifact.value };
    return state.status === "ready" ? parse(state.bytes) : null;
  }, [needsNoBytes, artifact.value, state]);

  const { loaded, reload } = useRendererComponent(renderer, inView);

  const problem = state.status === "failed" ? state.problem : parsed && "problem" in parsed ? parsed.problem : null;
  if (problem) return <ProblemNotice problem={problem} what={titleOf(artifact)} onRetry={retry} />;
  if (loaded && "problem" in loaded)
    return <ProblemNotice problem={loaded.problem} what={titleOf(artifact)} onRetry={reload} />;
  const reserved = `artifact-body reserve-${renderer.reserve}`;
  if (!loaded || !parsed || !("value" in parsed))
    return (
      <div className={reserved}>
        <Loading artifact={artifact} text={renderer.loadingText} state={state} />
      </div>
    );
  const { Component } = loaded;
  return (
    <ErrorBoundary
      fallback={(error, reset) => (
        <ProblemNotice
          problem={new ProblemError({ title: "This artifact cannot be drawn", detail: error.message })}
          what={titleOf(artifact)}
          onRetry={reset}
        />
      )}
    >
      <div className={reserved}>
        <Component artifact={artifact} value={parsed.value} client={client} />
      </div>
    </ErrorBoundary>
  );
}

/** A preview costs a request only when somebody opens it, and is offered only for what is quick to read. */
const PREVIEW_BYTES_MAX = 64_000;

function Preview({ client, artifact }: Props) {
  const [open, setOpen] = useState(false);
  const hasValue = artifact.value !== undefined;
  const { state, retry } = useArtifactBytes(client, artifact, open && !hasValue);
  const parsed = hasValue ? { value: artifact.value } : state.status === "ready" ? parse(state.bytes) : null;
  return (
    <details className="preview" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Preview</summary>
      {state.status === "failed" && <ProblemNotice problem={state.problem} what={titleOf(artifact)} onRetry={retry} />}
      {open && parsed && "value" in parsed && (
        <pre tabIndex={0} aria-label={`JSON of ${titleOf(artifact)}`}>
          {JSON.stringify(parsed.value, null, 2)}
        </pre>
      )}
      {parsed && "problem" in parsed && <ProblemNotice problem={parsed.problem} what={titleOf(artifact)} />}
    </details>
  );
}

function Card({ client, artifact }: Props) {
  // A saved placeholder, or one the server could not resolve: said at once, there is nothing to preview.
  const saved = useArtifactBytes(client, artifact, false).state;
  if (saved.status === "failed") return <ProblemNotice problem={saved.problem} what={titleOf(artifact)} />;
  const previewable = isJson(artifact) && artifact.size <= PREVIEW_BYTES_MAX;
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
      {previewable && <Preview client={client} artifact={artifact} />}
    </>
  );
}

export function ArtifactView({ client, artifact }: Props) {
  const frame = useRef<HTMLElement>(null);
  const inView = useInView(frame);
  const renderer = rendererFor(artifact);
  const kind = renderer?.label ?? (isJson(artifact) ? "JSON" : "File");
  return (
    <section className="artifact" ref={frame} aria-label={`${kind} ${titleOf(artifact)}`} data-artifact={artifact.id}>
      <header className="artifact-head">
        <span className="artifact-kind">{kind}</span>
        <h3 className="artifact-title">{titleOf(artifact)}</h3>
        <DownloadLink artifact={artifact} />
      </header>
      {renderer ? (
        <Drawn client={client} artifact={artifact} renderer={renderer} inView={inView} />
      ) : (
        <Card client={client} artifact={artifact} />
      )}
      <StorageLine artifact={artifact} />
    </section>
  );
}
