// What a conversation without messages shows: what can be asked, and one click to ask it.
import { LogoIcon } from "./icons";

const EXAMPLE = "show log curves for WELL-001";

export function Welcome({ onAsk }: { onAsk: (content: string) => void }) {
  return (
    <div className="welcome">
      <LogoIcon />
      <h1>Ask about a well</h1>
      <p>
        Answers come with their data: every sample of every curve, whatever its size. What does not fit beside the
        message is kept in the object store and loaded when you look at it.
      </p>
      <button type="button" className="example" onClick={() => onAsk(EXAMPLE)}>
        {EXAMPLE}
        <span aria-hidden="true">→</span>
      </button>
    </div>
  );
}
