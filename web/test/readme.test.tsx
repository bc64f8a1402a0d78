// The package as others get it: built, typed, and adopted by the very lines of its README.
// @vitest-environment node
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const web = new URL("..", import.meta.url).pathname;
const app = join(web, "node_modules", ".readme-app"); // where packages are found as an application finds them
const tsc = join(web, "node_modules", ".bin", "tsc");
const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  rmSync(join(web, "client/dist"), { recursive: true, force: true });
  run(tsc, ["-p", join(web, "client/tsconfig.json")], web);
  rmSync(app, { recursive: true, force: true });
  mkdirSync(join(app, "node_modules/@spillway"), { recursive: true });
  symlinkSync(join(web, "client"), join(app, "node_modules/@spillway/client"));
}, 120_000);
afterAll(() => rmSync(app, { recursive: true, force: true }));

describe("the package", () => {
  it("has what its package.json promises", () => {
    const { exports } = JSON.parse(readFileSync(join(web, "client/package.json"), "utf8"));
    for (const entry of Object.values(exports) as Record<string, string>[])
      for (const file of Object.values(entry)) expect(existsSync(join(web, "client", file)), file).toBe(true);
  });

  it("is adopted by the lines of its README, ten of them", () => {
    const readme = readFileSync(join(web, "client/README.md"), "utf8");
    const lines = /```tsx\n([\s\S]*?)```/.exec(readme)![1]!;
    expect(lines.trim().split("\n").length).toBeLessThanOrEqual(10);
    writeFileSync(join(app, "Chat.tsx"), lines);
    writeFileSync(
      join(app, "Note.tsx"),
      'import type { RendererProps } from "@spillway/client/react";\nexport default ({ value }: RendererProps) => <p>{String((value as { text: string }).text)}</p>;\n',
    );
    writeFileSync(
      join(app, "main.tsx"),
      `import { renderToString } from "react-dom/server";
import { Chat } from "./Chat";
const artifact = { id: "a0", position: 0, type: "note", name: "N", contentType: "application/json", size: 2, sha256: "", href: "/a",
  storage: "inline", encoding: "raw", encodedSize: 2, fallback: false, value: { text: "hello" } } as const;
const message = { id: "m", sessionId: "s", role: "user", content: "words", createdAt: "", artifacts: [artifact], storage: { itemBytes: 1, itemBytesMax: 2 } } as never;
console.log(renderToString(<Chat messages={[message]} />));
`,
    );
    const options = ["--jsx", "react-jsx", "--module", "ESNext", "--moduleResolution", "Bundler", "--target", "ES2022", "--strict", "--skipLibCheck"];
    run(tsc, [...options, "--noEmit", "main.tsx"], app);
    const bundle = join(app, "bundle.mjs");
    run(join(web, "node_modules", ".bin", "esbuild"), ["main.tsx", "--bundle", "--platform=node", "--format=esm", "--jsx=automatic", `--outfile=${bundle}`, "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"], app);
    const html = run("node", [bundle], app);
    expect(html).toMatch(/words/);
    expect(html).toMatch(/Note N/); // its frame, in the plain view
  }, 120_000);
});
