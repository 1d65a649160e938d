/** Several persons, each stopped or killed between any two of their steps: what a verdict promises, over every order of them. */
import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../../lib/core/errors.ts";
import type { Verdict } from "../../../lib/decisions/report-record.ts";
import type { OperatorRequestDeps, OperatorResponse } from "../../../lib/operator/handle-request.ts";
import type { OperatorOrder } from "../../../lib/orders/operator-order.ts";
import { policy, weaponsReport } from "../../support/fixtures.ts";
import { often, runs } from "../../support/runs.ts";
import { type Admission, type Process, startProcess } from "../../support/steps.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const WAYS = [{ verdict: "approve" }, { verdict: "approve", as: "pause" }, { verdict: "reject" }] as const;

/** What reaches out of the function is a step each: it is done, or not, or done and the answer lost. */
function stepped(
  { ledger, deps }: IncidentWorld,
  gate: Admission,
  written: OperatorOrder[],
): Partial<OperatorRequestDeps> {
  const step =
    <A extends unknown[], T>(name: string, act: (...call: A) => Promise<T>) =>
    (...call: A): Promise<T> =>
      gate(name, async (fate) => {
        if (fate === "unavailable") throw new OffairError("ERR_LEDGER", "away");
        const done = await act(...call);
        if (fate === "lost") throw new OffairError("ERR_LEDGER", "the answer is lost");
        return done;
      });
  const write = async (orders: readonly OperatorOrder[]) => {
    await ledger.writeOperatorOrders(orders);
    written.push(...orders);
  };
  return {
    ledger: {
      ...ledger,
      readReview: step("the report is read", ledger.readReview),
      writeVerdict: step("the verdict is written", ledger.writeVerdict),
      readOperatorOrder: step("its order is looked for", ledger.readOperatorOrder),
      writeOperatorOrders: step("the order is written", write),
      placeOrder: step("it is numbered", ledger.placeOrder),
      endReview: step("it is taken off the list", ledger.endReview),
    },
    enqueue: step("its message is sent", deps.enqueue),
    waitMs: 0,
  };
}

const persons = fc.array(fc.constantFrom(...WAYS), { minLength: 2, maxLength: 3 });
const schedule = fc.array(
  fc.record({
    person: fc.nat({ max: 2 }),
    fate: fc.oneof(
      { weight: 6, arbitrary: fc.constant("do" as const) },
      { weight: 1, arbitrary: fc.constantFrom("unavailable" as const, "lost" as const, "crash" as const) },
    ),
  }),
  { maxLength: 24 },
);

it("one verdict and at most one order, whatever comes between; and the same word again finishes what was cut off", async () => {
  const seen = { both: 0, crashed: 0, finished: 0 };
  await fc.assert(
    fc.asyncProperty(persons, schedule, async (ways, steps) => {
      const world = await createIncidentWorld({ limits: { ...policy.limits, total: 0 } });
      const report = weaponsReport({ category: "csam" });
      const key = await world.report(report);
      const written: OperatorOrder[] = [];
      const given = new Set<string>();
      const look = async (): Promise<Verdict | undefined> => {
        const { verdict } = (await world.ledger.readReview(key)) ?? {};
        if (verdict) given.add(JSON.stringify(verdict));
        return verdict;
      };
      const running: Process<OperatorResponse>[] = [];
      for (const [index, way] of ways.entries()) {
        const event = { action: "review", report: key, dryRun: false, requestedBy: `person ${index}`, ...way };
        running.push(await startProcess((gate) => world.ask(event, stepped(world, gate, written))));
      }
      for (const { person, fate } of steps) {
        const process = running[person];
        if (fate === "crash") {
          process?.kill();
          seen.crashed++;
        } else if (process?.next() !== undefined) await process.step(fate);
        await look();
      }
      for (const process of running) while (process.next() !== undefined) await process.step("do");
      const before = await look();
      const isListed = (await world.ledger.openReviews(1)).records.length > 0;
      // What is off the list was rejected, or has an order that nobody has to think of any more.
      const isSent = world.queue.length > 0 || (await world.ledger.recentOrders(report.stream)).length > 0;
      expect(isListed || before?.verdict === "rejected" || isSent).toBe(true);
      if (running.every((process) => process.ended())) seen.both++;

      const again = before ? sayAgain(before) : WAYS[0];
      const requestedBy = before?.by.replace(" (claimed)", "") ?? "ana";
      const event = { action: "review", report: key, dryRun: false, requestedBy, ...again };
      const answer = await world.ask(event);
      const verdict = await look();
      await world.workOff();

      expect(answer).toMatchObject({ ok: true, verdict });
      expect((await world.ledger.openReviews(1)).records).toEqual([]);
      expect(given.size).toBe(1);
      expect(written.filter(({ orderId }) => orderId !== verdict?.orderId)).toEqual([]);
      const done = world.live.calls.map(({ action }) => action);
      expect(done).toEqual(verdict?.verdict === "approved" ? [verdict.action] : []);
      expect(await world.ledger.recentOrders(report.stream)).toHaveLength(done.length);
      seen.finished += done.length;
    }),
    { numRuns: runs(500) },
  );
  expect(Math.min(seen.both, seen.crashed, seen.finished)).toBeGreaterThan(often(50));
});

const sayAgain = ({ verdict, action }: Verdict) =>
  verdict === "rejected" ? { verdict: "reject" } : { verdict: "approve", ...(action === "pause" && { as: "pause" }) };
