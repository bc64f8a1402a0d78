// Where the bytes are, what that costs, how it grew, and what went wrong.
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import type { ApiClient } from "@spillway/client";
import { toProblem, type ProblemError } from "@spillway/client";
import type { ArtifactPlace, Stats } from "@spillway/client";
import { ProblemNotice } from "../components/ProblemNotice";
import { counted, formatBytes, formatCount, formatTime } from "../format";
import { messageHash } from "../hooks/useRoute";
import { costsOf, total, type Cost } from "./costs";
import { History } from "./History";
import "./storage.css";

/** How long to wait after so many failures in a row: 2 s, 4 s … half a minute. */
function retryDelayMs(failures: number): number {
  return Math.min(30_000, 1000 * 2 ** failures);
}

function useStats(client: ApiClient) {
  const [stats, setStats] = useState<Stats | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [asked, setAsked] = useState(0);
  const failures = useRef(0);
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    client.stats(controller.signal).then(
      (got) => {
        setStats(got);
        setProblem(null);
        failures.current = 0;
      },
      (thrown: unknown) => {
        if (controller.signal.aborted) return;
        const failed = toProblem(thrown);
        setProblem(failed);
        if (failed.retryable) timer = setTimeout(() => setAsked((n) => n + 1), retryDelayMs(++failures.current));
      },
    );
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [client, asked]);
  return { stats, problem, reload: useCallback(() => setAsked((n) => n + 1), []) };
}

/** Wide tables scroll within it on a phone, so it can be focused. */
function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="storage-section" aria-label={title} tabIndex={0}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface Row {
  name: string;
  what: string;
  place: "inline" | "encoded" | "spilled";
  count: number;
  rawBytes: number;
  storedBytes: number;
}

function rowsOf({ artifacts: { inline, encoded, spilled } }: Stats): Row[] {
  return [
    {
      name: "Inline",
      what: "in the item, as they are",
      place: "inline",
      count: inline.count,
      rawBytes: inline.bytes,
      storedBytes: inline.bytes,
    },
    {
      name: "Encoded",
      what: "in the item, compressed",
      place: "encoded",
      count: encoded.count,
      rawBytes: encoded.rawBytes,
      storedBytes: encoded.encodedBytes,
    },
    {
      name: "Spilled",
      what: "in the object store",
      place: "spilled",
      count: spilled.count,
      rawBytes: spilled.rawBytes,
      storedBytes: spilled.encodedBytes,
    },
  ];
}

