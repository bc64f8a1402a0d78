// The conversations, newest activity first, with deletion asked twice.
import { useState } from "react";
import { toProblem, type ProblemError } from "../api/problem";
import type { Session } from "../api/types";
import { formatTime } from "../format";
import type { Sessions } from "../hooks/useSessions";
import { sessionHash, STORAGE_HASH } from "../hooks/useRoute";
import { LogoIcon, PlusIcon, StorageIcon, TrashIcon } from "./icons";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  list: Sessions;
  current: string | null;
  onStorage: boolean;
  onNew: () => void;
  onDeleted: (sessionId: string) => void;
}

interface RowProps {
  session: Session;
  isCurrent: boolean;
  onDelete: () => Promise<void>;
}

function SessionRow({ session, isCurrent, onDelete }: RowProps) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const title = session.title || session.id;
  const remove = () => {
    setProblem(null);
    onDelete().catch((thrown: unknown) => setProblem(toProblem(thrown)));
  };
  return (
    <li className="session" data-current={isCurrent || undefined}>
      <a href={sessionHash(session.id)} aria-current={isCurrent ? "page" : undefined}>
        <span className="session-title">{title}</span>
        <time dateTime={session.lastMessageAt}>{formatTime(session.lastMessageAt)}</time>
      </a>
      {asking ? (
        <div className="session-confirm" role="group" aria-label={`Delete ${title}?`}>
          <span>Delete with all its artifacts?</span>
          <button type="button" className="button button-danger" autoFocus onClick={remove}>
            Delete
          </button>
          <button type="button" className="button" onClick={() => setAsking(false)}>
            Keep
          </button>
        </div>
      ) : (
        <button type="button" className="session-delete" aria-label={`Delete ${title}`} onClick={() => setAsking(true)}>
          <TrashIcon />
        </button>
      )}
      {problem && <ProblemNotice problem={problem} what="deleting" onRetry={remove} />}
    </li>
  );
}

export function SessionList({ list, current, onStorage, onNew, onDeleted }: Props) {
  const { sessions, problem } = list;
  return (
    <>
      <div className="brand">
        <LogoIcon />
        <span>Spillway</span>
      </div>
      <button type="button" className="button button-new" onClick={onNew}>
        <PlusIcon /> New conversation
      </button>
      <input
        type="search"
        className="sessions-search"
        placeholder="Search conversations"
        aria-label="Search conversations"
        value={list.text}
        onChange={(event) => list.search(event.target.value)}
      />
      {problem && <ProblemNotice problem={problem} what="the conversations" onRetry={list.reload} />}
      {sessions?.length === 0 && (
        <p className="sessions-empty" role="status">
          {list.text ? "No conversation has this in its title." : "Conversations appear here once you ask something."}
        </p>
      )}
      <ul className="sessions">
        {sessions?.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            isCurrent={session.id === current}
            onDelete={() => list.remove(session.id).then(() => onDeleted(session.id))}
          />
        ))}
      </ul>
      {list.hasMore && (
        <button type="button" className="button" onClick={list.loadMore}>
          Show older
        </button>
      )}
      <a className="sidebar-link" href={STORAGE_HASH} aria-current={onStorage ? "page" : undefined}>
        <StorageIcon /> Storage
      </a>
    </>
  );
}
