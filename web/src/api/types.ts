// The shapes of the artifact API, as its OpenAPI document gives them.

export type Role = "user" | "assistant" | "system" | "tool";
export type StoredAs = "inline" | "encoded" | "spilled";

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  retryable: boolean;
}

export interface Reference {
  type: "s3_reference";
  bucket: string;
  key: string;
  size: number;
  contentType: string;
  originalType: string | null;
  uploadedAt: string;
  chatSessionId: string;
  sha256: string;
  encoding: string;
  encodedSize: number;
}

export interface Artifact {
  id: string;
  position: number;
  type: string | null;
  name: string | null;
  contentType: string;
  size: number;
  sha256: string;
  href: string;
  storage: StoredAs;
  encoding: string;
  encodedSize: number;
  fallback: boolean;
  value?: unknown;
  valueBase64?: string;
  reference?: Reference;
  error?: ProblemBody;
}

export interface Message {
  id: string;
  sessionId: string;
  role: Role;
  content: string;
  createdAt: string;
  artifacts: Artifact[];
  storage: { itemBytes: number; itemBytesMax: number };
  reply?: Message;
}

export interface Session {
  id: string;
  title: string;
  createdAt: string;
  lastMessageAt: string;
}

export interface SessionPage {
  sessions: Session[];
  nextCursor: string | null;
}

/** Something that changed on the server; "reset": events may have been missed, read again what is shown. */
export interface ServerEvent {
  kind: "message" | "message-removed" | "artifact" | "artifact-removed" | "session-removed" | "reset";
  sessionId?: string;
  messageId?: string;
  artifactId?: string;
}

export interface Stored {
  count: number;
  rawBytes: number;
  encodedBytes: number;
}

export interface ArtifactPlace {
  sessionId: string;
  messageId: string;
  artifactId: string;
}

export interface Prices {
  currency: string;
  dynamodb: { storageGbMonth: number; writeMillion: number; readMillion: number };
  s3: { storageGbMonth: number; putMillion: number; getMillion: number };
}

export interface Day {
  day: string;
  messages: number;
  inlineBytes: number;
  encodedBytes: number;
  spilledBytes: number;
}

export interface Stats {
  messages: number;
  artifacts: { inline: { count: number; bytes: number }; encoded: Stored; spilled: Stored };
  sizes: { upToBytes: number | null; count: number }[];
  fallbacks: number;
  orphansReclaimed: { objects: number; bytes: number };
  itemBytesMax: number;
  thresholdBytes: number;
  history: Day[];
  largest: (ArtifactPlace & { name: string | null; type: string | null; size: number; storage: StoredAs })[];
  mostUsed: (ArtifactPlace & { reads: number })[];
  failures: { at: string; code: string; operation: string; detail: string; requestId: string }[];
  prices: Prices;
}

export interface MessagePage {
  messages: Message[];
  nextCursor: string | null;
}

export interface NewMessage {
  role: Role;
  content: string;
  artifacts?: unknown[];
  onFailure?: "refuse" | "placeholder";
  respond?: boolean;
}
