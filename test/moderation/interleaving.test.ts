import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { OffairError } from "../../lib/errors.ts";
import { type HandleDeps, handle, operatorDraft } from "../../lib/moderation/handle.ts";
import type { OperatorOrder } from "../../lib/moderation/ledger.ts";
import { type Stream, streamKey } from "../../lib/stream.ts";
import { NOON, policy, someStream } from "../support/fixtures.ts";
import { useLedger } from "../support/ledger.ts";
import { liveDouble } from "../support/live.ts";

const store = useLedger();

const operatorOrder = (action: "disable" | "enable", stream: Stream): OperatorOrder => ({
  orderId: `op-${randomUUID()}`,
  index: 0,
  stream,
  action,
  ...(action === "disable" && { resumeTime: "2099-01-01T00:00:00Z" }),
  reason: "INC-881",
  requestedBy: "ana",
  requestedAt: NOON.toISOString(),
  outranksRulesUntil: NOON.toISOString(),
});

/** What is ordered, and how long after the one before. */
const orders = fc.array(
  fc.record({
    action: fc.constantFrom("disable" as const, "enable" as const),
    afterMs: fc.constantFrom(0, 30),
  }),
  { minLength: 2, maxLength: 5 },
);
/** Which of the orders placed so far each delivery brings, and what becomes of its call: duplicates, late ones, lost answers. */
const deliveries = fc.array(
  fc.record({
    pick: fc.constantFrom(-1, -1, -2, 0), // the newest mostly, as it comes off the queue
    fate: fc.constantFrom("do", "do", "lose", "fail"),
    beforeMs: fc.integer({ min: 0, max: 100 }),
    callMs: fc.constantFrom(0, 0, 120) /* long enough for another order to come and go */,
  }),
  { minLength: 4, maxLength: 12 },
);
type Plan = { pick: number; fate: string; beforeMs: number; callMs: number }[];

/**
 * The orders of one stream are placed while earlier ones are being delivered, by several workers at once; each delivery may fail, and
 * every message is delivered until it is done.
 */
async function run(asked: { action: "disable" | "enable"; afterMs: number }[], plan: Plan) {
  const stream = someStream();
  const live = liveDouble();
  const coming: Plan = [];
  /** The next call takes its time on the way to Live, and has the fate of the delivery that came to it first. */
  const travel = async <T>(call: () => Promise<T>): Promise<T> => {
    const { fate, callMs } = coming.shift() ?? { fate: "do", callMs: 0 };
    await sleep(callMs);
    live.next = () =>
      fate === "fail" ? new OffairError("ERR_LIVE_UNAVAILABLE", "503") : fate === "lose" ? "lose" : "do";
    return call();
  };
  const deps: HandleDeps = {
    ledger: store.current.ledger,
    live: {
      ...live,
      disable: (...given) => travel(() => live.disable(...given)),
      enable: (...given) => travel(() => live.enable(...given)),
    },
    policy,
    policyHash: "p",
    now: () => new Date(),
    sleep: async () => {},
    holder: randomUUID,
  };
  const placed: OperatorOrder[] = [];
  const deliver = ({ orderId, index }: OperatorOrder) =>
    handle({ kind: "order", orderId, index }, deps).then(
      () => true,
      (error: unknown) => {
        if (error instanceof OffairError && error.retryable) return false;
        throw error;
      },
    );
  const place = async (action: "disable" | "enable") => {
    const order = operatorOrder(action, stream);
    await deps.ledger.writeOperatorOrders([order]);
    await deps.ledger.placeOrder(operatorDraft(order));
    placed.push(order);
  };

  const workers = plan.map(async (delivery) => {
    await sleep(delivery.beforeMs);
    const order = placed.at(delivery.pick);
    if (!order) return;
    coming.push(delivery);
    await deliver(order);
  });
  for (const { action, afterMs } of asked) {
    await sleep(afterMs);
    await place(action);
  }
  await Promise.all(workers);
  coming.length = 0;
  for (const order of placed) for (let tries = 0; !(await deliver(order)); tries++) expect(tries).toBeLessThan(20);

  const history = await deps.ledger.recentOrders(stream);
  return { history, wanted: asked.at(-1)?.action, isOff: live.disabled.has(streamKey(stream)) };
}

it("leaves Live as the newest order wants it, after any interleaving (invariant 11)", async () => {
  await fc.assert(
    fc.asyncProperty(orders, deliveries, async (asked, plan) => {
      const { history, wanted, isOff } = await run(asked, plan);
      expect(isOff).toBe(wanted === "disable");
      expect(history.map(({ number }) => number)).toEqual(asked.map((_, index) => asked.length - index));
      expect(history[0]?.outcome).toBe("verified");
      for (const { outcome } of history) expect(["verified", "superseded"]).toContain(outcome);
    }),
    { numRuns: 60, endOnFailure: true }, // a smaller example would need the same timing
  );
}, 120_000);
