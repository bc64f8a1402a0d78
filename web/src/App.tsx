// The page: conversations on the left, one conversation on the right, the address saying which.
import { useCallback, useEffect, useState } from "react";
import { ApiClient } from "./api/client";
import { ConversationView } from "./components/ConversationView";
import { LogoIcon, MenuIcon } from "./components/icons";
import { SessionList } from "./components/SessionList";
import { useEvents } from "./hooks/useEvents";
import { sessionHash, useRoute } from "./hooks/useRoute";
import { useSessions } from "./hooks/useSessions";
import { StoragePage } from "./storage/StoragePage";
import { randomId } from "./id";

/** Many changes at once, as an import makes them, are one new list. */
const RELOAD_MS = 400;

const defaultClient = new ApiClient();

export function App({ client = defaultClient }: { client?: ApiClient }) {
  const route = useRoute();
  const [draft, setDraft] = useState(randomId); // the id a new conversation will get
  const [menuOpen, setMenuOpen] = useState(false);
  const list = useSessions(client);
  const { reload } = list;
  const events = useEvents(client);
  const sessionId = route.sessionId ?? draft;
  const onStorage = route.page === "storage";
  const title = list.sessions?.find((session) => session.id === sessionId)?.title;

  useEffect(() => setMenuOpen(false), [route]);
  useEffect(() => {
    document.title = onStorage ? "Storage – Spillway" : title ? `${title} – Spillway` : "Spillway";
  }, [title, onStorage]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = events(() => {
      clearTimeout(timer);
      timer = setTimeout(reload, RELOAD_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [events, reload]);

  const startNew = useCallback(() => {
    setDraft(randomId());
    location.hash = "#/";
  }, []);

  const onSaved = useCallback(() => {
    if (!location.hash.startsWith(sessionHash(sessionId))) location.hash = sessionHash(sessionId);
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
        <SessionList
          list={list}
          current={route.sessionId}
          onStorage={onStorage}
          onNew={startNew}
          onDeleted={onDeleted}
        />
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
          <span className="topbar-title">{onStorage ? "Storage" : title || "Spillway"}</span>
        </div>
        {onStorage ? (
          <StoragePage client={client} />
        ) : (
          <ConversationView
            key={sessionId}
            client={client}
            sessionId={sessionId}
            messageId={route.messageId}
            isNew={sessionId === draft}
            onSaved={onSaved}
            events={events}
          />
        )}
      </main>
    </div>
  );
}
