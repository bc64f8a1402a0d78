// The conversations, newest activity first, with deletion asked twice.
import type { Session } from "../api/types";
import { formatTime } from "../format";
import type { Sessions } from "../hooks/useSessions";
import { sessionHash, STORAGE_HASH } from "../hooks/useRoute";
import { ConfirmDelete } from "./ConfirmDelete";
import { LogoIcon, PlusIcon, StorageIcon } from "./icons";
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
  const title = session.title || session.id;
  return (
    <li className="session" data-current={isCurrent || undefined}>
      <a href={sessionHash(session.id)} aria-current={isCurrent ? "page" : undefined}>
        <span className="session-title">{title}</span>
        <time dateTime={session.lastMessageAt}>{formatTime(session.lastMessageAt)}</time>
      </a>
      <ConfirmDelete what={title} question="Delete with all its artifacts?" onDelete={onDelete} />
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
