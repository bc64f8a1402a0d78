// Other kinds of artifacts: nothing is lost or interpreted, and hostile data stays data.
import type { Artifact } from "@spillway/client";
import { rendererFor } from "@spillway/client/react";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import "../src/artifacts/renderers";
import { decodeText } from "../src/artifacts/kinds/decodeText";
import ImageArtifact from "../src/artifacts/kinds/ImageArtifact";
import { JsonTree } from "../src/artifacts/kinds/JsonTree";
import { sortedRows, tableOfCsv, tableOfJson, TableError } from "../src/artifacts/kinds/table";
import TableArtifact from "../src/artifacts/kinds/TableArtifact";
import TextArtifact from "../src/artifacts/kinds/TextArtifact";

afterEach(cleanup);

const bytes = (text: string) => new TextEncoder().encode(text);
const of = (more: Partial<Artifact>) => ({ id: "a", name: "N", type: null, contentType: "text/plain", href: "/a", ...more }) as Artifact;

describe("which renderer", () => {
  it("goes by the artifact's own type, then its media type, then the family", () => {
    const label = (type: string | null, contentType: string) => rendererFor(of({ type, contentType }))?.label;
    expect(label("logPlotViewer", "application/json")).toBe("Log plot");
    expect(label("vega-lite", "application/json")).toBe("Chart");
    expect(label(null, "text/CSV; charset=utf-8")).toBe("Table");
    expect(label(null, "text/html")).toBe("Text");
    expect(label(null, "image/svg+xml")).toBe("Image");
    expect(label(null, "application/pdf")).toBe("Document");
    expect(label("unheard-of", "application/json")).toBeUndefined();
    expect(label(null, "application/octet-stream")).toBeUndefined();
  });
});

describe("a table", () => {
  it("keeps every digit and every cell", () => {
    const digits = "1234567890123456789.10";
    expect(tableOfCsv(`a,b\n${digits},"x, ""y"""\n`)).toEqual({ columns: ["a", "b"], rows: [[digits, 'x, "y"']], notes: [] });
    const json = tableOfJson(`[{"n":${digits},"deep":{"k":1.50}},{"other":null,"n":true}]`);
    expect(json.columns).toEqual(["n", "deep", "other"]);
    expect(json.rows).toEqual([
      [digits, '{"k":1.50}', ""],
      ["true", "", ""],
    ]);
    expect(tableOfJson('{"columns":["A",{"name":"B"}],"rows":[[1,2.0],[3]]}')).toMatchObject({
      columns: ["A", "B"],
      rows: [["1", "2.0"], ["3"]],
    });
  });

  it("says what is odd, and refuses what is none", () => {
    expect(tableOfCsv("a,b\n1\n1,2,3\n").notes[0]).toMatch(/2 rows/);
    expect(tableOfCsv("a\n1,2\n").columns).toEqual(["a", "Column 2"]);
    for (const none of ["{}", "7", '{"rows":7}']) expect(() => tableOfJson(none)).toThrow(TableError);
    expect(() => tableOfCsv("")).toThrow(TableError);
  });

  it("sorts numbers as numbers, texts as texts, and the empty last", () => {
    const table = tableOfCsv("n,t\n10,b\n9,a\n,\n1e1,B\n");
    expect(sortedRows(table, 0, false)).toEqual([1, 0, 3, 2]);
    expect(sortedRows(table, 0, true)).toEqual([0, 3, 1, 2]);
    expect(sortedRows(table, 1, false)).toEqual([3, 1, 0, 2]);
  });

  it("sorts by its heads, and names like __proto__ are names", () => {
    render(<TableArtifact artifact={of({ contentType: "text/csv" })} value={undefined} bytes={bytes("__proto__,<b>x</b>\n2,p\n1,q\n")} />);
    const cells = () => screen.getAllByRole("cell").map((cell) => cell.textContent);
    expect(cells()).toEqual(["2", "p", "1", "q"]);
    fireEvent.click(screen.getByRole("button", { name: "__proto__" }));
    expect(cells()).toEqual(["1", "q", "2", "p"]);
    expect(screen.getAllByRole("columnheader")[0]!.getAttribute("aria-sort")).toBe("ascending");
    expect(screen.getByRole("button", { name: "<b>x</b>" })).toBeTruthy();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("of very many rows has few elements, and says how many there are", () => {
    const text = `n\n${Array.from({ length: 100_000 }, (_, i) => i).join("\n")}\n`;
    render(<TableArtifact artifact={of({ contentType: "text/csv" })} value={undefined} bytes={bytes(text)} />);
    expect(screen.getAllByRole("row").length).toBeLessThan(120);
    expect(screen.getByText(/100,000 rows/)).toBeTruthy();
  });
});

describe("a text", () => {
  it("is shown as it is, whatever it pretends to be", () => {
    const html = "<script>globalThis.ran = 1</script>\n<img src=x onerror=alert(1)>";
    render(<TextArtifact artifact={of({ contentType: "text/html" })} value={undefined} bytes={bytes(html)} />);
    expect(document.querySelector("pre")!.textContent).toBe(html);
    expect(document.querySelector("script, img")).toBeNull();
  });

  it("says which encoding was assumed", () => {
    expect(decodeText(bytes("é"))).toEqual({ text: "é", note: "" });
    expect(decodeText(new Uint8Array([0xff, 0xfe, 0xe9, 0]))).toEqual({ text: "é", note: "UTF-16" });
    expect(decodeText(new Uint8Array([0xe9]))).toEqual({ text: "é", note: "not UTF-8, shown as Latin-1" });
  });
});

describe("an image", () => {
  it("is an <img>, in which SVG is inert", () => {
    render(<ImageArtifact artifact={of({ contentType: "image/svg+xml", href: "/v1/x?sha256=1" })} value={undefined} />);
    expect(screen.getByRole("img", { name: "N" }).getAttribute("src")).toBe("/v1/x?sha256=1");
    expect(document.querySelector("svg, object, embed, iframe")).toBeNull();
  });
});

describe("a tree", () => {
  it("keeps every digit, and opens and closes by keyboard", () => {
    render(<JsonTree text={'{"n": 12345678901234567890.50, "list": [1, {"<b>": "</ul>"}]}'} name="N" />);
    expect(screen.getByText("12345678901234567890.50")).toBeTruthy();
    const root = screen.getAllByRole("treeitem")[0]!;
    root.focus();
    fireEvent.keyDown(root, { key: "End" });
    const list = document.activeElement as HTMLElement;
    expect(list.textContent).toMatch(/list/);
    fireEvent.keyDown(list, { key: "ArrowRight" });
    expect(list.getAttribute("aria-expanded")).toBe("true");
    fireEvent.keyDown(list, { key: "ArrowRight" });
    expect(document.activeElement!.textContent).toMatch(/0: 1/);
    fireEvent.keyDown(document.activeElement!, { key: "ArrowLeft" });
    expect(document.activeElement).toBe(list);
    fireEvent.keyDown(list, { key: "ArrowLeft" });
    expect(list.getAttribute("aria-expanded")).toBe("false");
  });

  it("of very many entries shows some, says so, and shows more", () => {
    render(<JsonTree text={JSON.stringify(Array.from({ length: 5000 }, (_, i) => i))} name="N" />);
    expect(screen.getAllByRole("treeitem")).toHaveLength(101);
    fireEvent.click(screen.getByRole("button", { name: "Show more of 5,000" }));
    expect(screen.getAllByRole("treeitem")).toHaveLength(1101);
  });
});
