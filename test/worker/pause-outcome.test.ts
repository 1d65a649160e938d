/** The outcome of a pause is shown twice: by its order, and by its report or its batch. Whichever worker is slow, both say the same in the end. */
import { randomUUID } from "node:crypto";
import { beforeEach, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { Order } from "../../lib/orders/order.ts";
import { createAppliedPlans } from "../../lib/plans/applied-plan.ts";
import type { Message } from "../../lib/queue/message.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { NOON, pushPolicy as policy, someStream, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { aPlan, applyNow } from "../support/plans.ts";

const ledger = createMemoryLedger();
let clock: number;
let live: LiveDouble;
let deps: HandleDeps;
let stream: Stream;
const at = (ms = clock) => new Date(ms).toISOString();
const BUSY = { code: "ERR_BUSY" };
const EARLY = NOON.getTime() - HOUR_MS;

beforeEach(async () => {
  clock = NOON.getTime();
  live = liveDouble();
  stream = someStream();
  deps = {
    ...{ ledger, live, policy, policyHash: "hash", appliedPlans: createAppliedPlans(ledger) },
    now: () => new Date(clock),
    ...{ sleep: async () => {}, holder: randomUUID, enqueue: async () => {}, wakeClock: async () => {} },
  };
  await ledger.writeMode({ mode: "enforce", changedBy: "ana", reason: "test", changedAt: at() });
});

/** A report whose worker is slow: its order has ended, its report is not closed, and then this happens. */
async function slowReport(meanwhile: () => Promise<unknown>): Promise<string> {
  const report = weaponsReport({ stream, id: randomUUID(), occurredAt: at(), receivedAt: at() });
  const closeReport: typeof ledger.closeReport = async (key, end) => {
    await meanwhile();
    await ledger.closeReport(key, end);
  };
  await handle({ kind: "reports", reports: [report] }, { ...deps, ledger: { ...ledger, closeReport } });
  return `standard#${report.id}`;
}

/** A callback of the end of the push that began then. */
function endOf(startedMs: number): Message {
  clock += SECOND_MS;
  const callback = { source: "push", id: randomUUID(), receivedAt: at(), bodySha256: "0".repeat(64) };
  return { kind: "publish-done", publish: { ...callback, stream, startedAt: at(startedMs) } };
}

const first = async (): Promise<Order | undefined> => (await ledger.recentOrders(stream)).at(-1);

it("is shown by the report that is closed after the statistics proved the pause, also after a newer order", async () => {
  live.statistics.set(streamKey(stream), [[{ fromMs: EARLY, toMs: clock + SECOND_MS }]]);
  const check: Message = { kind: "pause-check", stream, number: 1 };
  const key = await slowReport(async () => {
    clock += 2 * MINUTE_MS;
    await expect(handle(check, deps)).rejects.toMatchObject(BUSY);
    await ledger.placeOrder({
      ...{ stream, action: "disable", resumeTime: "2026-11-22T12:00:00Z", reason: "again", placedAt: at() },
      authority: { kind: "rule", cause: "standard#2", source: "standard", rule: "harmful", policy: "hash" },
    });
  });
  expect(await handle(check, deps)).toMatchObject([{ because: "newer-order" }]);
  expect(await first()).toMatchObject({ outcome: "verified", proof: { by: "statistics" } });
  expect(await ledger.readReport(key)).toMatchObject({ outcome: "verified" });
});

it("is shown by the report that is closed between two callbacks, each of the end of a push", async () => {
  let early: Message | undefined;
  const key = await slowReport(async () => {
    early = endOf(EARLY);
    await expect(handle(early, deps)).rejects.toMatchObject(BUSY);
  });
  await handle(endOf(EARLY + MINUTE_MS), deps);
  if (early) await handle(early, deps);
  expect(await first()).toMatchObject({ outcome: "verified", push: { startedAt: at(EARLY + MINUTE_MS) } });
  expect(await ledger.readReport(key)).toMatchObject({ outcome: "verified" });
});

it.each(["slow", "ended after its write"])(
  "is shown by the batch whose result is written after a callback proved the pause, by a worker that is %s",
  async (how) => {
    const plan = aPlan([stream], NOON, { action: "pause" });
    await applyNow(plan, ledger, NOON);
    const order: Message = { kind: "order", orderId: plan.orderId, index: 0 };
    const writeBatchResult: typeof ledger.writeBatchResult = async (...given) => {
      await handle(endOf(EARLY), deps);
      const isNew = await ledger.writeBatchResult(...given);
      if (how === "slow") return isNew;
      throw new OffairError("ERR_LEDGER", "the worker has ended");
    };
    await handle(order, { ...deps, ledger: { ...ledger, writeBatchResult } }).catch(() => handle(order, deps));
    expect(await first()).toMatchObject({ outcome: "verified", proof: { by: "callback" } });
    expect(await ledger.listBatchResults(plan.orderId)).toMatchObject([{ outcome: "verified", orderNumber: 1 }]);
  },
);

it("is not the one of a worker that was slow to show what another one has changed since", async () => {
  const key = await slowReport(async () => {});
  const early = endOf(EARLY);
  // Another push ran when the pause was sent: the end that was reported first proves nothing, until its own end is reported.
  const began = {
    ...(endOf(EARLY + MINUTE_MS) as Extract<Message, { kind: "publish-done" }>),
    kind: "publish",
  } as const;
  let isFirst = true;
  const readReport: typeof ledger.readReport = async (cause) => {
    if (cause === key && isFirst) {
      isFirst = false;
      await handle(began, deps);
    }
    return ledger.readReport(cause);
  };
  await handle(early, { ...deps, ledger: { ...ledger, readReport } }).catch(() => handle(early, deps));
  expect(await first()).toMatchObject({ outcome: "accepted", push: { startedAt: at(EARLY + MINUTE_MS) } });
  expect(await ledger.readReport(key)).toMatchObject({ outcome: "accepted" });
});
