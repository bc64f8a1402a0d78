// Bytes as text: UTF-8 or UTF-16 by their mark, else UTF-8, else Latin-1, and what was assumed is said.

export interface DecodedText {
  text: string;
  note: string; // empty for UTF-8
}

export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder("utf-16le").decode(bytes), note: "UTF-16" };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder("utf-16be").decode(bytes), note: "UTF-16" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), note: "" };
  } catch {
    return { text: new TextDecoder("latin1").decode(bytes), note: "not UTF-8, shown as Latin-1" };
  }
}
