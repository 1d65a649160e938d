import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { LoggedEvent } from "../../../lib/events/event.ts";
import { EVENT_TYPES } from "../../../lib/events/types/event-types.ts";
import { eventPlaceOf, eventsSchema } from "../../../lib/operator/contract/event-requests.ts";
import {
  comparePlaces,
  type EventPage,
  type EventPageAsked,
  readEventPage,
} from "../../../lib/operator/events/event-pages.ts";
import { runs } from "../../support/runs.ts";

const START = Date.parse("2026-11-22T05:20:00.000Z");
const DAYS = 3;

const KEYS = [`stream.${"0a".repeat(32)}`, `stream.${"ff".repeat(32)}`, "type.key.blocked"];

/** Hours without events, hours with many, and several events of the same moment. */
const arbitraryLog = fc
  .array(
    fc.record({
      atMs: fc.oneof(
        fc.integer({ min: 0, max: DAYS * 24 * 60 }).map((minutes) => START + minutes * MINUTE_MS),
        fc.constantFrom(START, START + 40 * MINUTE_MS, START + 40 * MINUTE_MS - 1),
      ),
      orderingKey: fc.constantFrom(...KEYS),
      type: fc.constantFrom(...EVENT_TYPES),
    }),
    { maxLength: 60 },
  )
  .map((events) =>
    events.map(({ atMs, ...event }, index): LoggedEvent => {
      const at = new Date(atMs).toISOString();
      return { ...event, id: `e${index}`, number: index + 1, time: at, loggedAt: at, data: {} };
    }),
  );

/** As the index: both ends are inclusive, and events of the same moment come in any order. */
const reading = (log: readonly LoggedEvent[], asked: { since: number; until: number }[] = []) =>
  async function* (since: Date, until: Date) {
    asked.push({ since: since.getTime(), until: until.getTime() });
    for (const event of log) {
      const at = Date.parse(event.loggedAt);
      if (at >= since.getTime() && at <= until.getTime()) yield event;
    }
  };

/** Every page, as a client asks for them: the place travels as text. */
async function readAll(asked: EventPageAsked, log: readonly LoggedEvent[]): Promise<EventPage[]> {
  const pages: EventPage[] = [];
  for (let after = asked.after; ; ) {
    const page = await readEventPage({ ...asked, after }, reading(log));
    pages.push(page);
    if (!page.next) return pages;
    const { loggedAt, orderingKey, number } = page.next;
    const text = `${loggedAt} ${orderingKey} ${number}`;
    const request = { action: "events", reason: "a test", requestedBy: "ana", since: loggedAt, after: text };
    expect(eventsSchema.safeParse(request).error).toBeUndefined();
    after = eventPlaceOf(text);
    if (pages.length > 5_000) throw new Error("the pages never end");
  }
}

describe("the pages of the log", () => {
  it("have every event of the time that is wanted once, in order, whatever ends each page", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryLog,
        fc.record({
          from: fc.integer({ min: -90, max: DAYS * 24 * 60 }),
          minutes: fc.integer({ min: 0, max: DAYS * 24 * 60 }),
          order: fc.constantFrom<"newest" | "oldest">("newest", "oldest"),
          limit: fc.integer({ min: 1, max: 7 }),
          types: fc.subarray([...EVENT_TYPES]),
          ends: fc.infiniteStream(fc.boolean()),
        }),
        async (log, { from, minutes, order, limit, types, ends }) => {
          const since = new Date(START + from * MINUTE_MS);
          const until = new Date(since.getTime() + minutes * MINUTE_MS);
          const isWanted = ({ type }: LoggedEvent) => types.includes(type);
          const timeIsUp = () => ends.next().value === true;
          const pages = await readAll({ since, until, order, limit, isWanted, timeIsUp }, log);
          const expected = log.filter((event) => isWanted(event) && isWithin(event, since, until)).sort(comparePlaces);
          if (order === "newest") expected.reverse();
          expect(pages.flatMap(({ events }) => events)).toEqual(expected);
          for (const { events } of pages) expect(events.length).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it("read nothing that is older than the page needs, when the newest events are asked for", async () => {
    const log = [0, 1, 2].map((hour): LoggedEvent => {
      const at = new Date(START + hour * HOUR_MS).toISOString();
      const [orderingKey = ""] = KEYS;
      return { id: `e${hour}`, type: "stream.paused", orderingKey, number: hour + 1, time: at, loggedAt: at, data: {} };
    });
    const asked: { since: number; until: number }[] = [];
    const until = new Date(START + 2 * HOUR_MS + 1);
    const page = await readEventPage(
      {
        ...{ since: new Date(START - 2_000 * HOUR_MS), until, order: "newest", limit: 1 },
        ...{ isWanted: () => true, timeIsUp: () => false },
      },
      reading(log, asked),
    );
    expect(page.events.map(({ id }) => id)).toEqual(["e2"]);
    expect(asked.length).toBeLessThanOrEqual(3);
  });
});

const isWithin = ({ loggedAt }: LoggedEvent, since: Date, until: Date): boolean =>
  Date.parse(loggedAt) >= since.getTime() && Date.parse(loggedAt) < until.getTime();
