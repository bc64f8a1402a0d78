// What else is in the conversation around an artifact, for renderers that show several together.
import { createContext } from "react";
import type { Message } from "@spillway/client";

export const ConversationMessages = createContext<readonly Message[]>([]);
