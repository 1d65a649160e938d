/** What the object of a snapshot is called, and what pins every object: its hash. */
import { createHash } from "node:crypto";
import { partition } from "./slots.ts";

/** `snapshots/domain=…/dt=YYYY-MM-DD/HHMMSSZ.ndjson.gz`: partitions as query engines know them, named by the slot. */
export const snapshotName = (domain: string, slot: Date): string =>
  `snapshots/domain=${encodeURIComponent(domain)}/${partition(slot)}.ndjson.gz`;

/** Of bytes as stored. */
export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