function Places({ stats }: { stats: Stats }) {
  const rows = rowsOf(stats);
  const stored = rows.reduce((sum, row) => sum + row.storedBytes, 0);
  const raw = rows.reduce((sum, row) => sum + row.rawBytes, 0);
  return (
    <>
      <p className="storage-lead">
        <strong className="numbers">{formatBytes(raw)}</strong> of artifacts take{" "}
        <strong className="numbers">{formatBytes(stored)}</strong>
        {raw > 0 && <> – {Math.round((stored / raw) * 100)} % of what they are</>}, in {counted(stats.messages, "message")}.
      </p>
      <div className="storage-bar" aria-hidden="true">
        {rows.map((row) => (
          <svg key={row.place} className={`bar-${row.place}`} width={`${(row.storedBytes / Math.max(1, stored)) * 100}%`} />
        ))}
      </div>
      <table className="numbers">
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Artifacts</th>
            <th scope="col">Their bytes</th>
            <th scope="col">Stored</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.place}>
              <th scope="row">
                <span className={`storage-dot dot-${row.place}`} aria-hidden="true" /> {row.name}{" "}
                <small>{row.what}</small>
              </th>
              <td>{formatCount(row.count)}</td>
              <td>{formatBytes(row.rawBytes)}</td>
              <td>{formatBytes(row.storedBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="storage-note">
        Items up to {formatBytes(stats.thresholdBytes)} stay as they are; DynamoDB refuses more than{" "}
        {formatBytes(stats.itemBytesMax)}.{" "}
        {stats.fallbacks > 0
          ? `${formatCount(stats.fallbacks)} artifacts wait in their items because the object store was away; they move out by themselves.`
          : "No artifact waits for the object store."}{" "}
        Sweeps have reclaimed {formatCount(stats.orphansReclaimed.objects)} orphans (
        {formatBytes(stats.orphansReclaimed.bytes)}) so far.
      </p>
    </>
  );
}

function money(amount: number, currency: string): string {
  const digits = amount !== 0 && amount < 0.01 ? 6 : 2;
  return `${amount.toFixed(digits)} ${currency}`;
}

function Costs({ stats }: { stats: Stats }) {
  const costs = costsOf(stats);
  const { currency } = stats.prices;
  const most = Math.max(...costs.map(total));
  const row = (cost: Cost) => (
    <tr key={cost.name}>
      <th scope="row">{cost.name}</th>
      <td>
        {money(total(cost), currency)}
        <svg className="cost-bar" width={`${most > 0 ? (total(cost) / most) * 100 : 0}%`} aria-hidden="true" />
      </td>
      <td>{money(cost.writeOnce, currency)}</td>
      <td>{money(cost.readOnce, currency)}</td>
    </tr>
  );
  return (
    <>
      <table className="numbers">
        <thead>
          <tr>
            <th scope="col">How it is kept</th>
            <th scope="col">A month</th>
            <th scope="col">Writing it once</th>
            <th scope="col">Reading it once</th>
          </tr>
        </thead>
        <tbody>{costs.map(row)}</tbody>
      </table>
      <p className="storage-note">
        Estimates of storage and requests with the prices that the server is told ({" "}
        <code>--price-…</code>): DynamoDB {stats.prices.dynamodb.storageGbMonth} and S3 {stats.prices.s3.storageGbMonth}{" "}
        {currency} for a GB in a month. Transfer, backups and indexes are not in them.
      </p>
    </>
  );
}

function Sizes({ stats }: { stats: Stats }) {
  const most = Math.max(1, ...stats.sizes.map((size) => size.count));
  const name = (upTo: number | null, i: number) =>
    upTo === null ? `over ${formatBytes(stats.sizes[i - 1]?.upToBytes ?? 0)}` : `up to ${formatBytes(upTo)}`;
  return (
    <table className="numbers storage-sizes">
      <thead>
        <tr>
          <th scope="col">Size</th>
          <th scope="col">Artifacts</th>
        </tr>
      </thead>
      <tbody>
        {stats.sizes.map((size, i) => (
          <tr key={size.upToBytes ?? "more"}>
            <th scope="row">{name(size.upToBytes, i)}</th>
            <td>
              {formatCount(size.count)}
              <svg className="cost-bar" width={`${(size.count / most) * 100}%`} aria-hidden="true" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ArtifactLink({ place, name }: { place: ArtifactPlace; name?: string | null }) {
  return <a href={messageHash(place.sessionId, place.messageId)}>{name || place.artifactId}</a>;
}

function Largest({ stats }: { stats: Stats }) {
  if (stats.largest.length === 0) return <p className="storage-note">No artifact has been stored yet.</p>;
  return (
    <table className="numbers">
      <thead>
        <tr>
          <th scope="col">Artifact</th>
          <th scope="col">Size</th>
          <th scope="col">Where</th>
        </tr>
      </thead>
      <tbody>
        {stats.largest.map((one) => (
          <tr key={`${one.messageId}/${one.artifactId}`}>
            <th scope="row">
              <ArtifactLink place={one} name={one.name} /> <small>{one.type ?? ""}</small>
            </th>
            <td>{formatBytes(one.size)}</td>
            <td>
              <span className={`storage-dot dot-${one.storage}`} aria-hidden="true" /> {one.storage}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MostUsed({ stats }: { stats: Stats }) {
  if (stats.mostUsed.length === 0)
    return <p className="storage-note">No artifact was read through this server since it started.</p>;
  return (
    <table className="numbers">
      <thead>
        <tr>
          <th scope="col">Artifact</th>
          <th scope="col">Reads since the server started</th>
        </tr>
      </thead>
      <tbody>
        {stats.mostUsed.map((one) => (
          <tr key={`${one.messageId}/${one.artifactId}`}>
            <th scope="row">
              <ArtifactLink place={one} /> <small>{one.sessionId}</small>
            </th>
            <td>{formatCount(one.reads)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Failures({ stats }: { stats: Stats }) {
  if (stats.failures.length === 0)
    return <p className="storage-note">No request failed through this server since it started.</p>;
  return (
    <ul className="failures">
      {stats.failures.map((failure) => (
        <li key={failure.requestId}>
          <time dateTime={failure.at}>{formatTime(failure.at)}</time> <strong>{failure.code}</strong> {failure.operation}:{" "}
          {failure.detail} <small>Request id {failure.requestId}</small>
        </li>
      ))}
    </ul>
  );
}

export function StoragePage({ client }: { client: ApiClient }) {
  const { stats, problem, reload } = useStats(client);
  return (
    <div className="storage-page" tabIndex={0} role="region" aria-label="Storage">
      <div className="storage-column">
        <header className="storage-head">
          <h1>Storage</h1>
          <button type="button" className="button" onClick={reload}>
            Refresh
          </button>
        </header>
        {problem && <ProblemNotice problem={problem} what="the statistics" onRetry={reload} />}
        {!stats && !problem && <p role="status">Counting…</p>}
        {stats && (
          <>
            <Section title="Where the bytes are">
              <Places stats={stats} />
            </Section>
            <Section title="What that costs">
              <Costs stats={stats} />
            </Section>
            <Section title="Over time">
              <History days={stats.history} />
            </Section>
            <div className="storage-pair">
              <Section title="Largest artifacts">
                <Largest stats={stats} />
              </Section>
              <Section title="Most used artifacts">
                <MostUsed stats={stats} />
              </Section>
            </div>
            <Section title="Artifacts by size">
              <Sizes stats={stats} />
            </Section>
            <Section title="Failures">
              <Failures stats={stats} />
            </Section>
          </>
        )}
      </div>
    </div>
  );
}
