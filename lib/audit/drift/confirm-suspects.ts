/** Asks about suspects, so many at a time and for as long as there is time; what could not be asked about is counted, and nothing is said of it. */

import type { DriftFinding } from "../../archive/findings.ts";
import { OffairError } from "../../core/errors.ts";
import { nameOf, type Stream } from "../../core/stream.ts";
import type { Order } from "../../orders/order.ts";
import { type Answers, judge, type Suspect } from "./drift.ts";

export interface AskDeps {
  /** By name: its entry in Live's list of disabled streams. */
  readonly findDisabled: (stream: Stream) => Promise<{ readonly resumeTime: string | null } | undefined>;
  /** Newest first. */
  readonly recentOrders: (stream: Stream) => Promise<readonly Order[]>;
  readonly now: () => Date;
  readonly timeIsUp: () => boolean;
}

/** More than anybody reads. With more suspects than that, something is wrong that needs no list of all of them. */
export const MAX_ASKED = 2_000;
const SIDE_BY_SIDE = 20;

export interface Asked {
  readonly findings: readonly DriftFinding[];
  /** Suspects of which nothing is known. */
  readonly unasked: number;
  /** The code of the last error that left one unasked. */
  readonly error?: string;
}

/** @throws what is no OffairError. */
export async function ask(suspects: readonly Suspect[], deps: AskDeps): Promise<Asked> {
  const findings: DriftFinding[] = [];
  let unasked = 0;
  let error: string | undefined;
  for (let start = 0; start < suspects.length; start += SIDE_BY_SIDE) {
    const some = suspects.slice(start, start + SIDE_BY_SIDE);
    if (start >= MAX_ASKED || deps.timeIsUp()) {
      unasked += suspects.length - start;
      break;
    }
    const answered = await Promise.allSettled(some.map((suspect) => askOne(suspect, deps)));
    for (const each of answered) {
      if (each.status === "fulfilled") {
        if (each.value) findings.push(each.value);
        continue;
      }
      if (!(each.reason instanceof OffairError)) throw each.reason;
      unasked += 1;
      error = each.reason.code;
    }
  }
  return { findings, unasked, ...(error !== undefined && { error }) };
}

async function askOne(suspect: Suspect, deps: AskDeps): Promise<DriftFinding | undefined> {
  const { findDisabled, recentOrders, now } = deps;
  const stream = suspect.kind === "unexpected" ? suspect.stream : nameOf(suspect.expected);
  const ofLedger = async (): Promise<Answers> => {
    const askedAt = now().toISOString();
    return { orders: await recentOrders(stream), askedAt };
  };
  const first = judge(suspect, await ofLedger());
  if (!first || suspect.kind !== "missing") return first;
  // The ledger is asked once more after Live, for an order may have let it on in between. The cheaper one is asked first.
  const askedAt = now().toISOString();
  const entry = await findDisabled(stream);
  return judge(suspect, { orders: await recentOrders(stream), entry, askedAt });
}
