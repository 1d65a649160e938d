import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { streamKey } from "../../lib/core/stream.ts";
import { CATALOGUE } from "../../lib/events/catalogue.ts";
import type { OffairEvent } from "../../lib/events/event.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import type { LedgerItem } from "../../lib/events/ledger-item.ts";
import { EVENT_TYPES } from "../../lib/events/types/event-types.ts";
import { runs } from "../support/runs.ts";
import { PRIVATE } from "./arbitrary-items.ts";
import { last, life } from "./lives.ts";
import { orderLife } from "./order-lives.ts";
import { reportLife, untranslatedLife } from "./report-lives.ts";

const RUNS = { numRuns: runs(800) };
const idsOf = (item: LedgerItem): string[] => eventsOf(item).map(({ id }) => id);

describe("the events of every item", () => {
  it("are of every type of the catalogue in the stories of these tests", () => {
    const seen = fc.sample(life, runs(3_000)).flatMap((states) => eventsOf(last(states)).map(({ type }) => type));
    expect([...new Set(seen)].sort()).toEqual([...EVENT_TYPES].sort());
  });

  it("are the same however often they are derived", () => {
    fc.assert(
      fc.property(life, (states) => {
        for (const item of states) expect(eventsOf(structuredClone(item))).toEqual(eventsOf(item));
      }),
      RUNS,
    );
  });

  it("have data as the catalogue says, and nothing besides", () => {
    fc.assert(
      fc.property(life, (states) => {
        for (const item of states)
          for (const { type, data } of eventsOf(item)) expect(CATALOGUE[type].data.parse(data)).toEqual(data);
      }),
      RUNS,
    );
  });

  it("have ids of at most 256 plain characters, and no two of one item the same", () => {
    fc.assert(
      fc.property(life, (states) => {
        for (const item of states) {
          const ids = idsOf(item);
          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9._-]{1,256}$/);
        }
      }),
      RUNS,
    );
  });

  it("have a time, and the ordering key of their stream or else of their type", () => {
    fc.assert(
      fc.property(life, (states) => {
        for (const { type, time, orderingKey, subject, data } of eventsOf(last(states))) {
          expect(new Date(time).toISOString()).toBe(time);
          const { stream } = data as { stream?: { domain: string; app: string; stream: string } };
          expect(orderingKey).toBe(stream ? `stream.${sha256Hex(streamKey(stream))}` : `type.${type}`);
          expect(subject).toBe(stream && `${stream.domain}/${stream.app}/${stream.stream}`);
        }
      }),
      RUNS,
    );
  });

  it("have nothing of a reporter: no text of a report, of a verdict or of a message, no evidence, no pseudonym", () => {
    fc.assert(
      fc.property(life, (states) => {
        for (const item of states) expect(JSON.stringify(eventsOf(item))).not.toContain(PRIVATE);
      }),
      RUNS,
    );
  });
});

/** The id of what is known of a pause because of a push, which a later push replaces. */
const isReplaceable = (id: string): boolean => /^order-[0-9a-f]{32}-\d+-[a-z]+-[0-9a-f]{32}$/.test(id);

describe("an item that changes", () => {
  it("keeps the events that it had, except what another push replaces", () => {
    fc.assert(
      fc.property(life, (states) => {
        let before: string[] = [];
        for (const item of states) {
          const ids = idsOf(item);
          expect(ids).toEqual(expect.arrayContaining(before));
          before = ids.filter((id) => !isReplaceable(id));
        }
      }),
      RUNS,
    );
  });

  it("gives its events in the order in which they happened", () => {
    fc.assert(
      fc.property(fc.oneof(reportLife, untranslatedLife), (states) => {
        const times = eventsOf(last(states))
          .filter(({ type }) => type === "case.opened" || type === "case.decided")
          .map(({ time }) => time);
        expect(times).toEqual([...times].sort());
      }),
      RUNS,
    );
  });
});

/** Publishes what is new of each state, as the publisher does, in states that it happens to see. */
function published(states: readonly LedgerItem[]): OffairEvent[] {
  const log: OffairEvent[] = [];
  for (const item of states) {
    const known = new Set(log.map(({ id }) => id));
    log.push(...eventsOf(item).filter(({ id }) => !known.has(id)));
  }
  return log;
}

describe("a receiver", () => {
  it("knows the outcome and the proof of an order, whichever of its states were read", () => {
    fc.assert(
      fc.property(orderLife, fc.infiniteStream(fc.boolean()), (states, isRead) => {
        const final = last(states);
        const read = [...states.slice(0, -1).filter(() => isRead.next().value === true), final];
        if (final.kind !== "order") throw new Error("not an order");
        const { outcome, proof } = final.order;
        const told = published(read)
          .filter(({ type }) => type !== "stream.republished")
          .at(-1);
        const hadEffect = ["accepted", "verified", "unverified", "unknown"].includes(outcome ?? "");
        expect(told?.data.outcome).toBe(hadEffect ? outcome : undefined);
        expect(told?.data.proof).toEqual(proof);
      }),
      RUNS,
    );
  });

  it("knows whether a report has ended, whichever of its states were read", () => {
    fc.assert(
      fc.property(reportLife, fc.infiniteStream(fc.boolean()), (states, isRead) => {
        const final = last(states);
        const read = [...states.slice(0, -1).filter(() => isRead.next().value === true), final];
        if (final.kind !== "report") throw new Error("not a report");
        const told = published(read)
          .filter(({ type }) => type === "report.decided")
          .at(-1);
        expect(told?.data.outcome !== undefined).toBe(final.report.outcome !== undefined);
      }),
      RUNS,
    );
  });

  it("knows every verdict and every opening of a case, whichever of its states were read", () => {
    fc.assert(
      fc.property(fc.oneof(reportLife, untranslatedLife), fc.infiniteStream(fc.boolean()), (states, isRead) => {
        const read = [...states.slice(0, -1).filter(() => isRead.next().value === true), last(states)];
        const ids = (of: readonly LedgerItem[]) =>
          published(of)
            .map(({ id }) => id)
            .sort();
        expect(ids(read)).toEqual(ids(states));
      }),
      RUNS,
    );
  });
});

/** What an event is about, in the words of its data: an event with the same id is about the same. */
function causeOf({ type, data }: OffairEvent): unknown {
  const { stream, order, outcome, report, round, alarm, orderId, source, frozen, slot, user } = data;
  if (type === "stream.republished") return [type, order === undefined ? report : [stream, order]];
  if (type.startsWith("stream.")) return [type, stream, order, type === "stream.expiring" ? "" : outcome];
  if (type === "report.decided") return [type, report];
  if (type.startsWith("case.")) return [type, data.kind, report, round, alarm];
  if (type.startsWith("plan.")) return [type, orderId];
  return [type, source, frozen, slot, user];
}

it("two events have the same id only if they are about the same", () => {
  fc.assert(
    fc.property(fc.array(life, { minLength: 2, maxLength: 8 }), (lives) => {
      const causes = new Map<string, unknown>();
      for (const event of lives.flatMap((states) => eventsOf(last(states)))) {
        expect(causeOf(event)).toEqual(causes.get(event.id) ?? causeOf(event));
        causes.set(event.id, causeOf(event));
      }
    }),
    RUNS,
  );
});
