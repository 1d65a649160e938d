/** The source of kind `appeal`: signed like a report, with a body of its own that names an order. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseMessage } from "../../lib/queue/message.ts";
import type { Priority } from "../../lib/queue/priority.ts";
import { problemAnswer } from "../../lib/sources/problem.ts";
import { type ReceiveDeps, receive } from "../../lib/sources/receive.ts";
import { policy as base, NOON } from "../support/fixtures.ts";
import { SECRET, type Signing, signed } from "./signed.ts";

const policy = policySchema.parse({
  ...base,
  sources: { ...base.sources, appeals: { adapter: "standard", grade: "A", kind: "appeal" } },
  rules: [{ id: "all", categories: ["other"], action: "disable", disableHours: 1, urgent: true }, ...base.rules],
});
const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
const appeal = { occurredAt: "2026-11-21T11:00:00Z", order: { stream, number: 7 }, reason: "it was a toy" };

let queued: { queue: Priority; message: Message }[];
let deps: ReceiveDeps;
beforeEach(() => {
  queued = [];
  deps = {
    ...{ policy, now: () => NOON, readSecret: async () => JSON.stringify({ secrets: [SECRET] }) },
    enqueue: async (queue, message) => void queued.push({ queue, message }),
  };
});

const post = (body: unknown, signing: Signing = {}, source = "appeals") =>
  receive({ source, ...signed(JSON.stringify(body), signing) }, deps);
async function refusalOf(body: unknown, signing?: Signing) {
  const error = await post(body, signing).catch((caught: unknown) => caught);
  expect(queued).toEqual([]);
  if (!(error instanceof OffairError)) throw new Error("was not refused", { cause: error });
  const pointers = (error.details.issues ?? []).map(({ pointer }) => pointer);
  return [problemAnswer(error, "request-1").statusCode, ...pointers];
}

describe("an appeal", () => {
  it("is on the bulk queue when the answer comes, whatever the rules say of its placeholder category, and without a warning", async () => {
    expect(await post(appeal, { id: "appeal-1" })).toEqual({
      ...{
        success: { status: 202 },
        id: "appeal-1",
        kind: "reports",
        queue: "bulk",
        location: "/reports/appeals/appeal-1",
      },
    });
    const [{ message } = { message: undefined }] = queued;
    expect(message).toMatchObject({
      kind: "reports",
      reports: [
        {
          ...{ source: "appeals", id: "appeal-1", stream, appeal: { number: 7 }, reason: "it was a toy" },
          occurredAt: "2026-11-21T11:00:00.000Z",
        },
      ],
    });
    for (const each of queued) expect(parseMessage(formatMessage(each.message))).toEqual(each.message);
  });

  it("keeps a pseudonym of the appellant only, and names keys that it does not know", async () => {
    const sent = { ...appeal, appellant: { id: "broadcaster-1042" }, order: { ...appeal.order, batch: "op-1" } };
    expect((await post(sent)).warnings).toEqual([
      { pointer: "/order/batch", message: "is ignored: not a key of an appeal" },
    ]);
    expect(JSON.stringify(queued)).toMatch(/"reporterHash":"[0-9a-f]{32}"/);
    expect(JSON.stringify(queued)).not.toContain("broadcaster-1042");
  });

  it("is the sample events/appeal.json", async () => {
    const sample = JSON.parse(readFileSync(join(import.meta.dirname, "../../events/appeal.json"), "utf8"));
    const { order } = sample;
    await post({ ...sample, order: { ...order, stream }, occurredAt: appeal.occurredAt });
    expect(queued).toMatchObject([
      { message: { reports: [{ appeal: { number: order.number }, reason: sample.reason }] } },
    ]);
  });

  it.each<[string, object, (number | string)[]]>([
    ["no order", { order: undefined }, [400, "/order"]],
    ["no number", { order: { stream } }, [400, "/order/number"]],
    ["a number that no order has", { order: { stream, number: 0 } }, [400, "/order/number"]],
    ["half a number", { order: { stream, number: 1.5 } }, [400, "/order/number"]],
    ["no stream", { order: { number: 1 } }, [400, "/order/stream"]],
    ["every stream", { order: { stream: { ...stream, stream: "*" }, number: 1 } }, [400, "/order/stream/stream"]],
    ["too many words", { reason: "x".repeat(2_001) }, [400, "/reason"]],
    ["no time", { occurredAt: undefined }, [400, "/occurredAt"]],
    ["a time to come", { occurredAt: "2026-11-21T13:00:00Z" }, [400, "/occurredAt"]],
    ["an appellant without id", { appellant: {} }, [400, "/appellant/id"]],
    ["a stream out of scope", { order: { stream: { ...stream, app: "vod" }, number: 1 } }, [422, "/order/stream"]],
  ])("with %s is refused, with a pointer", async (_, change, expected) => {
    expect(await refusalOf({ ...appeal, ...change })).toEqual(expected);
  });

  it("is refused unsigned, and as a report", async () => {
    expect(await refusalOf(appeal, { headers: { "webhook-signature": "v1,AAAA" } })).toEqual([401]);
    const [status, ...pointers] = await refusalOf({ occurredAt: appeal.occurredAt, stream, category: "weapons" });
    expect([status, pointers]).toEqual([400, ["/order"]]);
  });

  it("is no part of a report, whose source sends no appeals", async () => {
    const report = { occurredAt: appeal.occurredAt, stream, category: "weapons", appeal: { number: 7 } };
    expect((await post(report, {}, "standard")).warnings).toContainEqual({
      ...{ pointer: "/appeal", message: "is ignored: not a key of a report" },
    });
    expect(queued[0]?.message).not.toHaveProperty("reports.0.appeal");
  });
});
