/** What the object of a snapshot is called. */
import { partition } from "./object-names.ts";

/** `snapshots/domain=…/dt=YYYY-MM-DD/HHMMSSZ.ndjson.gz`: partitions as query engines know them, named by the slot. */
export const snapshotName = (domain: string, slot: Date): string =>
  `snapshots/domain=${encodeURIComponent(domain)}/${partition(slot)}.ndjson.gz`;
