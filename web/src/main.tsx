// Starts the viewer.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./artifacts/renderers";
import "./styles/tokens.css";
import "./styles/app.css";
import "./styles/artifact.css";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
