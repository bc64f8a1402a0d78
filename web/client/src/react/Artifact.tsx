// One artifact of a message: loaded when it comes into view, given up when it leaves, shown by the renderer of its kind.
import { createContext, useContext, useMemo, useRef, type ComponentType, type ReactNode } from "react";
import { ApiClient } from "../client";
import { ProblemError } from "../problem";
import type { Artifact as ArtifactInfo } from "../types";
import { ErrorBoundary } from "./ErrorBoundary";
import { isJson, rendererFor, type Renderer } from "./registry";
import { useArtifactBytes, type LoadState } from "./useArtifactBytes";
import { useInView } from "./useInView";
import { useRendererComponent } from "./useRendererComponent";

export interface FrameProps {
  artifact: ArtifactInfo;
  kind: string;
  children: ReactNode;
}
export interface LoadingProps {
  artifact: ArtifactInfo;
  text: string;
  receivedBytes: number;
}
export interface FailedProps {
  artifact: ArtifactInfo;
  problem: ProblemError;
  onRetry?: () => void;
}

/** How an application draws what is around an artifact. Those it leaves out are plain. */
export interface ArtifactViews {
  Frame: ComponentType<FrameProps>;
  Loading: ComponentType<LoadingProps>;
  Failed: ComponentType<FailedProps>;
  Card: ComponentType<{ artifact: ArtifactInfo; client: ApiClient }>; // of a kind that nothing draws
}

const titleOf = (artifact: ArtifactInfo) => artifact.name || artifact.id;

const plainViews: ArtifactViews = {
  Frame: ({ artifact, kind, children }) => (
    <figure aria-label={`${kind} ${titleOf(artifact)}`} data-artifact={artifact.id}>
      <figcaption>
        {titleOf(artifact)} <a href={artifact.href} download>Download</a>
      </figcaption>
      {children}
    </figure>
  ),
  Loading: ({ artifact, text, receivedBytes }) => (
    <p role="status">
      {text} <progress value={receivedBytes} max={Math.max(1, artifact.size)} aria-label={`Loading ${titleOf(artifact)}`} />
    </p>
  ),
  Failed: ({ artifact, problem, onRetry }) => (
    <p role="alert">
      {problem.title}. {problem.message !== problem.title && problem.message}{" "}
      {problem.requestId && <small>Request id {problem.requestId}</small>}{" "}
      {onRetry && (
        <button type="button" onClick={onRetry} aria-label={`Retry ${titleOf(artifact)}`}>
          Retry
        </button>
      )}
    </p>
  ),
  Card: ({ artifact }) => (
    <p>
      {artifact.type ?? artifact.contentType}, {artifact.size} bytes
    </p>
  ),
};

interface Settings {
  client: ApiClient;
  views: ArtifactViews;
}

const SettingsContext = createContext<Settings | null>(null);

/** The client and the views of all artifacts within. */
export function SpillwayProvider(props: { client: ApiClient; views?: Partial<ArtifactViews>; children: ReactNode }) {
  const { client, views, children } = props;
  const settings = useMemo(() => ({ client, views: { ...plainViews, ...views } }), [client, views]);
  return <SettingsContext value={settings}>{children}</SettingsContext>;
}

function useSettings(): Settings {
  const settings = useContext(SettingsContext);
  if (!settings) throw new Error("<Artifact> and useArtifact() belong within a <SpillwayProvider>");
  return settings;
}

type Parsed = { value: unknown } | { problem: ProblemError };

function parse(bytes: Uint8Array): Parsed {
  try {
    return { value: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    return { problem: new ProblemError({ title: "The data is not valid JSON", code: "unreadable" }) };
  }
}

export interface LoadedArtifact {
  state: LoadState;
  value: unknown; // of JSON that is here; undefined otherwise
  problem: ProblemError | null;
  retry: () => void;
}

/**
 * An artifact's bytes, and its value if it is JSON. While `enabled` is false nothing is loaded; what is here stays. With
 * `exact` the bytes are loaded even of JSON that came parsed with its message.
 */
export function useArtifact(artifact: ArtifactInfo, { enabled = true, exact = false, bytesMax = Infinity } = {}): LoadedArtifact {
  const { client } = useSettings();
  const hasValue = artifact.value !== undefined && !exact;
  const { state, retry } = useArtifactBytes(client, artifact, enabled && !hasValue, bytesMax);
  const parsed = useMemo((): Parsed | null => {
    if (hasValue) return { value: artifact.value };
    return state.status === "ready" && isJson(artifact) ? parse(state.bytes) : null;
  }, [hasValue, artifact, state]);
  const problem = state.status === "failed" ? state.problem : parsed && "problem" in parsed ? parsed.problem : null;
  return { state, value: parsed && "value" in parsed ? parsed.value : undefined, problem, retry };
}

/** Hands the data to its renderer, once both are there. */
function Drawn({ artifact, renderer, inView }: { artifact: ArtifactInfo; renderer: Renderer; inView: boolean }) {
  const { client, views } = useSettings();
  const itself = artifact.error === undefined && (renderer.loadsItself?.(artifact) ?? false);
  const { state, value, problem, retry } = useArtifact(artifact, {
    enabled: inView && !itself,
    exact: renderer.exact,
    bytesMax: renderer.bytesMax,
  });
  const { loaded, reload } = useRendererComponent(renderer, inView);
  if (problem) return <views.Failed artifact={artifact} problem={problem} onRetry={retry} />;
  if (loaded && "problem" in loaded) return <views.Failed artifact={artifact} problem={loaded.problem} onRetry={reload} />;
  const reserved = `artifact-body reserve-${renderer.reserve ?? "card"}`;
  const bytes = state.status === "ready" ? state.bytes : null;
  if (!loaded || (!itself && value === undefined && !bytes)) {
    const receivedBytes = state.status === "loading" ? state.receivedBytes : 0;
    return (
      <div className={reserved}>
        <views.Loading artifact={artifact} text={renderer.loadingText ?? "Loading…"} receivedBytes={receivedBytes} />
      </div>
    );
  }
  const { Component } = loaded;
  return (
    <ErrorBoundary
      fallback={(error, reset) => (
        <views.Failed
          artifact={artifact}
          problem={new ProblemError({ title: "This artifact cannot be drawn", detail: error.message })}
          onRetry={reset}
        />
      )}
    >
      <div className={reserved}>
        <Component artifact={artifact} value={value} bytes={bytes} client={client} />
      </div>
    </ErrorBoundary>
  );
}

export function Artifact({ artifact }: { artifact: ArtifactInfo }) {
  const { client, views } = useSettings();
  const place = useRef<HTMLDivElement>(null);
  const inView = useInView(place);
  const renderer = rendererFor(artifact);
  const kind = renderer?.label ?? (isJson(artifact) ? "JSON" : "File");
  const saved = artifact.error ? new ProblemError(artifact.error) : null; // there is nothing to draw, and to retry
  return (
    <div ref={place}>
      <views.Frame artifact={artifact} kind={kind}>
        {saved && !renderer ? (
          <views.Failed artifact={artifact} problem={saved} />
        ) : renderer ? (
          <Drawn artifact={artifact} renderer={renderer} inView={inView} />
        ) : (
          <views.Card artifact={artifact} client={client} />
        )}
      </views.Frame>
    </div>
  );
}
