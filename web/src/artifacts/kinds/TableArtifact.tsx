// A table: columns that sort, rows as many as there are.
import { isJson, type RendererProps } from "@spillway/client/react";
import { useMemo, useState } from "react";
import { formatCount } from "../../format";
import { decodeText } from "./decodeText";
import { isNumeric, sortedRows, tableOfCsv, tableOfJson } from "./table";
import { Windowed } from "./Windowed";
import "./kinds.css";

const ROW_HEIGHT = 30;

export default function TableArtifact({ artifact, bytes }: RendererProps) {
  const table = useMemo(() => {
    const { text } = decodeText(bytes ?? new Uint8Array());
    return isJson(artifact) ? tableOfJson(text) : tableOfCsv(text);
  }, [artifact, bytes]);
  const [sort, setSort] = useState<{ column: number; descending: boolean } | null>(null);
  const order = useMemo(
    () => (sort ? sortedRows(table, sort.column, sort.descending) : Array.from(table.rows.keys())),
    [table, sort],
  );
  const numeric = useMemo(() => table.columns.map((_, i) => isNumeric(table, i)), [table]);
  const direction = (column: number) =>
    sort?.column !== column ? "none" : sort.descending ? "descending" : "ascending";
  const name = artifact.name || artifact.id;
  return (
    <div className="kind-table">
      <Windowed rows={order.length} rowHeight={ROW_HEIGHT} label={`Table ${name}`}>
        {(from, to) => (
          <table className="numbers" aria-rowcount={order.length + 1}>
            <thead>
              <tr>
                {table.columns.map((column, i) => (
                  <th key={i} scope="col" aria-sort={direction(i)} className={numeric[i] ? "is-number" : undefined}>
                    <button
                      type="button"
                      onClick={() =>
                        setSort({ column: i, descending: sort?.column === i ? !sort.descending : false })
                      }
                    >
                      {column || `Column ${i + 1}`}
                      <span aria-hidden="true">
                        {{ none: "", ascending: " ↑", descending: " ↓" }[direction(i)]}
                      </span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {order.slice(from, to).map((row, i) => (
                <tr key={row} aria-rowindex={from + i + 2}>
                  {table.columns.map((_, column) => (
                    <td key={column} className={numeric[column] ? "is-number" : undefined}>
                      {table.rows[row]![column] ?? ""}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Windowed>
      <p className="kind-note">
        {formatCount(order.length)} rows of {formatCount(table.columns.length)} columns
        {table.notes.map((note) => `; ${note}`)}
      </p>
    </div>
  );
}
