// @spillway/client: artifacts of conversations, loaded as they are looked at. No framework; ./react has the React layer.
export { ApiClient, type ClientSettings } from "./client";
export { curvesApi, decodeTile, type Buckets, type CurveInfo, type CurvesApi, type Description, type Tile } from "./curves";
export { Loader, LOADER_DEFAULTS, type Loadable, type LoaderSettings, type LoadOptions } from "./loader";
export { networkProblem, ProblemError, problemOf, toProblem } from "./problem";
export { artifactOf, artifactPath, isReference, type Place } from "./reference";
export type * from "./types";
export type { UploadOptions } from "./upload";
