// Where a message is written: Enter sends, Shift+Enter starts a new line.
import { useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { AttachIcon, SendIcon } from "./icons";

interface Props {
  busy: boolean;
  onSend: (content: string) => void;
  onFiles: (files: File[]) => void;
}

export function Composer({ busy, onSend, onFiles }: Props) {
  const picker = useRef<HTMLInputElement>(null);
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
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = ""; // the same file may be chosen again
        }}
      />
      <button
        type="button"
        className="button button-attach"
        aria-label="Upload files"
        title="LAS, JSON or any other file; or drop them here"
        onClick={() => picker.current?.click()}
      >
        <AttachIcon />
      </button>
      <textarea
        aria-label="Message"
        placeholder="Show log curves for …"
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
