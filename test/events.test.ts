import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { answer } from "../lib/answers/answer.ts";
import { parseAuditEvent } from "../lib/audit/audit-request.ts";
import { type Caller, forbiddenFields, identifyCaller } from "../lib/operator/caller.ts";
import { hasEffect } from "../lib/operator/contract/effects.ts";
import { operatorEventSchema } from "../lib/operator/contract/request.ts";
import { inScope } from "../lib/policy/policy.ts";
import { parseMessage } from "../lib/queue/message.ts";
import { claimSchema } from "../lib/reports/claim.ts";
import { receive } from "../lib/sources/receive.ts";
import policy from "../policy.yml";

const EVENTS = join(import.meta.dirname, "../events");
const read = (name: string) => JSON.parse(readFileSync(join(EVENTS, name), "utf8"));
const named = (prefix: string): string[] => readdirSync(EVENTS).filter((name) => name.startsWith(prefix));

it.each(named("report-"))("%s is a report about a stream in scope", (name) => {
  expect(inScope(claimSchema.parse(read(name)).stream, policy)).toBe(true);
});

it.each(named("incident-"))("%s is an event that the incident function understands", (name) => {
  const event = read(name);
  // Who names nobody goes through the gateway, which states who asks.
  const alice: Caller = { kind: "gateway", arn: "arn:aws:iam::123456789012:user/alice", mayBreakGlass: false };
  const caller: Caller = "requestedBy" in event ? { kind: "direct" } : alice;
  const attributed = identifyCaller(event, caller);
  const asked = operatorEventSchema.parse("event" in attributed ? attributed.event : undefined);
  expect(forbiddenFields(asked, caller)).toBeUndefined();
});

it("each incident event that changes something has an id of its own", () => {
  const ids = named("incident-").flatMap((name) => {
    const event = read(name);
    if ("dryRun" in event || hasEffect(event)) expect([name, event.id]).toEqual([name, expect.any(String)]);
    return event.id ?? [];
  });
  expect(new Set(ids).size).toBe(ids.length);
});

const actions = operatorEventSchema.options.map(({ shape }) => shape.action.value);

it("docs/operate.md has a row for each action", () => {
  const section =
    readFileSync(join(EVENTS, "../docs/operate.md"), "utf8").split("\n## Requests without the command\n")[1] ?? "";
  const rows = [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) => cell.split(" with ")[0] ?? []);
  const named = rows.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
  expect(new Set(named)).toEqual(new Set(actions));
});

it("has an incident event for each action", () => {
  expect(new Set(named("incident-").map((name) => read(name).action))).toEqual(new Set(actions));
});

it("audit.json names a slot", () => {
  const now = new Date("2026-11-21T22:00:03Z");
  expect(parseAuditEvent(read("audit.json"), now)).toEqual({
    ...{ scheduled: true, slot: new Date("2026-11-21T22:00:00Z") },
  });
});

it("canary.json is what the schedule of the canary sends", () => {
  const resources = readFileSync(join(EVENTS, "../resources/canary.yml"), "utf8");
  expect(JSON.parse(/^ +Input: "(.*)"$/m.exec(resources)?.[1] ?? "")).toEqual(read("canary.json"));
});

it("answer.json asks for the status of the report in webhook.json, at the time it was signed", async () => {
  const { pathParameters, headers, requestContext } = read("answer.json");
  const asked: unknown[] = [];
  const status = answer(
    { ...pathParameters, headers },
    {
      policy,
      readSecret: async () => JSON.stringify({ secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] }),
      readReport: async (key) => void asked.push(key),
      now: () => new Date(requestContext.timeEpoch),
    },
  );
  await expect(status).rejects.toMatchObject({ code: "ERR_REPORT_UNKNOWN" });
  expect(asked).toEqual([{ source: "standard", id: read("webhook.json").headers["webhook-id"] }]);
});

it("webhook.json is accepted at the time it was signed, and becomes what worker.json holds", async () => {
  const event = read("webhook.json");
  const [first, second] = read("worker.json").Records;
  const enqueued: unknown[] = [];
  await receive(
    { source: event.pathParameters.source, headers: event.headers, query: {}, body: Buffer.from(event.body) },
    {
      policy,
      readSecret: async () => JSON.stringify({ secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] }),
      enqueue: async (queue, message) => void enqueued.push({ queue, message }),
      now: () => new Date(event.requestContext.timeEpoch),
    },
  );
  expect(enqueued).toEqual([{ queue: "bulk", message: parseMessage(first.body) }]);
  expect(parseMessage(second.body)).toMatchObject({ kind: "order", index: 0 });
});
