// Deleting, asked twice: a bin, then a question, then what went wrong.
import { useState } from "react";
import { toProblem, type ProblemError } from "../api/problem";
import { TrashIcon } from "./icons";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  what: string; // for the bin's label: "Delete <what>"
  question: string;
  onDelete: () => Promise<void>;
}

export function ConfirmDelete({ what, question, onDelete }: Props) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const remove = () => {
    setProblem(null);
    onDelete().catch((thrown: unknown) => setProblem(toProblem(thrown)));
  };
  if (!asking)
    return (
      <button type="button" className="delete" aria-label={`Delete ${what}`} onClick={() => setAsking(true)}>
        <TrashIcon />
      </button>
    );
  return (
    <div className="delete-confirm" role="group" aria-label={`Delete ${what}?`}>
      <span>{question}</span>
      <button type="button" className="button button-danger" autoFocus onClick={remove}>
        Delete
      </button>
      <button type="button" className="button" onClick={() => setAsking(false)}>
        Keep
      </button>
      {problem && <ProblemNotice problem={problem} what="deleting" onRetry={remove} />}
    </div>
  );
}
