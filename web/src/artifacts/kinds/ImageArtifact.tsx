// Images. As an <img> even SVG is inert: no scripts, no links, nothing from elsewhere (SVG 2, "secure static mode").
import type { RendererProps } from "@spillway/client/react";
import { useState } from "react";
import { CannotDraw } from "./CannotDraw";
import "./kinds.css";

export default function ImageArtifact({ artifact }: RendererProps) {
  const [size, setSize] = useState("");
  const [broken, setBroken] = useState(false);
  if (broken) return <CannotDraw what="image" why={`the browser knows no way to show these bytes as ${artifact.contentType}.`} />;
  return (
    <figure className="kind-image">
      <img
        src={artifact.href}
        alt={artifact.name || "Image"}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
          setSize(naturalWidth ? `${naturalWidth} × ${naturalHeight}` : "")
        }
        onError={() => setBroken(true)}
      />
      {size && <figcaption className="numbers">{size}</figcaption>}
    </figure>
  );
}
