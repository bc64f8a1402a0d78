// The page: conversations on the left, one conversation on the right, the address saying which.
import { useCallback, useEffect, useState } from "react";
import { ApiClient } from "./api/client";
import { ConversationView } from "./components/ConversationView";
import { LogoIcon, MenuIcon } from "./components/icons";
import { SessionList } from "./components/SessionList";
import { sessionHash, useRoute } from "./hooks/useRoute";
import { useSessions } from "./hooks/useSessions";
import { randomId } from "./id";

const defaultClient = new ApiClient();

export function App({ client = defaultClient }: { client?: ApiClient }) {
  const route = useRoute();
  const [draft, setDraft] = useState(randomId); // the id a new conversation will get
  const [menuOpen, setMenuOpen] = useState(false);
  const list = useSessions(client);
  const { reload } = list;
  const sessionId = route ?? draft;
  const title = list.sessions?.find((session) => session.id === sessionId)?.title;

  useEffect(() => setMenuOpen(false), [sessionId]);
  useEffect(() => {
    document.title = title ? `${title} – Spillway` : "Spillway";
  }, [title]);

  const startNew = useCallback(() => {
    setDraft(randomId());
    location.hash = "#/";
  }, []);

  const onSaved = useCallback(() => {
    if (location.hash !== sessionHash(sessionId)) location.hash = sessionHash(sessionId);
    reload();
  }, [sessionId, reload]);

  const onDeleted = useCallback(
    (deleted: string) => {
      if (deleted === sessionId) startNew();
    },
    [sessionId, startNew],
  );

  return (
    <div
      className="app"
      data-menu={menuOpen ? "open" : undefined}
      onKeyDown={(event) => event.key === "Escape" && setMenuOpen(false)}
    >
      <nav className="sidebar" aria-label="Conversations" id="conversations">
        <SessionList list={list} current={route} onNew={startNew} onDeleted={onDeleted} />
      </nav>
      {menuOpen && <div className="scrim" onClick={() => setMenuOpen(false)} />}
      <main className="main">
        <div className="topbar">
          <button
            type="button"
            className="button button-icon"
            aria-label="Conversations"
            aria-expanded={menuOpen}
            aria-controls="conversations"
            onClick={() => setMenuOpen(!menuOpen)}
          >
            <MenuIcon />
          </button>
          <LogoIcon />
          <span className="topbar-title">{title || "Spillway"}</span>
        </div>
        <ConversationView
          key={sessionId}
          client={client}
          sessionId={sessionId}
          isNew={sessionId === draft}
          onSaved={onSaved}
        />
      </main>
    </div>
  );
}
