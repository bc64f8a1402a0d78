// Text as it is: every line, nothing interpreted.
import type { RendererProps } from "@spillway/client/react";
import { useMemo } from "react";
import { counted } from "../../format";
import { decodeText } from "./decodeText";
import { Windowed } from "./Windowed";
import "./kinds.css";

const LINE_HEIGHT = 20;

export default function TextArtifact({ artifact, bytes }: RendererProps) {
  const { text, note } = useMemo(() => decodeText(bytes ?? new Uint8Array()), [bytes]);
  const lines = useMemo(() => text.split(/\r\n|\n|\r/), [text]);
  const name = artifact.name || artifact.id;
  return (
    <div className="kind-text">
      <Windowed rows={lines.length} rowHeight={LINE_HEIGHT} label={`Text of ${name}`}>
        {(from, to) => <pre>{lines.slice(from, to).join("\n")}</pre>}
      </Windowed>
      <p className="kind-note">
        {counted(lines.length, "line")}
        {note && `; ${note}`}
      </p>
    </div>
  );
}
