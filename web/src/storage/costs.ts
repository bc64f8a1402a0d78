// What keeping the stored bytes costs in a month, as they are and as they would be without Spillway. Pure.
// Sources: Amazon DynamoDB pricing (on demand; items are billed by stored GB), Amazon S3 pricing (Standard).
import type { Stats } from "../api/types";

const GB = 1e9;
const WRITE_UNIT_BYTES = 1024; // a write request unit covers 1 KB, a transaction takes two
const READ_UNIT_BYTES = 4096; // a read request unit covers 4 KB, read strongly
/** About what a message takes in its item beside its artifacts, and a reference with its manifest entry. */
const MESSAGE_BYTES = 500;
const REFERENCE_BYTES = 750;
const LEDGER_BYTES = 300;

export interface Cost {
  name: string;
  monthly: { dynamodb: number; s3: number };
  /** Writing, and reading, everything that is stored once. */
  writeOnce: number;
  readOnce: number;
}

const units = (bytes: number, unitBytes: number) => Math.ceil(bytes / unitBytes);

interface Kept {
  itemBytes: number; // in items, in all
  objectBytes: number;
  objects: number;
  transactional: number; // bytes of items written by transactions, which bill twice
}

function costOf(name: string, kept: Kept, { prices }: Stats): Cost {
  const million = (count: number, price: number) => (count / 1e6) * price;
  const writes = units(kept.itemBytes + kept.transactional, WRITE_UNIT_BYTES);
  return {
    name,
    monthly: {
      dynamodb: (kept.itemBytes / GB) * prices.dynamodb.storageGbMonth,
      s3: (kept.objectBytes / GB) * prices.s3.storageGbMonth,
    },
    writeOnce: million(writes, prices.dynamodb.writeMillion) + million(kept.objects, prices.s3.putMillion),
    readOnce:
      million(units(kept.itemBytes, READ_UNIT_BYTES), prices.dynamodb.readMillion) +
      million(kept.objects, prices.s3.getMillion),
  };
}

/** As it is; all in items, cut into pieces that fit; all in objects, as an application would offload by hand. */
export function costsOf(stats: Stats): [Cost, Cost, Cost] {
  const { inline, encoded, spilled } = stats.artifacts;
  const messages = stats.messages * MESSAGE_BYTES;
  const rawBytes = inline.bytes + encoded.rawBytes + spilled.rawBytes;
  const count = inline.count + encoded.count + spilled.count;
  const references = spilled.count * (REFERENCE_BYTES + LEDGER_BYTES);
  const actual: Kept = {
    itemBytes: messages + inline.bytes + encoded.encodedBytes + references,
    objectBytes: spilled.encodedBytes,
    objects: spilled.count,
    transactional: references,
  };
  const allInItems: Kept = {
    itemBytes: messages + rawBytes,
    objectBytes: 0,
    objects: 0,
    transactional: 0,
  };
  const allInObjects: Kept = {
    itemBytes: messages + count * REFERENCE_BYTES,
    objectBytes: rawBytes,
    objects: count,
    transactional: 0,
  };
  return [
    costOf("As it is stored", actual, stats),
    costOf("All in DynamoDB, cut into items", allInItems, stats),
    costOf("Every artifact in S3, uncompressed", allInObjects, stats),
  ];
}

export function total(cost: Cost): number {
  return cost.monthly.dynamodb + cost.monthly.s3;
}
