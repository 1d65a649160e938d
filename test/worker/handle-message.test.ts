import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { type OperatorOrder, operatorDraft } from "../../lib/orders/operator-order.ts";
import { type Report, reportKey } from "../../lib/reports/report.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { NOON, policy, someStream, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

const ledger = createMemoryLedger();
let clock: number;
let live: LiveDouble;
let deps: HandleDeps;

const setMode = (mode: "observe" | "enforce", at = NOON) =>
  ledger.writeMode({ mode, changedBy: "ana", reason: "test", changedAt: at.toISOString() });

beforeEach(async () => {
  clock = NOON.getTime();
  live = liveDouble();
  deps = {
    ledger,
    live,
    policy,
    policyHash: "hash-of-the-policy",
    now: () => new Date(clock),
    sleep: async () => {},
    holder: randomUUID,
    ...noBatches(ledger),
  };
  await setMode("enforce");
});

const deliver = (report: Report, change: Partial<HandleDeps> = {}) =>
  handle({ kind: "reports", reports: [report] }, { ...deps, ...change });

const placeByOperator = async (change: Partial<OperatorOrder>): Promise<OperatorOrder> => {
  const order: OperatorOrder = {
    orderId: `op-${randomUUID()}`,
    index: 0,
    stream: someStream(),
    action: "disable",
    resumeTime: "2026-11-22T12:00:00Z",
    reason: "INC-881",
    requestedBy: "ana",
    requestedAt: new Date(clock).toISOString(),
    overridesRulesUntil: new Date(clock + HOUR_MS).toISOString(),
    ...change,
  };
  await deps.ledger.writeOperatorOrders([order]);
  await deps.ledger.placeOrder(operatorDraft(order));
  return order;
};
const deliverOrder = ({ orderId, index }: OperatorOrder, change: Partial<HandleDeps> = {}) =>
  handle({ kind: "order", orderId, index }, { ...deps, ...change });

/** As if it had been overtaken or given up in the middle. */
const endAsUnknown = async (stream: Report["stream"]): Promise<void> => {
  const [order] = await deps.ledger.recentOrders(stream);
  if (order) await deps.ledger.endOrder(order, { outcome: "unknown", endedAt: new Date(clock).toISOString() });
};

const unavailable = () => new OffairError("ERR_LIVE_UNAVAILABLE", "503 from Live");

describe("a report that acts", () => {
  it("is decided, ordered, carried out and closed, each in the ledger", async () => {
    const report = weaponsReport();
    const handled = { key: reportKey(report), kind: "report", outcome: "accepted", orderNumber: 1, timeToOffMs: 0 };
    expect(await deliver(report)).toEqual([handled]);
    expect(live.calls).toEqual([{ action: "pause", stream: report.stream }]);
    expect(await deps.ledger.readReport(reportKey(report))).toMatchObject({
      decision: { action: "pause", rule: "harmful" },
      policy: "hash-of-the-policy",
      mode: "enforce",
      outcome: "accepted",
      orderNumber: 1,
    });
    expect(await deps.ledger.recentOrders(report.stream)).toMatchObject([
      { number: 1, action: "pause", outcome: "accepted", requestId: "request-1", attempts: [{ result: "sent" }] },
    ]);
  });

  it("acts once, however often it is delivered (invariant 4)", async () => {
    const report = weaponsReport();
    for (let delivery = 0; delivery < 4; delivery++) await deliver(report);
    expect(live.calls).toHaveLength(1);
    expect(await deps.ledger.recentOrders(report.stream)).toHaveLength(1);
  });

  it("acts once when two workers get it at the same moment", async () => {
    const report = weaponsReport();
    const both = await Promise.allSettled([deliver(report), deliver(report)]);
    expect(both.filter(({ status }) => status === "rejected").length).toBeLessThanOrEqual(1); // that one comes back
    await deliver(report);
    expect(live.calls).toHaveLength(1);
  });

  it("disables a stream that came back and was reported again, and verifies it", async () => {
    const stream = someStream();
    await deliver(weaponsReport({ stream }));
    clock += SECOND_MS;
    await deliver(weaponsReport({ stream, receivedAt: new Date(clock).toISOString() }));
    expect(live.calls.map(({ action }) => action)).toEqual(["pause", "disable"]);
    const [newest] = await deps.ledger.recentOrders(stream);
    expect(newest).toMatchObject({ number: 2, outcome: "verified", resumeTime: "2026-11-22T12:00:01Z" });
  });

  it("renews the resume time where Live says that the stream is disabled already", async () => {
    const stream = someStream();
    live.disabled.set(streamKey(stream), "2026-11-21T13:00:00Z");
    live.next = () => (live.calls.length === 1 ? new OffairError("ERR_LIVE_EXISTS", "exists") : "do");
    expect(await deliver(weaponsReport({ stream, category: "csam" }))).toMatchObject([{ outcome: "verified" }]);
    expect(live.calls.map(({ action }) => action)).toEqual(["disable", "update"]);
  });

  it("says unverified when the list does not show the stream", async () => {
    const report = weaponsReport({ category: "csam" });
    const handled = await deliver(report, { live: { ...live, findDisabled: async () => undefined } });
    expect(handled).toMatchObject([{ outcome: "unverified" }]);
  });

  it("ends as failed when Live will not do it, and is not repeated", async () => {
    const report = weaponsReport();
    live.next = () => new OffairError("ERR_LIVE_REJECTED", "no", { liveCode: "LIVE.100011001", requestId: "r-1" });
    expect(await deliver(report)).toMatchObject([{ outcome: "failed" }]);
    await deliver(report);
    expect(live.calls).toHaveLength(1);
    const [order] = await deps.ledger.recentOrders(report.stream);
    expect(order).toMatchObject({ error: "LIVE.100011001", requestId: "r-1", attempts: [{ result: "not-done" }] });
  });
});

