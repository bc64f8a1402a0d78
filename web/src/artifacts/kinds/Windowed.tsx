// A long list of rows of one height of which only those in view exist. Nothing is left out: scrolling shows them all.
import { useRef, useState, type ReactNode } from "react";

interface Props {
  rows: number;
  rowHeight: number; // CSS pixels
  label: string;
  header?: ReactNode;
  children: (from: number, to: number) => ReactNode;
}

/** Rows beyond the window on either side, so that scrolling finds them drawn. */
const MARGIN = 20;
/** Browsers lay out no taller elements reliably; longer lists are scrolled in proportion. */
const HEIGHT_MAX = 8e6;

export function Windowed({ rows, rowHeight, label, header, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const height = Math.min(HEIGHT_MAX, rows * rowHeight);
  const shownHeight = box.current?.clientHeight || 420;
  const shown = Math.ceil(shownHeight / rowHeight);
  const share = height > shownHeight ? top / (height - shownHeight) : 0;
  const first = Math.round(share * Math.max(0, rows - shown));
  const from = Math.max(0, first - MARGIN);
  const to = Math.min(rows, first + shown + MARGIN);
  const offset = Math.max(0, Math.min(height, top) - (first - from) * rowHeight);
  return (
    <div
      className="windowed"
      ref={box}
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      {header}
      <svg className="windowed-space" width="1" height={Math.max(1, offset)} aria-hidden="true" />
      {children(from, to)}
      <svg className="windowed-space" width="1" height={Math.max(1, height - offset - (to - from) * rowHeight)} aria-hidden="true" />
    </div>
  );
}
