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
