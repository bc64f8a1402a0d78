// PDF pages as pictures, drawn when they come into view. PDF.js runs none of a document's scripts; its worker is our own file.
import type { RendererProps } from "@spillway/client/react";
import { useInView } from "@spillway/client/react";
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { CannotDraw } from "./CannotDraw";
import "./kinds.css";

GlobalWorkerOptions.workerSrc = workerUrl;

/** Shown at once; a document may claim any number. */
const PAGES = 50;

function Page({ pdf, number, name }: { pdf: PDFDocumentProxy; number: number; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const inView = useInView(canvas);
  const drawn = useRef(false);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    if (!inView && drawn.current && canvas.current) {
      drawn.current = false;
      canvas.current.width = canvas.current.height = 0; // pages far away take no memory
    }
    if (!inView || drawn.current) return;
    drawn.current = true;
    void (async () => {
      try {
        const page = await pdf.getPage(number);
        const target = canvas.current;
        if (!target) return;
        const natural = page.getViewport({ scale: 1 });
        const ratio = Math.min(3, devicePixelRatio * (target.clientWidth / natural.width));
        const viewport = page.getViewport({ scale: ratio });
        target.width = Math.round(viewport.width);
        target.height = Math.round(viewport.height);
        await page.render({ canvasContext: target.getContext("2d")!, viewport }).promise;
        const { items } = await page.getTextContent();
        target.textContent = items.map((item) => ("str" in item ? item.str : "")).join(" "); // for screen readers
      } catch (thrown) {
        setFailure(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    })();
  }, [inView, pdf, number]);
  if (failure) return <p role="alert">Page {number} cannot be drawn: {failure.message}</p>;
  return <canvas ref={canvas} className="pdf-page" role="img" aria-label={`Page ${number} of ${name}`} />;
}

export default function PdfArtifact({ artifact, bytes }: RendererProps) {
  const [pdf, setPdf] = useState<PDFDocumentProxy | null>(null);
  const [shown, setShown] = useState(PAGES);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    // A copy: PDF.js hands the bytes over to its worker, and ours are shared.
    const task = getDocument({ data: (bytes ?? new Uint8Array()).slice(), isEvalSupported: false, enableXfa: false });
    task.promise.then(setPdf, (thrown: unknown) => setFailure(thrown instanceof Error ? thrown : new Error(String(thrown))));
    return () => void task.destroy();
  }, [bytes]);
  if (failure) return <CannotDraw what="document" why={failure.message} />;
  if (!pdf) return <p role="status" className="kind-note">Opening the document…</p>;
  const name = artifact.name || artifact.id;
  const pages = Math.min(shown, pdf.numPages);
  return (
    <div className="kind-pdf" role="region" aria-label={`Pages of ${name}`} tabIndex={0}>
      {Array.from({ length: pages }, (_, i) => (
        <Page key={i} pdf={pdf} number={i + 1} name={name} />
      ))}
      {pages < pdf.numPages && (
        <button type="button" className="button" onClick={() => setShown(shown + PAGES)}>
          Show more of {pdf.numPages} pages
        </button>
      )}
    </div>
  );
}
