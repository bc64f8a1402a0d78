// Where a message is written: Enter sends, Shift+Enter starts a new line.
import { useState, type FormEvent, type KeyboardEvent } from "react";
import { SendIcon } from "./icons";

interface Props {
  busy: boolean;
  onSend: (content: string) => void;
}

export function Composer({ busy, onSend }: Props) {
  const [text, setText] = useState("");
  const send = () => {
    const content = text.trim();
    if (!content || busy) return;
    setText("");
    onSend(content);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className="composer" onSubmit={onSubmit}>
      <textarea
        aria-label="Message"
        placeholder="Ask, e.g. show log curves for WELL-001"
        rows={Math.min(6, text.split("\n").length)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="button button-send" aria-label="Send" disabled={busy || text.trim() === ""}>
        <SendIcon />
      </button>
    </form>
  );
}
