import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MAX_EVENT_BYTES, toCloudEvent } from "../../lib/events/cloud-event.ts";
import { type CloudEvent, cloudEventSchema } from "../../lib/events/cloud-event-schema.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import type { LedgerItem } from "../../lib/events/ledger-item.ts";
import { EVENT_TYPES } from "../../lib/events/types/event-types.ts";
import type { Order } from "../../lib/orders/order.ts";
import { runs } from "../support/runs.ts";
import { at, ORDER_ID, policyHash } from "./arbitrary-items.ts";
import { life } from "./lives.ts";

const wire = (item: LedgerItem): CloudEvent[] =>
  eventsOf(item).map((event, place) =>
    toCloudEvent({ ...event, number: place + 1, loggedAt: at(0) }, { source: "/offair/prod" }),
  );

describe("an event on the wire", () => {
  it("is a CloudEvent 1.0 with its number and its ordering key, also after it was sent as JSON", () => {
    fc.assert(
      fc.property(life, (states) => {
        for (const event of states.flatMap(wire)) {
          expect(cloudEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
        }
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("has the same bytes in every attempt, in whatever order the table returns the attributes of data", () => {
    const dictionary = fc.dictionary(
      fc.string(),
      fc.oneof(fc.integer(), fc.string(), fc.dictionary(fc.string(), fc.integer())),
    );
    fc.assert(
      fc.property(dictionary, fc.array(dictionary), (record, list) => {
        const event = (data: Record<string, unknown>) => ({
          ...{ id: "x", type: EVENT_TYPES[0], time: at(0), orderingKey: "type.x", data, number: 1, loggedAt: at(0) },
        });
        const bytes = (data: Record<string, unknown>) =>
          JSON.stringify(toCloudEvent(event(data), { source: "/offair/prod" }));
        const data = { record, list, z: null, a: 1 };
        expect(bytes(reversed(data))).toBe(bytes(data));
        expect(toCloudEvent(event(data), { source: "/offair/prod" }).data).toEqual(data);
      }),
      { numRuns: runs(500) },
    );
  });

  it("names attributes as CloudEvents requires: lower-case letters and digits", () => {
    const names = Object.keys(cloudEventSchema.shape);
    expect(names.filter((name) => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([]);
  });

  it("names its type and version 1 in its dataschema", () => {
    for (const type of EVENT_TYPES) {
      const event = { ...{ id: "x", type, time: at(0), orderingKey: "type.x", data: {} }, number: 1, loggedAt: at(0) };
      expect(toCloudEvent(event, { source: "/offair/prod" }).dataschema).toBe(`urn:offair:event:${type}:1`);
    }
  });
});

describe("the largest events", () => {
  /** The longest text of characters with the longest form in JSON and UTF-8. */
  const longest = [
    ["of four bytes", (length: number) => "🎥".repeat(length)],
    ["that JSON escapes", (length: number) => '"'.repeat(length)],
    ["that JSON writes in six bytes", (length: number) => "\u2028".repeat(length)],
  ] as const;
  const person = `arn:aws:iam::000000000000:user/${"p".repeat(2_000)}`;

  it.each(longest)("stay below 64 kB with names %s", (_, text) => {
    const stream = { domain: "d".repeat(255), app: text(128), stream: text(512) };
    const key = `${"s".repeat(64)}#re-publish of ${"s".repeat(64)}#${text(150)}`;
    const order: Order = {
      ...{ stream, number: 9_999_999_999, action: "disable", resumeTime: "2026-11-28T12:00:00Z" },
      ...{ reason: `again after order 1: ${text(1_000)}${"\u0001".repeat(100_000)}`, placedAt: at(0), endedAt: at(1) },
      ...{ outcome: "verified", attempts: Array.from({ length: 100 }, () => ({ at: at(0), result: "sent" as const })) },
      authority: {
        ...{ kind: "operator", cause: key, orderId: ORDER_ID, requestedBy: person, approvedBy: person },
        ...{ overridesRulesUntil: at(9), republish: { after: 1, times: 1 }, undoes: ORDER_ID },
      },
    };
    const earlier = Array.from({ length: 50 }, (_each, place) => ({ ...order, number: order.number - 1 - place }));
    const enable: Order = { ...order, action: "enable" };
    const sizes = [order, enable].flatMap((each) => wire({ kind: "order", order: each, earlier })).map(sizeOf);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(MAX_EVENT_BYTES);
  });

  it("stay below 64 kB with the longest plan, drift and freeze", () => {
    const reason = "\u0001".repeat(100_000);
    const items: LedgerItem[] = [
      {
        kind: "plan",
        plan: {
          ...{ version: 1, orderId: ORDER_ID, action: "disable", resumeTime: "2026-11-28T12:00:00Z", reason },
          ...{ requestedBy: person, plannedAt: at(0), expiresAt: at(600), policy: policyHash, overrideProtected: true },
          ...{ needsApproval: ["limit-total", "limit-share", "protected-stream"], count: 5_000 },
          parts: Array.from({ length: 50 }, () => ({ sha256: policyHash, count: 100 })),
        },
      },
      {
        kind: "change",
        change: { kind: "freeze", source: "s".repeat(64), frozen: true, changedAt: at(0), changedBy: person, reason },
      },
    ];
    const sizes = items.flatMap(wire).map(sizeOf);
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThan(MAX_EVENT_BYTES);
  });
});

/** The same with the keys of every object in the opposite order. The order of an array has a meaning. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, reversed(each)]);
  return Object.fromEntries(entries.toReversed()) as T;
}

const sizeOf = (event: CloudEvent): number => Buffer.byteLength(JSON.stringify(event));
