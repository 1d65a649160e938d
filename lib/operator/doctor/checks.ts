/** The checks of `offair doctor`: what each one reads, and the function that judges it. */

import type { CanaryResult } from "../../canary/canary-run.ts";
import type { Swept } from "../../clock/sweep.ts";
import { OffairError } from "../../core/errors.ts";
import { isWaiting, type ReviewRecord } from "../../decisions/report-record.ts";
import type { ReviewStore } from "../../decisions/report-store.ts";
import type { Priority } from "../../queue/priority.ts";
import type { ModeStore } from "../../safeguards/stores.ts";
import type { SubscriberRow } from "../contract/response-schema.ts";
import { judgeCanary } from "./check-canary.ts";
import { judgeClock } from "./check-clock.ts";
import { judgeOutbox, judgeSubscriber, MAX_DUE, OVERDUE_MS } from "./check-events.ts";
import {
  type ClockSeen,
  type HuaweiUsers,
  judgeAuditKey,
  judgeSecret,
  judgeStandby,
  judgeUsers,
  judgeWorkerKey,
  type KeyHealth,
} from "./check-live.ts";
import { judgeFrozen, judgeMode, judgeReviews, judgeSubscribers, type Subscriber } from "./check-operations.ts";
import { type ChainHead, judgeDeadLetters, judgeHead, judgeQueue, type QueueDepth } from "./check-queues.ts";
import type { Judged } from "./check-result.ts";
import { judgeRotations, type KeyRotation } from "./check-rotation.ts";

export type DeadLetters = Priority | "audit";

export interface CheckDeps {
  readonly ingestDomains: readonly string[];
  readonly live: {
    /** Reads one row of the list of disabled streams. @returns Live's clock, if the response contained it. */
    readDisabled(domain: string, deadline: AbortSignal): Promise<Date | undefined>;
    /** Reads one row of the list of live streams. */
    readOnline(domain: string, deadline: AbortSignal): Promise<void>;
    /** Whether the domain has standby streams. */
    hasStandby(domain: string, deadline: AbortSignal): Promise<boolean>;
    /** What to do about an error of the lists. Undefined: it is not an error of Live. */
    remedyOf(failure: unknown, list: "disabled" | "online"): string | undefined;
  };
  readonly users: HuaweiUsers;
  /** The shared state of a user's access key. Undefined: the key was never used. */
  readonly readKey: (user: string) => Promise<KeyHealth | undefined>;
  /** Reads the secret of a user of the pool audit; the doctor has no right to read the others. @throws OffairError `ERR_SECRET` */
  readonly readAuditSecret: (user: string) => Promise<unknown>;
  /** The record of the rotation of a user's key. */
  readonly readRotation: (user: string) => Promise<KeyRotation | undefined>;
  readonly depthOf: (
    queue: { readonly queue: Priority } | { readonly deadLetters: DeadLetters },
  ) => Promise<QueueDepth>;
  /** Undefined: there is no chain yet. */
  readonly readHead: () => Promise<ChainHead | undefined>;
  readonly ledger: Pick<ModeStore, "readMode"> & Pick<ReviewStore, "openReviews">;
  /** The subscribers of the alarm topic. */
  readonly listSubscribers: () => Promise<readonly Subscriber[]>;
  /** Whether the stage has the canary, and its last result; undefined before the first run. */
  readonly canary: "on" | "off";
  readonly readCanary: () => Promise<CanaryResult | undefined>;
  /** The clock's last sweep; undefined before the first. */
  readonly readClock: () => Promise<Swept | undefined>;
  /** What is due in the outbox at this time. */
  readonly listDue: (at: Date, limit: number) => Promise<readonly { readonly kind: string }[]>;
  /** The subscribers of the policy and the event bus, by name. */
  readonly eventSubscribers: readonly string[];
  readonly readSubscriptions: () => Promise<readonly SubscriberRow[]>;
  readonly now: () => Date;
}

const REVIEWS_PAGE = 1_000;
/** Cases that are counted before the rest is shown as "or more". */
const REVIEWS_COUNTED = 100;

/** The first cases that wait for a person, the one that is due first at the top. `next`: there may be more. */
async function readWaiting({ ledger }: Pick<CheckDeps, "ledger">, deadline: AbortSignal) {
  const records: ReviewRecord[] = [];
  let next: string | undefined;
  do {
    deadline.throwIfAborted();
    const page = await ledger.openReviews(REVIEWS_PAGE, next);
    records.push(...page.records.filter(isWaiting));
    next = page.next;
  } while (next !== undefined && records.length < REVIEWS_COUNTED);
  return { records, ...(next !== undefined && { next }) };
}

