import { describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import { parseMessage } from "../../../lib/queue/message.ts";
import { NOON } from "../../support/fixtures.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

const domain = "push.example.com";
const room = (stream: string) => ({ domain, app: "live", stream });
const rooms = (count: number) => Array.from({ length: count }, (_, index) => room(`room-${index}`));
const maintenance = new OffairError("ERR_LIVE_UNAVAILABLE", "POST /stream/blocks: LIVE.100011008 (400): maintenance", {
  ...{ status: 400, liveCode: "LIVE.100011008" },
});
const refused = new OffairError("ERR_LIVE_REJECTED", "POST /stream/blocks: no code (403): refused", { status: 403 });
const waiting = { error: "LIVE.100011008", message: maintenance.message, since: NOON.toISOString() };

/** Delivers each message once; one that fails goes back to the queue. */
async function deliverOnce({ queue, deliver }: IncidentWorld): Promise<void> {
  for (const body of queue.splice(0)) await deliver(parseMessage(body)).catch(() => void queue.push(body));
}

async function world() {
  jest.spyOn(console, "warn").mockImplementation(() => {});
  jest.spyOn(console, "info").mockImplementation(() => {});
  return createIncidentWorld();
}
const noWait = { waitMs: 0 };

async function applied(of: IncidentWorld, count: number): Promise<string> {
  const { plan } = await of.ask({ action: "plan", wanted: "disable", streams: rooms(count) });
  const { orderId = "", sha256 = "" } = plan ?? {};
  expect(await of.ask({ action: "apply", orderId, planSha256: sha256 })).toMatchObject({ ok: true });
  await deliverOnce(of); // the batch message: its orders are on the queue
  return orderId;
}
const statusOf = (of: IncidentWorld, orderId: string, more: object = {}): Promise<OperatorResponse> =>
  of.ask({ action: "status", orderId, ...more });

describe("the status of an order", () => {
  it("says what it waits for, and since when; with its outcome it says no more of that", async () => {
    const of = await world();
    of.live.next = () => maintenance;
    const { orderId = "" } = await of.ask({ action: "disable", hours: 1, dryRun: false, streams: [room("a")] }, noWait);
    await deliverOnce(of);
    of.wait(60_000);
    await deliverOnce(of);
    expect((await statusOf(of, orderId)).results).toMatchObject([{ outcome: "ordered", waiting }]);
    const { results } = await of.ask({ action: "status", streams: [room("a")] });
    expect(results[0]?.orders).toMatchObject([{ number: 1, waiting }]);
    of.live.next = undefined;
    await deliverOnce(of);
    const [ended] = (await statusOf(of, orderId)).results;
    expect(ended).toMatchObject({ outcome: "verified" });
    expect(ended).not.toHaveProperty("waiting");
  });

  it("says what Live answered, with the HTTP status where there is no code", async () => {
    const of = await world();
    of.live.next = () => refused;
    const answer = await of.ask({ action: "disable", hours: 1, dryRun: false, streams: [room("a")] });
    const failed = { outcome: "failed", error: "ERR_LIVE_REJECTED", message: refused.message };
    expect(answer.results).toMatchObject([failed]);
    expect((await statusOf(of, answer.orderId ?? "")).results).toMatchObject([failed]);
    const { results } = await of.ask({ action: "status", streams: [room("a")] });
    expect(results[0]?.orders).toMatchObject([failed]);
  });
});

describe("the status of a batch", () => {
  it("says what the next streams wait for once no result has come for some seconds", async () => {
    const of = await world();
    of.live.next = () => maintenance;
    const orderId = await applied(of, 3);
    await deliverOnce(of);
    expect((await statusOf(of, orderId)).batch).not.toHaveProperty("waiting"); // it has just begun
    of.wait(5_000);
    for (const more of [{}, { results: false }]) {
      expect((await statusOf(of, orderId, more)).batch).toMatchObject({ state: "running", left: 3, waiting });
    }
    of.live.next = undefined;
    await of.workAll();
    of.wait(5_000);
    const { batch } = await statusOf(of, orderId);
    expect(batch).toMatchObject({ state: "done" });
    expect(batch).not.toHaveProperty("waiting");
  });

  it("has the messages of the first hundred failures, because thousands do not fit into a response", async () => {
    const of = await world();
    of.live.next = () => refused;
    const orderId = await applied(of, 120);
    await of.workAll();
    const { results } = await statusOf(of, orderId);
    expect(results.filter(({ error }) => error === "ERR_LIVE_REJECTED")).toHaveLength(120);
    expect(results.filter(({ message }) => message === refused.message)).toHaveLength(100);
    const { results: first } = await statusOf(of, orderId, { results: "failed" });
    expect(first).toHaveLength(100);
    expect(first).toMatchObject(first.map(({ stream }) => ({ stream, outcome: "failed", message: refused.message })));
  });

  it("has only what failed so far, if asked for that", async () => {
    const of = await world();
    const orderId = await applied(of, 3);
    expect((await statusOf(of, orderId, { results: "failed" })).results).toEqual([]);
    of.live.next = () => refused;
    await deliverOnce(of);
    of.live.next = undefined;
    await of.workAll();
    const { results, batch } = await statusOf(of, orderId, { results: "failed" });
    expect(batch).toMatchObject({ state: "done", count: 3 });
    const all = await statusOf(of, orderId);
    expect(results).toEqual(all.results.filter(({ outcome }) => outcome === "failed"));
    expect(results).not.toHaveLength(0);
  });
});
