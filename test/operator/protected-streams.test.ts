import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import type { Stream } from "../../lib/core/stream.ts";
import type { OperatorOrder } from "../../lib/orders/operator-order.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { weaponsReport } from "../support/fixtures.ts";
import { often, runs } from "../support/runs.ts";
import { createIncidentWorld } from "./operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const domain = "push.example.com";
const stage = { domain, app: "live", stream: "main-stage" };
const room = { domain, app: "live", stream: "room-42" };

describe("a protected stream", () => {
  const protectedStage = { protected: [stage] };

  it.each(["pause", "disable"])(
    "is refused by name, with the others of its event, and nothing is sent: %s",
    async (action) => {
      const world = await createIncidentWorld(protectedStage);
      const before = world.ledger.dump();
      for (const dryRun of [true, false]) {
        expect(await world.ask({ action, streams: [room, stage], dryRun })).toEqual({
          ...{ ok: false, results: [] },
          errors: [
            { pointer: "/streams/1", message: expect.stringMatching(/plan with overrideProtected.*second person/) },
          ],
        });
      }
      expect([world.ledger.dump(), world.queue]).toEqual([before, []]);
    },
  );

  it("is refused with overrideProtected too: one request is one person's", async () => {
    const world = await createIncidentWorld(protectedStage);
    const event = { action: "pause", streams: [stage, room], overrideProtected: true, dryRun: false };
    expect(await world.ask(event)).toEqual({
      ...{ ok: false, results: [] },
      errors: [{ pointer: "/streams/0", message: expect.stringMatching(/plan with overrideProtected.*second person/) }],
    });
    expect(world.queue).toEqual([]);
  });

  it("is told together with what is out of scope", async () => {
    const world = await createIncidentWorld(protectedStage);
    const { errors } = await world.ask({ action: "pause", streams: [stage, room, { ...room, app: "vod" }] });
    expect(errors.map(({ pointer }) => pointer)).toEqual(["/streams/0", "/streams/2"]);
  });

  it("is enabled as any other", async () => {
    const world = await createIncidentWorld(protectedStage);
    expect(await world.ask({ action: "enable", streams: [stage], dryRun: false })).toMatchObject({ ok: true });
    expect(world.live.calls).toMatchObject([{ action: "enable", stream: stage }]);
  });

  it("does not keep another stream from being ordered, though overrideProtected is said", async () => {
    const world = await createIncidentWorld(protectedStage);
    const event = { action: "pause", streams: [room], overrideProtected: true, dryRun: false };
    expect(await world.ask(event)).toMatchObject({ ok: true, results: [{ outcome: "accepted" }] });
  });
});

/** Few names, so that entries and streams meet. */
const name = fc.constantFrom("a", "b", "A");
const domainName = fc.constantFrom("x.example", "y.example");
const stream: fc.Arbitrary<Stream> = fc.record({ domain: domainName, app: name, stream: name });
const somePolicy: fc.Arbitrary<Partial<Policy>> = fc.record({
  scope: fc.array(fc.record({ domain: domainName, apps: fc.array(name, { minLength: 1, maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  protected: fc.array(
    fc.oneof(
      fc.record({ domain: domainName }),
      fc.record({ domain: domainName, app: name }),
      fc.record({ domain: domainName, app: name, stream: name }),
    ),
    { maxLength: 2 },
  ),
});
const asked = fc.oneof(
  fc.record({
    action: fc.constantFrom("pause", "disable"),
    streams: fc.array(stream, { minLength: 1, maxLength: 3 }),
    overrideProtected: fc.boolean(),
  }),
  fc.record({ action: fc.constant("enable"), streams: fc.array(stream, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    ...{ action: fc.constant("review"), verdict: fc.constant("approve"), as: fc.constantFrom("pause", "disable") },
    waiting: stream,
  }),
);

/** Every stream there can be here: what waits in review may be older than the policy. */
const everything = ["x.example", "y.example"].map((each) => ({ domain: each, apps: ["a", "b", "A"] }));

it("whatever is asked under whatever policy: no protected stream is taken off, and none out of scope is touched", async () => {
  const reached = { done: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(somePolicy, fc.array(asked, { minLength: 1, maxLength: 6 }), async (change, events) => {
      const { scope = [], protected: entries = [] } = change;
      const world = await createIncidentWorld(change);
      const earlier = await createIncidentWorld({ scope: everything });
      const written: Pick<OperatorOrder, "action" | "stream">[] = [];
      const writeOperatorOrders = async (orders: readonly OperatorOrder[]) => {
        written.push(...orders);
        await world.ledger.writeOperatorOrders(orders);
      };
      for (const event of events) {
        const { waiting, ...rest } = { waiting: undefined, ...event };
        const key = waiting && (await earlier.report(weaponsReport({ score: 0.6, stream: waiting })));
        const record = key === undefined ? undefined : await earlier.ledger.readReport(key);
        if (record) await world.ledger.recordDecision(record);
        const { ok } = await world.ask(
          { ...rest, dryRun: false, ...(key !== undefined && { report: key }) },
          { ledger: { ...world.ledger, writeOperatorOrders } },
        );
        reached[ok ? "done" : "refused"]++;
      }
      for (const { action, stream: of } of [...written, ...world.live.calls]) {
        const inScope = scope.some((each) => each.domain === of.domain && each.apps.some((app) => app === of.app));
        const isProtected = entries.some(
          (entry) =>
            entry.domain === of.domain && (entry.app ?? of.app) === of.app && (entry.stream ?? of.stream) === of.stream,
        );
        expect({ inScope, takenOff: isProtected && action !== "enable" }).toEqual({ inScope: true, takenOff: false });
      }
    }),
    { numRuns: runs(300) },
  );
  expect(Math.min(reached.done, reached.refused)).toBeGreaterThan(often(50));
});
