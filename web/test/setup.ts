// What every browser has, and Node.js 18 (Debian 12's) keeps under another name.
import { webcrypto } from "node:crypto";

if (globalThis.crypto === undefined) Object.defineProperty(globalThis, "crypto", { value: webcrypto });