describe("a report that does not act", () => {
  it("observes until somebody has said enforce: the decision is recorded and nothing is sent", async () => {
    await setMode("observe");
    const report = weaponsReport();
    expect(await deliver(report)).toMatchObject([{ outcome: "observed" }]);
    await setMode("enforce");
    await deliver(report);
    expect(live.calls).toEqual([]);
    expect(await deps.ledger.readReport(reportKey(report))).toMatchObject({ decision: { action: "pause" } });
  });

  it("does nothing while the mode cannot be read (invariant 10)", async () => {
    const ledger = { ...deps.ledger, readMode: () => Promise.reject(new OffairError("ERR_LEDGER", "down")) };
    const order = await placeByOperator({});
    await expect(deliver(weaponsReport(), { ledger })).rejects.toMatchObject({ code: "ERR_LEDGER" });
    await expect(deliverOrder(order, { ledger })).rejects.toMatchObject({ code: "ERR_LEDGER" });
    expect(live.calls).toEqual([]);
  });

  it("is refused outside the scope, though it stood on the queue (invariant 2)", async () => {
    const report = weaponsReport({ stream: { domain: "other.example.com", app: "live", stream: "x" } });
    expect(await deliver(report)).toMatchObject([{ outcome: "refused", because: "out-of-scope" }]);
    expect(live.calls).toEqual([]);
  });

  it("goes to review when it is worked on more than ten minutes late, first time or again (invariant 11)", async () => {
    const late = weaponsReport();
    clock += 10 * MINUTE_MS + 1;
    expect(await deliver(late)).toMatchObject([{ outcome: "review", because: "too-old" }]);

    clock = NOON.getTime();
    const delayed = weaponsReport();
    live.next = unavailable;
    await expect(deliver(delayed)).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
    live.next = undefined;
    clock += 10 * MINUTE_MS + 1;
    expect(await deliver(delayed)).toMatchObject([{ outcome: "review", because: "too-old" }]);
    expect(live.calls).toHaveLength(1); // the one that failed
    expect(await deps.ledger.recentOrders(delayed.stream)).toMatchObject([{ outcome: "refused", error: "too-old" }]);
  });

  it("keeps nobody's name: who reported is not in the ledger", async () => {
    await deliver(weaponsReport({ reporterHash: "7f3a".repeat(8) }));
    expect(ledger.dump()).not.toContain("7f3a7f3a");
  });
});

