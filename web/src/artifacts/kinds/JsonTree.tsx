// JSON as a tree: branches open on demand, numbers keep every digit. Keyboard as the ARIA tree pattern has it.
import { isLosslessNumber, parse } from "lossless-json";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { formatCount } from "../../format";
import "./kinds.css";

type Branch = unknown[] | Record<string, unknown>;
const isBranch = (value: unknown): value is Branch =>
  typeof value === "object" && value !== null && !isLosslessNumber(value);

/** Children shown at once; the others come by the button behind them. */
const PAGE = 100;

function childrenOf(value: Branch): [string, unknown][] {
  return Array.isArray(value) ? value.map((child, i) => [String(i), child]) : Object.entries(value);
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === "string") return <span>{JSON.stringify(value)}</span>;
  return <span className="json-literal">{isLosslessNumber(value) ? value.toString() : String(value)}</span>;
}

function Node({ name, value, level }: { name: string | null; value: unknown; level: number }) {
  const [open, setOpen] = useState(level === 1);
  const [shown, setShown] = useState(PAGE);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    // The tree's keys open and close branches by this event: their state is here.
    const onToggle = (event: Event) => {
      event.stopPropagation();
      setOpen((event as CustomEvent<boolean>).detail);
    };
    const element = item.current;
    element?.addEventListener("json-toggle", onToggle);
    return () => element?.removeEventListener("json-toggle", onToggle);
  }, []);
  const label = name !== null && <span className="json-key">{name}: </span>;
  if (!isBranch(value))
    return (
      <li role="treeitem" tabIndex={-1} aria-level={level}>
        {label}
        <Leaf value={value} />
      </li>
    );
  const children = open ? childrenOf(value) : [];
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  const [left, right] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return (
    <li role="treeitem" tabIndex={level === 1 ? 0 : -1} aria-level={level} aria-expanded={open} ref={item}>
      <span className="json-branch" onClick={() => setOpen(!open)}>
        {label}
        {left}
        {!open && (count > 0 ? ` ${formatCount(count)} ${count === 1 ? "entry" : "entries"} ` : "")}
        {!open && right}
      </span>
      {open && (
        <ul role="group">
          {children.slice(0, shown).map(([key, child]) => (
            <Node key={key} name={key} value={child} level={level + 1} />
          ))}
          {children.length > shown && (
            <li role="none">
              <button type="button" className="button" onClick={() => setShown(shown + 10 * PAGE)}>
                Show more of {formatCount(children.length)}
              </button>
            </li>
          )}
        </ul>
      )}
      {open && <span>{right}</span>}
    </li>
  );
}

export function JsonTree({ text, name }: { text: string; name: string }) {
  const value = useMemo(() => parse(text), [text]);
  const tree = useRef<HTMLUListElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const current = (event.target as Element).closest<HTMLElement>('[role="treeitem"]');
    if (!current || !tree.current) return;
    const items = [...tree.current.querySelectorAll<HTMLElement>('[role="treeitem"]')];
    const at = items.indexOf(current);
    const expanded = current.getAttribute("aria-expanded");
    const toggle = (open: boolean) => current.dispatchEvent(new CustomEvent("json-toggle", { detail: open }));
    const focus = (item: HTMLElement | null | undefined) => {
      if (!item) return;
      items.forEach((other) => (other.tabIndex = -1));
      item.tabIndex = 0;
      item.focus();
    };
    const parent = current.parentElement?.closest<HTMLElement>('[role="treeitem"]');
    const actions: Record<string, () => void> = {
      ArrowDown: () => focus(items[at + 1]),
      ArrowUp: () => focus(items[at - 1]),
      Home: () => focus(items[0]),
      End: () => focus(items[items.length - 1]),
      ArrowRight: () => (expanded === "false" ? toggle(true) : expanded === "true" && focus(items[at + 1])),
      ArrowLeft: () => (expanded === "true" ? toggle(false) : focus(parent)),
      Enter: () => expanded !== null && toggle(expanded === "false"),
    };
    const action = actions[event.key];
    if (!action || (event.target as Element).closest("button")) return;
    event.preventDefault();
    action();
  };
  return (
    <ul className="json-tree" role="tree" aria-label={`JSON of ${name}`} ref={tree} onKeyDown={onKeyDown}>
      <Node name={null} value={value} level={1} />
    </ul>
  );
}
