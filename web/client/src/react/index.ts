// The React layer: artifacts as components.
export {
  Artifact,
  SpillwayProvider,
  useArtifact,
  type ArtifactViews,
  type FailedProps,
  type FrameProps,
  type LoadedArtifact,
  type LoadingProps,
} from "./Artifact";
export { ErrorBoundary } from "./ErrorBoundary";
export { isJson, registerRenderer, rendererFor, unregisterRenderer, type Renderer, type RendererProps } from "./registry";
export { useArtifactBytes, type LoadState } from "./useArtifactBytes";
export { useInView } from "./useInView";