describe("nothing accepted is lost (invariant 3)", () => {
  it("leaves the record on the queue while Live is unavailable, and acts on the next delivery", async () => {
    const report = weaponsReport();
    live.next = unavailable;
    await expect(deliver(report)).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
    live.next = undefined;
    expect(await deliver(report)).toMatchObject([{ outcome: "accepted" }]);
    expect(live.calls).toHaveLength(2);
  });

  const steps = [
    "readMode",
    "readReport",
    "recordDecision",
    "placeOrder",
    "lockStream",
    "beginAttempt",
    "endAttempt",
    "closeReport",
  ] as const;
  it.each(steps)("survives a crash before and after %s: delivered again, it ends once", async (step) => {
    for (const when of ["before", "after"] as const) {
      clock = NOON.getTime();
      live.calls.length = 0;
      const report = weaponsReport({ category: "csam" });
      const real = deps.ledger[step] as (...given: unknown[]) => Promise<unknown>;
      const crash = async (...given: unknown[]) => {
        if (when === "after") await real(...given);
        throw new Error("the process is gone");
      };
      // A process that is gone unlocks nothing either.
      await expect(
        deliver(report, { ledger: { ...deps.ledger, [step]: crash, unlockStream: async () => {} } }),
      ).rejects.toThrow("the process is gone");
      clock += MINUTE_MS; // past the lock
      const [handled] = await deliver(report);
      expect(handled?.outcome).toBe("verified");
      expect(live.calls.length).toBe(1);
      expect(await deps.ledger.recentOrders(report.stream)).toHaveLength(1);
    }
  });
});

