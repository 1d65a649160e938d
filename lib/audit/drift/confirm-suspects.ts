/** Asks about suspects, so many at a time and for as long as there is time; what could not be asked about is counted, and nothing is said of it. */

import type { DriftFinding } from "../../archive/findings.ts";
import { OffairError } from "../../core/errors.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import type { Order } from "../../orders/order.ts";
import { type Answers, judgeExpected, type Suspect } from "./drift.ts";

export interface ConfirmDeps {
  /** By name: its entry in Live's list of disabled streams. */
  readonly findDisabled: (stream: Stream) => Promise<{ readonly resumeTime: string | null } | undefined>;
  /** Newest first. */
  readonly recentOrders: (stream: Stream) => Promise<readonly Order[]>;
  readonly now: () => Date;
  readonly timeIsUp: () => boolean;
}

/** More than anybody reads. With more suspects than that, something is wrong that needs no list of all of them. */
export const MAX_CONFIRMED = 2_000;
const CONCURRENCY = 20;

export interface ConfirmResult {
  readonly findings: readonly DriftFinding[];
  /** Suspects of which nothing is known. */
  readonly unasked: number;
  /** The code of the last error that left one unasked. */
  readonly error?: string;
}

/** @throws what is no OffairError. */
export async function confirmSuspects(suspects: readonly Suspect[], deps: ConfirmDeps): Promise<ConfirmResult> {
  let unasked = 0;
  let error: string | undefined;
  async function confirm(suspect: Suspect, index: number): Promise<DriftFinding | undefined> {
    try {
      if (index < MAX_CONFIRMED && !deps.timeIsUp()) return await askOne(suspect, deps);
    } catch (failure) {
      if (!(failure instanceof OffairError)) throw failure;
      error = failure.code;
    }
    unasked += 1;
    return undefined;
  }
  const confirmed = await mapConcurrently(suspects, CONCURRENCY, confirm);
  const findings = confirmed.filter((finding) => finding !== undefined);
  return { findings, unasked, ...(error !== undefined && { error }) };
}

async function askOne(suspect: Suspect, deps: ConfirmDeps): Promise<DriftFinding | undefined> {
  const { findDisabled, recentOrders, now } = deps;
  const stream = suspect.kind === "unexpected" ? suspect.stream : nameOf(suspect.expected);
  const ofLedger = async (): Promise<Answers> => {
    const askedAt = now().toISOString();
    return { orders: await recentOrders(stream), askedAt };
  };
  const first = judgeExpected(suspect, await ofLedger());
  if (!first || suspect.kind !== "missing") return first;
  // The ledger is asked once more after Live, for an order may have let it on in between. The cheaper one is asked first.
  const askedAt = now().toISOString();
  const entry = await findDisabled(stream);
  return judgeExpected(suspect, { orders: await recentOrders(stream), entry, askedAt });
}
