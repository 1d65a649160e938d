/** What the doctor looks at, each thing by itself, and who judges what is found. */

import type { ReviewStore } from "../../decisions/report-store.ts";
import type { Priority } from "../../queue/priority.ts";
import type { ModeStore } from "../../safeguards/stores.ts";
import { judgeKey, type KeyHealth } from "./check-live.ts";
import { judgeFrozen, judgeMode, judgeReviews, judgeSubscribers, type Subscriber } from "./check-operations.ts";
import { type ChainHead, judgeDeadLetters, judgeHead, judgeQueue, type QueueDepth } from "./check-queues.ts";
import type { Judged } from "./check-result.ts";

export type DeadLetters = Priority | "audit";

export interface LookDeps {
  readonly ingestDomains: readonly string[];
  readonly live: {
    /** A harmless call: one row of the list of disabled streams. @returns what Live's clock showed, where the answer told. */
    lookAtDisabled(domain: string, deadline: AbortSignal): Promise<Date | undefined>;
    /** The same of the streams that are live. */
    lookAtOnline(domain: string, deadline: AbortSignal): Promise<void>;
    /** What to do about an error of these two; undefined: it is none of Live's. */
    remedyOf(failure: unknown, list: "disabled" | "online"): string | undefined;
  };
  /** What all functions know of the worker's access key; undefined: it was never used. */
  readonly readWorkerKey: () => Promise<KeyHealth | undefined>;
  readonly depthOf: (
    queue: { readonly queue: Priority } | { readonly deadLetters: DeadLetters },
  ) => Promise<QueueDepth>;
  /** Undefined while there is no chain. */
  readonly readHead: () => Promise<ChainHead | undefined>;
  readonly ledger: Pick<ModeStore, "readMode"> & Pick<ReviewStore, "openReviews">;
  /** Of the topic that alarms tell. */
  readonly listSubscribers: () => Promise<readonly Subscriber[]>;
  readonly now: () => Date;
}

/** More than anybody counts. */
const REVIEWS_COUNTED = 100;

export interface Look {
  readonly name: string;
  readonly look: (deadline: AbortSignal) => Promise<Judged>;
  /** Of what the look itself fails with. */
  readonly remedyOf?: (failure: unknown) => string | undefined;
}

/** What Live's clock showed at some moment of a call. */
export interface ClockSeen {
  readonly liveDate: Date;
  readonly askedAt: Date;
  readonly answeredAt: Date;
}

/** @param clocks - is told of every clock that was seen. */
export function looksAtLive({ live, ingestDomains, now }: LookDeps, clocks: ClockSeen[]): Look[] {
  return ingestDomains.flatMap((domain) => [
    {
      name: `live ${domain}`,
      async look(deadline) {
        const askedAt = now();
        const liveDate = await live.lookAtDisabled(domain, deadline);
        if (liveDate) clocks.push({ liveDate, askedAt, answeredAt: now() });
        return { state: "ok", says: "Live accepts the key, knows the domain, and lists what is off." };
      },
      remedyOf: (failure) => live.remedyOf(failure, "disabled"),
    },
    {
      name: `online-list ${domain}`,
      async look(deadline) {
        await live.lookAtOnline(domain, deadline);
        return { state: "ok", says: "Live lists what is being pushed." };
      },
      remedyOf: (failure) => live.remedyOf(failure, "online"),
    },
  ]);
}

export function looksAtOurs({ readWorkerKey, depthOf, readHead, ledger, listSubscribers, now }: LookDeps): Look[] {
  const queues: Priority[] = ["urgent", "bulk"];
  const deadLetters: DeadLetters[] = [...queues, "audit"];
  return [
    { name: "worker-key", look: async () => judgeKey(await readWorkerKey(), now()) },
    ...queues.map((queue) => ({
      name: `queue ${queue}`,
      look: async () => judgeQueue(queue, await depthOf({ queue })),
    })),
    ...deadLetters.map((of) => ({
      name: `dead-letters ${of}`,
      look: async () => judgeDeadLetters(of, await depthOf({ deadLetters: of })),
    })),
    { name: "audit", look: async () => judgeHead(await readHead(), now()) },
    { name: "mode", look: async () => judgeMode(await ledger.readMode()) },
    { name: "frozen-sources", look: async () => judgeFrozen(await ledger.readMode()) },
    { name: "reviews", look: async () => judgeReviews(await ledger.openReviews(REVIEWS_COUNTED)) },
    { name: "alerts", look: async () => judgeSubscribers(await listSubscribers()) },
  ];
}
