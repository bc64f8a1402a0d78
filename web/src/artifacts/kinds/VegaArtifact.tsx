// Vega-Lite charts. Expressions are interpreted, never evaluated as code, and nothing is loaded from anywhere.
import type { RendererProps } from "@spillway/client/react";
import { useEffect, useRef, useState } from "react";
import { None, parse, View, type Spec } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { CannotDraw } from "./CannotDraw";
import "./kinds.css";

const REFUSAL = "A chart of an artifact may not load anything; its data must be in it.";

/** Nothing comes from it, and that it was asked is told: half a chart would be a lie. */
function refusingLoader(onAsked: (failure: Error) => void) {
  const refuse = (answer: unknown) => () => {
    onAsked(new Error(REFUSAL));
    return Promise.resolve(answer);
  };
  // A mark's link leads nowhere: rejected when it is clicked, as Vega's own loader rejects what is unsafe.
  const sanitize = (_: string, options: { context?: string }) =>
    options.context === "href" ? Promise.reject(new Error(REFUSAL)) : refuse({ href: "" })();
  return { load: refuse("[]"), sanitize, http: refuse("[]"), file: refuse("[]"), options: {} };
}

export default function VegaArtifact({ artifact, value }: RendererProps) {
  const place = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    const container = place.current!;
    let view: View | null = null;
    const draw = async () => {
      const spec = { width: "container", ...(value as object) } as TopLevelSpec;
      const compiled = compile(spec).spec as Spec;
      // Inputs bound to signals would be elements, with attributes, of an artifact's choosing, anywhere in the page.
      for (const signal of compiled.signals ?? []) delete (signal as { bind?: unknown }).bind;
      const options = { ast: true } as never; // the type of an earlier version lacks it
      view = new View(parse(compiled, undefined, options), {
        expr: expressionInterpreter,
        loader: refusingLoader(setFailure),
        renderer: "canvas",
        container,
        hover: true,
        logLevel: None, // what fails is said in the page
      } as never);
      await view.runAsync();
    };
    draw().catch((thrown: unknown) => setFailure(thrown instanceof Error ? thrown : new Error(String(thrown))));
    return () => void view?.finalize();
  }, [value]);
  if (failure) return <CannotDraw what="chart" why={failure.message} />;
  return (
    <div className="kind-chart" role="img" aria-label={`Chart ${artifact.name || artifact.id}`}>
      <div ref={place} />
    </div>
  );
}
