// Puts other wells of the conversation beside this one, on the same depth axis.
import { useRef, useState } from "react";
import type { ApiClient } from "@spillway/client";
import { toProblem } from "@spillway/client";
import type { Artifact } from "@spillway/client";
import { unitsPerCommon } from "./units";
import { openWell, type Well } from "./well";

export interface AddedWell {
  href: string;
  well: Well;
}

interface Props {
  client: ApiClient;
  candidates: readonly Artifact[];
  added: readonly AddedWell[];
  depthUnit: string; // of the first well
  onChange: (change: (added: readonly AddedWell[]) => readonly AddedWell[]) => void;
}

/** More would be slivers. */
export const WELLS_MAX = 6;

export function WellPicker({ client, candidates, added, depthUnit, onChange }: Props) {
  const [states, setStates] = useState<Record<string, string>>({});
  const loading = useRef(new Map<string, AbortController>());
  const say = (href: string, text: string) => setStates((old) => ({ ...old, [href]: text }));

  const add = async (artifact: Artifact) => {
    const controller = new AbortController();
    loading.current.set(artifact.href, controller);
    say(artifact.href, "loading…");
    try {
      const well = await openWell(client, artifact, controller.signal);
      const { unit } = well.plot.index;
      if (unitsPerCommon(unit, depthUnit) === null)
        say(
          artifact.href,
          `its depths are in ${unit || "an unknown unit"}, which cannot stand beside ${depthUnit || "ours"}`,
        );
      else {
        onChange((old) => [...old, { href: artifact.href, well }]);
        say(artifact.href, "");
      }
    } catch (thrown) {
      say(artifact.href, controller.signal.aborted ? "" : toProblem(thrown).message);
    }
    loading.current.delete(artifact.href);
  };
  const remove = (href: string) => {
    loading.current.get(href)?.abort();
    added.find((other) => other.href === href)?.well.tiles?.cache.close();
    onChange((old) => old.filter((other) => other.href !== href));
  };
  return (
    <div className="plot-panel picker">
      <fieldset>
        <legend>Other wells of this conversation, on the same depths</legend>
        {candidates.map((artifact) => {
          const isAdded = added.some((other) => other.href === artifact.href);
          const isLoading = states[artifact.href] === "loading…";
          return (
            <label key={artifact.href} className="picker-curve">
              <input
                type="checkbox"
                checked={isAdded || isLoading}
                disabled={!isAdded && !isLoading && added.length + 1 >= WELLS_MAX}
                onChange={() => (isAdded || isLoading ? remove(artifact.href) : void add(artifact))}
              />
              <span>{artifact.name || artifact.id}</span>
              <span className="picker-unit" role="status">
                {states[artifact.href]}
              </span>
            </label>
          );
        })}
      </fieldset>
    </div>
  );
}
