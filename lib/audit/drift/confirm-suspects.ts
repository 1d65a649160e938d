/**
 * Confirms suspected drift, and attributes listed streams that the ledger's exports do not explain. While there is time, it queries the
 * ledger stream by stream, and for missing streams also Live. Suspects that could not be queried are counted as unconfirmed, are not
 * reported as drift, and stay without an attribution.
 */

import type { DriftFinding } from "../../archive/findings.ts";
import { codeAndStatus, OffairError } from "../../core/errors.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import type { Order } from "../../orders/order.ts";
import { attributeRow, judgeSuspect, type Suspect } from "./drift.ts";

export interface ConfirmDeps {
  /** Looks up the stream by name in Live's list of disabled streams. */
  readonly findDisabled: (stream: Stream) => Promise<{ readonly resumeTime: string | null } | undefined>;
  /** Orders of the stream, newest first. */
  readonly recentOrders: (stream: Stream) => Promise<readonly Order[]>;
  readonly now: () => Date;
  readonly timeIsUp: () => boolean;
}

/** Suspects that are confirmed at most. If there are more, the cause is larger than a list of all streams could show. */
export const MAX_CONFIRMED = 2_000;
const CONCURRENCY = 20;

export interface ConfirmResult {
  readonly findings: readonly DriftFinding[];
  /** Suspects that could not be confirmed or ruled out. */
  readonly unasked: number;
  /** Code and HTTP status of the last error because of which a suspect was not confirmed. */
  readonly error?: string;
  readonly attributed: readonly Attributed[];
}

/** A listed stream, and who put it there: the order, or somebody else. */
export interface Attributed {
  readonly stream: Stream;
  readonly to: Order | "others";
}

/** @throws only errors that are not OffairErrors. */
export async function confirmSuspects(suspects: readonly Suspect[], deps: ConfirmDeps): Promise<ConfirmResult> {
  let unasked = 0;
  let error: string | undefined;
  const attributed: Attributed[] = [];
  async function confirmInTime(suspect: Suspect, index: number): Promise<DriftFinding | undefined> {
    try {
      if (index < MAX_CONFIRMED && !deps.timeIsUp()) {
        return await confirm(suspect, deps, (stream, to) => attributed.push({ stream, to }));
      }
    } catch (failure) {
      if (!(failure instanceof OffairError)) throw failure;
      if (suspect.kind !== "over") error = codeAndStatus(failure);
    }
    if (suspect.kind !== "over") unasked += 1;
    return undefined;
  }
  const confirmed = await mapConcurrently(suspects, CONCURRENCY, confirmInTime);
  const findings = confirmed.filter((finding) => finding !== undefined);
  return { findings, unasked, attributed, ...(error !== undefined && { error }) };
}

async function confirm(
  suspect: Suspect,
  deps: ConfirmDeps,
  attribute: (stream: Stream, to: Order | "others") => void,
): Promise<DriftFinding | undefined> {
  const { findDisabled, recentOrders, now } = deps;
  const stream = "expected" in suspect ? nameOf(suspect.expected) : suspect.stream;
  const state = { askedAt: now().toISOString(), orders: await recentOrders(stream) };
  if ("row" in suspect) {
    const to = attributeRow(stream, suspect.row, state);
    if (to) attribute(stream, to);
  }
  const first = judgeSuspect(suspect, state);
  if (!first || suspect.kind !== "missing") return first;
  // The ledger is cheaper, so it is read first. It is read again after Live, because an order may have enabled the stream in between.
  const askedAt = now().toISOString();
  const entry = await findDisabled(stream);
  return judgeSuspect(suspect, { orders: await recentOrders(stream), entry, askedAt });
}
