// An error where it happened: what failed, why, what can be done, and the id to quote.
import type { ProblemError } from "@spillway/client";
import { WarningIcon } from "./icons";

interface Props {
  problem: ProblemError;
  what: string;
  onRetry?: () => void;
}

export function ProblemNotice({ problem, what, onRetry }: Props) {
  // Codes are the server's; what the page says by itself has none that would help anybody.
  const hasCode = problem.status > 0 && problem.code !== "unknown";
  const detail = problem.message === problem.title ? "" : problem.message;
  return (
    <div className="problem" role="alert">
      <WarningIcon />
      <div>
        <p className="problem-title">{problem.title}</p>
        {detail && <p>{detail}</p>}
        <p className="problem-id">
          {problem.status > 0 && <span>HTTP {problem.status}</span>}
          {hasCode && <span>{problem.code}</span>}
          {problem.requestId && (
            <span>
              Request id <code>{problem.requestId}</code>
            </span>
          )}
        </p>
      </div>
      {onRetry && (
        <button type="button" className="button" onClick={onRetry} aria-label={`Retry ${what}`}>
          Retry
        </button>
      )}
    </div>
  );
}