export interface PendingCheck {
  readonly name: string;
  readonly run: (deadline: AbortSignal) => Promise<Judged>;
  /** What to do if the check itself throws. */
  readonly remedyOf?: (failure: unknown) => string | undefined;
}

/** @param clocks - receives every clock that was read. */
export function liveChecks({ live, ingestDomains, now }: CheckDeps, clocks: ClockSeen[]): PendingCheck[] {
  return ingestDomains.flatMap((domain) => [
    {
      name: `live ${domain}`,
      async run(deadline) {
        const askedAt = now();
        const liveDate = await live.readDisabled(domain, deadline);
        if (liveDate) clocks.push({ liveDate, askedAt, answeredAt: now() });
        return { state: "ok", says: "Live accepts the key, knows the domain, and lists the disabled streams." };
      },
      remedyOf: (failure) => live.remedyOf(failure, "disabled"),
    },
    {
      name: `online-list ${domain}`,
      async run(deadline) {
        await live.readOnline(domain, deadline);
        return { state: "ok", says: "Live lists the live streams." };
      },
      remedyOf: (failure) => live.remedyOf(failure, "online"),
    },
    {
      name: `standby ${domain}`,
      async run(deadline) {
        try {
          return judgeStandby(await live.hasStandby(domain, deadline));
        } catch (failure) {
          if (failure instanceof OffairError && !failure.retryable) return judgeStandby(undefined); // not every account has this API
          throw failure;
        }
      },
      remedyOf: (failure) => live.remedyOf(failure, "disabled"),
    },
  ]);
}

export function ownChecks(deps: CheckDeps): PendingCheck[] {
  const { users, readKey, depthOf, ledger, canary, now } = deps;
  const queues: Priority[] = ["urgent", "bulk"];
  const deadLetters: DeadLetters[] = [...queues, "audit"];
  let reading: ReturnType<CheckDeps["readSubscriptions"]> | undefined;
  const subscriptions = () => (reading ??= deps.readSubscriptions()); // once for all subscribers
  return [
    { name: "huawei-users", run: async () => judgeUsers(users) },
    ...users.worker.map((user) => ({
      name: `key ${user}`,
      run: async () => judgeWorkerKey(user, await readKey(user), now()),
    })),
    ...users.audit.map((user) => ({
      name: `key ${user}`,
      async run() {
        try {
          await deps.readAuditSecret(user);
        } catch (failure) {
          if (failure instanceof OffairError && failure.code === "ERR_SECRET")
            return judgeSecret(user, failure.message);
          throw failure;
        }
        return judgeAuditKey(user, await readKey(user), now());
      },
    })),
    {
      name: "key-rotation",
      async run() {
        const all = [...users.worker, ...users.audit];
        const read = async (user: string) => ({ user, ...(await deps.readRotation(user)) });
        return judgeRotations(await Promise.all(all.map(read)), now());
      },
    },
    ...queues.map((queue) => ({
      name: `queue ${queue}`,
      run: async () => judgeQueue(queue, await depthOf({ queue })),
    })),
    ...deadLetters.map((of) => ({
      name: `dead-letters ${of}`,
      run: async () => judgeDeadLetters(of, await depthOf({ deadLetters: of })),
    })),
    { name: "audit", run: async () => judgeHead(await deps.readHead(), now()) },
    {
      name: "canary",
      run: async () => judgeCanary(canary, canary === "on" ? await deps.readCanary() : undefined, now()),
    },
    { name: "clock", run: async () => judgeClock(await deps.readClock(), now()) },
    {
      name: "events",
      run: async () => judgeOutbox(await deps.listDue(new Date(now().getTime() - OVERDUE_MS), MAX_DUE)),
    },
    ...deps.eventSubscribers.map((name) => ({
      name: `subscriber ${name}`,
      run: async () =>
        judgeSubscriber(
          (await subscriptions()).find((row) => row.name === name),
          now(),
        ),
    })),
    { name: "mode", run: async () => judgeMode(await ledger.readMode()) },
    { name: "frozen-sources", run: async () => judgeFrozen(await ledger.readMode()) },
    { name: "reviews", run: async (deadline) => judgeReviews(await readWaiting({ ledger }, deadline), now()) },
    { name: "alerts", run: async () => judgeSubscribers(await deps.listSubscribers()) },
  ];
}
