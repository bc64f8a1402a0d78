// Edits the scale of one curve; what cannot be drawn is said and changes nothing.
import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import { isValid, type Scale } from "./scale";

interface Props {
  mnemonic: string;
  unit: string;
  scale: Scale;
  isChanged: boolean;
  onApply: (scale: Scale) => void;
  onReset: () => void;
  onClose: () => void;
}

/** Why a scale cannot be drawn; empty if it can. */
export function scaleProblem(leftText: string, rightText: string, kind: Scale["kind"]): string {
  const [left, right] = [numberFrom(leftText), numberFrom(rightText)];
  if (!Number.isFinite(left) || !Number.isFinite(right)) return "Both ends must be numbers.";
  if (left === right) return "The two ends must differ.";
  if (kind === "log" && (left <= 0 || right <= 0)) return "Both ends of a logarithmic scale must be above zero.";
  return isValid({ kind, left, right }) ? "" : "This scale cannot be drawn.";
}

/** Accepts a decimal comma and a typographic minus; anything else that is no plain number is NaN. */
export function numberFrom(text: string): number {
  const plain = text
    .trim()
    .replace("−", "-")
    .replace(/^([+-]?\d*),(\d+)$/, "$1.$2");
  return plain === "" || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? NaN : Number(plain);
}

export function ScaleEditor({ mnemonic, unit, scale, isChanged, onApply, onReset, onClose }: Props) {
  const [left, setLeft] = useState(String(scale.left));
  const [right, setRight] = useState(String(scale.right));
  const [kind, setKind] = useState(scale.kind);
  const [problem, setProblem] = useState("");
  const first = useRef<HTMLInputElement>(null);
  const problemId = useId();
  useEffect(() => {
    first.current?.focus();
    first.current?.select();
  }, []);
  useEffect(() => {
    setLeft(String(scale.left));
    setRight(String(scale.right));
    setKind(scale.kind);
    setProblem("");
  }, [scale]);

  // The button that resets is disabled by it, and a disabled button loses the focus.
  const reset = () => {
    onReset();
    first.current?.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = scaleProblem(left, right, kind);
    setProblem(found);
    if (!found) onApply({ kind, left: numberFrom(left), right: numberFrom(right) });
  };
  const field = { "aria-invalid": problem !== "", "aria-describedby": problemId, inputMode: "decimal" as const };
  return (
    <form
      className="plot-panel scale-editor"
      aria-label={`Scale of ${mnemonic}`}
      onSubmit={submit}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <b>
        Scale of {mnemonic} {unit && <span>{unit}</span>}
      </b>
      <label>
        Left
        <input ref={first} {...field} value={left} onChange={(event) => setLeft(event.target.value)} />
      </label>
      <label>
        Right
        <input {...field} value={right} onChange={(event) => setRight(event.target.value)} />
      </label>
      <label>
        Kind
        <select value={kind} onChange={(event) => setKind(event.target.value as Scale["kind"])}>
          <option value="linear">linear</option>
          <option value="log">logarithmic</option>
        </select>
      </label>
      <button type="submit" className="button">
        Apply
      </button>
      <button type="button" className="button" disabled={!isChanged} onClick={reset}>
        Reset
      </button>
      <button type="button" className="button button-quiet" onClick={onClose}>
        Close
      </button>
      <p id={problemId} className="scale-problem" role="alert">
        {problem && `${problem} The scale stays as it was.`}
      </p>
    </form>
  );
}
