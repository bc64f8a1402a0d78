// The renderer of log plot artifacts: opens the well and shows its plot.
import { useEffect, useMemo, useState } from "react";
import { ApiClient } from "@spillway/client";
import { ProblemError, toProblem } from "@spillway/client";
import type { RendererProps } from "@spillway/client/react";
import { ProblemNotice } from "../components/ProblemNotice";
import { formatBytes } from "../format";
import { PlotDataError } from "./model";
import { Plot } from "./Plot";
import { openWell, wellOfValue, type Well } from "./well";

const DATA_CODE = "plot-data";

/** What is wrong with the data stays wrong: for that there is no Retry. */
function problemFor(thrown: unknown): ProblemError {
  if (!(thrown instanceof PlotDataError)) return toProblem(thrown);
  return new ProblemError({ title: "This log cannot be drawn", detail: thrown.message, code: DATA_CODE });
}

interface OpeningProps extends Pick<RendererProps, "artifact"> {
  client: ApiClient;
}

/** Loads what the page has not loaded for us: a long log's overview, or, where the server has none, all of it. */
function Opening({ artifact, client }: OpeningProps) {
  const [state, setState] = useState<{ well?: Well; problem?: ProblemError; receivedBytes: number }>({
    receivedBytes: 0,
  });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let opened: Well | null = null;
    const progress = (receivedBytes: number) => !signal.aborted && setState({ receivedBytes });
    openWell(client, artifact, signal, progress).then(
      (well) => {
        opened = well;
        if (!signal.aborted) setState({ well, receivedBytes: 0 });
      },
      (thrown: unknown) => !signal.aborted && setState({ problem: problemFor(thrown), receivedBytes: 0 }),
    );
    return () => {
      controller.abort();
      opened?.tiles?.cache.close();
    };
    // The artifact at an address with a digest never changes.
  }, [artifact.href, client, tries]);
  const retry = () => {
    setState({ receivedBytes: 0 });
    setTries(tries + 1);
  };
  if (state.problem)
    return (
      <ProblemNotice
        problem={state.problem}
        what={artifact.name || artifact.id}
        onRetry={state.problem.code === DATA_CODE ? undefined : retry}
      />
    );
  if (state.well) return <Plot artifact={artifact} client={client} first={state.well} />;
  return (
    <div className="artifact-loading" role="status">
      <p className="artifact-loading-title">Loading visualization data…</p>
      <p className="numbers">
        {state.receivedBytes > 0
          ? `${formatBytes(state.receivedBytes)} of ${formatBytes(artifact.size)}`
          : `An overview of ${formatBytes(artifact.size)}`}
      </p>
    </div>
  );
}

function Read({ artifact, value, client }: RendererProps & { client: ApiClient }) {
  const first = useMemo(() => {
    try {
      return wellOfValue(value);
    } catch (thrown) {
      if (thrown instanceof PlotDataError) return problemFor(thrown);
      throw thrown;
    }
  }, [value]);
  if (first instanceof ProblemError) return <ProblemNotice problem={first} what={artifact.name || artifact.id} />;
  return <Plot artifact={artifact} client={client} first={first} />;
}

export default function LogPlot({ artifact, value, client }: RendererProps) {
  const [own] = useState(() => client ?? new ApiClient());
  if (value === undefined) return <Opening artifact={artifact} client={own} />;
  return <Read artifact={artifact} value={value} client={own} />;
}