describe("an outcome that nobody knows", () => {
  it("reads a disable back before anything is repeated", async () => {
    const report = weaponsReport({ category: "csam" });
    live.next = () => "lose";
    await expect(deliver(report)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    expect(await deliver(report)).toMatchObject([{ outcome: "verified" }]);
    expect(live.calls).toHaveLength(1);
  });

  it("repeats a disable that the list does not show, and keeps both attempts", async () => {
    const report = weaponsReport({ category: "csam" });
    live.next = () => (live.calls.length === 1 ? new OffairError("ERR_LIVE_UNKNOWN", "lost on the way") : "do");
    await expect(deliver(report)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    expect(await deliver(report)).toMatchObject([{ outcome: "verified" }]);
    const [order] = await deps.ledger.recentOrders(report.stream);
    expect(order?.attempts.map(({ result }) => result)).toEqual(["unknown", "sent"]);
  });

  it("repeats a pause at most twice, and then says that nobody knows", async () => {
    const report = weaponsReport();
    live.next = () => "lose";
    for (let delivery = 0; delivery < 2; delivery++) {
      await expect(deliver(report)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    }
    expect(await deliver(report)).toMatchObject([{ outcome: "unknown" }]);
    await deliver(report);
    expect(live.calls).toHaveLength(3);
  });

  it("does not repeat a pause once the moment has passed", async () => {
    const report = weaponsReport();
    live.next = () => "lose";
    await expect(deliver(report)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    clock += 3 * MINUTE_MS;
    expect(await deliver(report)).toMatchObject([{ outcome: "unknown" }]);
    expect(live.calls).toHaveLength(1);
  });
});

describe("an operator's order", () => {
  it("acts on what stands in the ledger under its id, in either mode", async () => {
    await setMode("observe");
    const order = await placeByOperator({});
    expect(await deliverOrder(order)).toMatchObject([{ outcome: "verified", orderNumber: 1 }]);
    expect(live.calls).toEqual([
      { action: "disable", stream: order.stream, resumeTime: new Date("2026-11-22T12:00:00Z") },
    ]);
  });

  it("is nothing without the ledger: a message alone is no authority", async () => {
    const forged = { orderId: `op-${randomUUID()}`, index: 0 } as OperatorOrder;
    await expect(deliverOrder(forged)).rejects.toMatchObject({ code: "ERR_MESSAGE_INVALID" });
    expect(live.calls).toEqual([]);
  });

  it("is refused outside the scope (invariant 2)", async () => {
    const order = await placeByOperator({ stream: { domain: "other.example.com", app: "live", stream: "x" } });
    expect(await deliverOrder(order)).toMatchObject([{ outcome: "refused" }]);
    expect(live.calls).toEqual([]);
  });

  it("supersedes an older one that arrives late (invariant 11)", async () => {
    const stream = someStream();
    const disable = await placeByOperator({ stream });
    clock += SECOND_MS;
    const { resumeTime: _none, ...enable } = await placeByOperator({
      stream,
      action: "enable",
      resumeTime: undefined as never,
    });
    expect(await deliverOrder(enable)).toMatchObject([{ outcome: "verified", orderNumber: 2 }]);
    expect(await deliverOrder(disable)).toMatchObject([{ outcome: "superseded", orderNumber: 1 }]);
    expect(live.disabled.has(streamKey(stream))).toBe(false);
    expect(live.calls.map(({ action }) => action)).toEqual(["enable"]);
  });

  it("holds rules off the stream, also when it comes between a report's decision and its order", async () => {
    const report = weaponsReport();
    const between: HandleDeps["ledger"] = {
      ...deps.ledger,
      placeOrder: async (draft, revise) => {
        await placeByOperator({ stream: report.stream, action: "enable" });
        return deps.ledger.placeOrder(draft, revise);
      },
    };
    expect(await deliver(report, { ledger: between })).toMatchObject([
      { outcome: "review", because: "operator-order" },
    ]);
    expect(live.calls).toEqual([]);
  });

  it("does not fail for a count of live streams that cannot be read, unless it is to act", async () => {
    const away = async () => Promise.reject(new OffairError("ERR_LEDGER", "away"));
    const ledger = { ...deps.ledger, readLiveStreams: away };
    const { stream } = await placeByOperator({ action: "disable" });
    expect(await deliver(weaponsReport({ stream }), { ledger })).toMatchObject([{ because: "operator-order" }]);
    await expect(deliver(weaponsReport(), { ledger })).rejects.toMatchObject({ code: "ERR_LEDGER" });
    expect(live.calls).toEqual([]);
  });

  it("waits while another worker acts on the stream", async () => {
    const order = await placeByOperator({});
    await deps.ledger.lockStream(order.stream, "another", deps.now());
    await expect(deliverOrder(order)).rejects.toMatchObject({ code: "ERR_BUSY", retryable: true });
    expect(live.calls).toEqual([]);
    clock += MINUTE_MS; // whoever held it is gone
    expect(await deliverOrder(order)).toMatchObject([{ outcome: "verified" }]);
  });
});

describe("a report of a stream that something is known of already", () => {
  const later = (ms: number): Partial<Report> => {
    clock += ms;
    return { occurredAt: new Date(clock).toISOString(), receivedAt: new Date(clock).toISOString() };
  };

  it("waits while an order of the stream is under way, and is decided on by what that comes to", async () => {
    const stream = someStream();
    const severe = weaponsReport({ stream, category: "csam" });
    live.next = unavailable;
    await expect(deliver(severe)).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
    const other = weaponsReport({ stream, ...later(SECOND_MS) });
    await expect(deliver(other)).rejects.toMatchObject({ code: "ERR_BUSY" });
    live.next = undefined;
    await deliver(severe);
    expect(await deliver(other)).toMatchObject([{ outcome: "ignored", because: "already-disabled" }]);
  });

  it("that asks for a disable does not wait for a pause, which a quota of its own may hold up", async () => {
    const stream = someStream();
    live.next = unavailable;
    await expect(deliver(weaponsReport({ stream }))).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
    live.next = undefined;
    const severe = weaponsReport({ stream, category: "csam", ...later(SECOND_MS) });
    expect(await deliver(severe)).toMatchObject([{ outcome: "verified" }]);
  });

  it("does not wait for ever for an order that somebody gave up", async () => {
    const stream = someStream();
    live.next = unavailable;
    await expect(deliver(weaponsReport({ stream }))).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
    live.next = undefined;
    expect(await deliver(weaponsReport({ stream, ...later(11 * MINUTE_MS) }))).toMatchObject([{ outcome: "accepted" }]);
  });

  it.each([
    ["nobody knows whether it was done", "unknown"],
    ["the list did not show", "unverified"],
  ])("acts though there was a disable, if %s", async (_, kind) => {
    const stream = someStream();
    const hidden = { ...live, findDisabled: async () => undefined };
    const severe = weaponsReport({ stream, category: "csam" });
    live.next = () => (kind === "unknown" ? "lose" : "do");
    await deliver(severe, { live: hidden }).catch(() => {});
    if (kind === "unknown") await endAsUnknown(stream);
    live.next = undefined;
    expect(await deliver(weaponsReport({ stream, ...later(MINUTE_MS) }), { live: hidden })).toMatchObject([
      { outcome: "unverified" }, // a repeat, and so disabled
    ]);
  });

  it("acts though a disable was verified, if somebody enabled the stream at Live since", async () => {
    const stream = someStream();
    await deliver(weaponsReport({ stream, category: "csam" }));
    live.disabled.clear();
    const again = weaponsReport({ stream, category: "csam", ...later(MINUTE_MS) });
    expect(await deliver(again)).toMatchObject([{ outcome: "verified" }]);
    expect(live.disabled.size).toBe(1);
  });

  it("concludes nothing from a list that can never be read: what was seen to be disabled is left so", async () => {
    const stream = someStream();
    await deliver(weaponsReport({ stream, category: "csam" }));
    const findDisabled = async () => {
      throw new OffairError("ERR_LIVE_REJECTED", "no permission");
    };
    const again = weaponsReport({ stream, category: "csam", ...later(MINUTE_MS) });
    expect(await deliver(again, { live: { ...live, findDisabled } })).toMatchObject([
      { outcome: "ignored", because: "already-disabled" },
    ]);
    expect(live.calls).toHaveLength(1);
  });

  it("is of the airing that was cut, if it was received before the cut: it is not taken for a repeat", async () => {
    const stream = someStream();
    const second = weaponsReport({ stream });
    clock += SECOND_MS;
    await deliver(weaponsReport({ stream }));
    expect(await deliver(second)).toMatchObject([{ outcome: "ignored", because: "already-paused" }]);
    expect(live.calls).toHaveLength(1);
  });

  it("does not lengthen a disable by seconds", async () => {
    const stream = someStream();
    await deliver(weaponsReport({ stream, category: "csam" }));
    const again = weaponsReport({ stream, category: "csam", ...later(MINUTE_MS) });
    expect(await deliver(again)).toMatchObject([{ outcome: "ignored", because: "already-disabled" }]);
    expect(live.calls).toHaveLength(1);
  });

  it("leaves alone what holds the stream off for longer than the rule would, though the ledger knows nothing of it", async () => {
    const stream = someStream();
    live.disabled.set(streamKey(stream), "2027-02-10T00:00:00Z");
    live.next = () => new OffairError("ERR_LIVE_EXISTS", "exists");
    expect(await deliver(weaponsReport({ stream, category: "csam" }))).toMatchObject([{ outcome: "verified" }]);
    expect(live.disabled.get(streamKey(stream))).toBe("2027-02-10T00:00:00Z");
  });

  it.each([
    ["that failed", "pause", () => new OffairError("ERR_LIVE_NOT_FOUND", "not online")],
    ["to pause", "pause", () => "do" as const],
  ])("acts after an operator's order %s: it says nothing of what comes now", async (_, action, fate) => {
    const order = await placeByOperator({ action: action as "pause", resumeTime: undefined as never });
    live.next = fate;
    await deliverOrder(order);
    live.next = undefined;
    const report = weaponsReport({ stream: order.stream, category: "csam", ...later(MINUTE_MS) });
    expect(await deliver(report)).toMatchObject([{ outcome: "verified" }]);
  });

  it("acts once an operator's disable is over, within the time in which an enable would still outrank it", async () => {
    const order = await placeByOperator({ resumeTime: "2026-11-21T12:30:00Z" });
    await deliverOrder(order);
    live.disabled.clear();
    const report = weaponsReport({ stream: order.stream, ...later(45 * MINUTE_MS) });
    expect(await deliver(report)).toMatchObject([{ outcome: "verified" }]); // a repeat, and so disabled
  });

  it("is refused from a source that the policy does not know, and looked at by a person when it came from the future", async () => {
    expect(await deliver(weaponsReport({ source: "nobody" }))).toMatchObject([
      { outcome: "refused", because: "unknown-source" },
    ]);
    const future = weaponsReport({ receivedAt: "2030-01-01T00:00:00.000Z" });
    expect(await deliver(future)).toMatchObject([{ outcome: "review", because: "received-in-the-future" }]);
    expect(live.calls).toEqual([]);
  });

  it("does not wait for another report of its message that cannot be handled", async () => {
    const stuck = weaponsReport();
    await deps.ledger.lockStream(stuck.stream, "another", deps.now());
    const fine = weaponsReport();
    await expect(handle({ kind: "reports", reports: [stuck, fine] }, deps)).rejects.toMatchObject({ code: "ERR_BUSY" });
    expect(await deps.ledger.readReport(reportKey(fine))).toMatchObject({ outcome: "accepted" });
  });
});

describe("an order among others", () => {
  it("to disable is carried out though a newer one only pauses", async () => {
    const stream = someStream();
    const disable = await placeByOperator({ stream });
    const pause = await placeByOperator({ stream, action: "pause", resumeTime: undefined as never });
    expect(await deliverOrder(pause)).toMatchObject([{ outcome: "accepted" }]);
    expect(await deliverOrder(disable)).toMatchObject([{ outcome: "verified" }]);
    expect(live.disabled.size).toBe(1);
  });

  it("that was overtaken after a call without an answer ends as unknown, and not as if nothing had been sent", async () => {
    const stream = someStream();
    const disable = await placeByOperator({ stream });
    live.next = () => "lose";
    await expect(deliverOrder(disable)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    live.next = undefined;
    await placeByOperator({ stream, action: "enable", resumeTime: undefined as never });
    expect(await deliverOrder(disable)).toMatchObject([{ outcome: "unknown" }]);
  });

  it("whose list can never be read is repeated rather than left open", async () => {
    const order = await placeByOperator({});
    live.next = () => (live.calls.length === 1 ? "lose" : "do");
    const unreadable = async () => {
      throw new OffairError("ERR_LIVE_REJECTED", "no right to list");
    };
    await expect(deliverOrder(order)).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
    expect(await deliverOrder(order, { live: { ...live, findDisabled: unreadable } })).toMatchObject([
      { outcome: "unverified" },
    ]);
    expect(live.calls).toHaveLength(2);
  });

  it("that is delivered once more after its end is as it was, though a newer one exists", async () => {
    const stream = someStream();
    const first = await placeByOperator({ stream });
    await deliverOrder(first);
    await deliverOrder(await placeByOperator({ stream, action: "enable", resumeTime: undefined as never }));
    expect(await deliverOrder(first)).toMatchObject([{ outcome: "verified", orderNumber: 1 }]);
  });

  it("to pause that was held up for longer than a report may be is refused: somebody else may push there by now", async () => {
    const pause = await placeByOperator({ action: "pause", resumeTime: undefined as never });
    const enable = await placeByOperator({ action: "enable", resumeTime: undefined as never });
    clock += 11 * MINUTE_MS;
    expect(await deliverOrder(pause)).toMatchObject([{ outcome: "refused", because: "too-old" }]);
    expect(await deliverOrder(enable)).toMatchObject([{ outcome: "verified" }]);
    const late = await placeByOperator({ action: "enable", resumeTime: undefined as never });
    clock += 2 * HOUR_MS; // past the time for which it outranks rules
    expect(await deliverOrder(late)).toMatchObject([{ outcome: "refused", because: "too-old" }]);
  });

  it("outside the scope is refused in the ledger too, so that whoever asks is told", async () => {
    const order = await placeByOperator({ stream: { domain: "other.example.com", app: "live", stream: randomUUID() } });
    await deliverOrder(order);
    expect(await deps.ledger.recentOrders(order.stream)).toMatchObject([{ outcome: "refused", error: "out-of-scope" }]);
  });
});
