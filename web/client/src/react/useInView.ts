// Whether an element is on the screen or about to be.
import { useEffect, useState, type RefObject } from "react";

/** Artifacts begin to load this far outside the visible part. */
const MARGIN = "240px";

/** Where the browser cannot tell, everything counts as seen: data too early beats data never. */
export function useInView(element: RefObject<Element | null>): boolean {
  const [inView, setInView] = useState(() => typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (!element.current || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver((entries) => setInView(entries[entries.length - 1]!.isIntersecting), {
      rootMargin: MARGIN,
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return inView;
}
