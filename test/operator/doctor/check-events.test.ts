import { describe, expect, it } from "@jest/globals";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { SubscriberRow } from "../../../lib/operator/contract/response-schema.ts";
import { judgeOutbox, judgeSubscriber } from "../../../lib/operator/doctor/check-events.ts";
import { NOON } from "../../support/fixtures.ts";

const ago = (ms: number): string => new Date(NOON.getTime() - ms).toISOString();
const judge = (change: Partial<SubscriberRow>) =>
  judgeSubscriber({ name: "platform", state: "active", failing: 0, givenUp: 0, replays: [], ...change }, NOON);
const SINCE = { failures: 4, until: ago(-MINUTE_MS) };

describe("doctor on a subscriber of events", () => {
  it("is content with one that takes events, and with one that got none yet", () => {
    expect(judge({ lastDeliveredAt: ago(5 * MINUTE_MS) })).toEqual({
      state: "ok",
      says: "The last event was delivered 5 min ago.",
    });
    expect(judge({ state: "never" })).toEqual({ state: "ok", says: "Nothing was sent to it yet." });
    expect(judgeSubscriber(undefined, NOON)).toEqual({ state: "ok", says: "Nothing was sent to it yet." });
  });

  it("fails for one that ended, with since when events are missing and how to resume it", () => {
    const ended = { at: ago(3 * HOUR_MS), because: "gone", missedSince: ago(4 * HOUR_MS) } as const;
    expect(judge({ state: "ended", ended })).toEqual({
      state: "failed",
      says: `Its subscription ended 3 h ago: it answered 410 (gone). Events since ${ended.missedSince} are missing there.`,
      remedy: expect.stringContaining("`offair events resume --subscriber platform --reason …`"),
    });
  });

  it("warns of one that does not answer, and fails after an hour", () => {
    const problem = "no answer within 10 s";
    const away = (ms: number) => judge({ state: "backing-off", backOff: { ...SINCE, since: ago(ms) }, problem });
    expect(away(10 * MINUTE_MS)).toMatchObject({
      state: "warning",
      says: `It has not taken an event since ${ago(10 * MINUTE_MS)}: ${problem}.`,
    });
    expect(away(2 * HOUR_MS)).toMatchObject({ state: "failed" });
  });

  it("warns of streams whose events have failed for more than an hour, while others are delivered", () => {
    const fails = (ms: number) =>
      judge({ failing: 2, oldestFailingSince: ago(ms), problem: "it answered 400", lastDeliveredAt: ago(MINUTE_MS) });
    expect(fails(2 * HOUR_MS)).toMatchObject({
      state: "warning",
      says: `2 streams' events fail, the oldest since ${ago(2 * HOUR_MS)}: it answered 400.`,
      remedy: expect.stringContaining("`offair events list --subscriber platform`"),
    });
    expect(fails(10 * MINUTE_MS)).toMatchObject({ state: "ok" });
  });

  it("warns of events that were given up in the last week, and says how to send them again", () => {
    const given = (ms: number) => judge({ givenUp: 3, lastGivenUpAt: ago(ms), lastDeliveredAt: ago(MINUTE_MS) });
    expect(given(2 * DAY_MS)).toMatchObject({
      state: "warning",
      says: "3 events were given up, the last one 2 days ago.",
      remedy: expect.stringContaining("`offair events replay --subscriber platform --since … --reason …`"),
    });
    expect(given(8 * DAY_MS)).toMatchObject({ state: "ok" });
  });
});

describe("doctor on the outbox", () => {
  it("fails if something has been due for minutes, because nobody delivers it", () => {
    expect(judgeOutbox([])).toMatchObject({ state: "ok" });
    expect(judgeOutbox([{ kind: "replay" }])).toMatchObject({ state: "ok" });
    expect(judgeOutbox([{ kind: "order" }, { kind: "replay" }])).toMatchObject({
      state: "failed",
      says: "1 item has been due for more than 5 min: events are not delivered.",
    });
    expect(judgeOutbox(Array(100).fill({ kind: "order" })).says).toMatch(/^100 or more items have been due/);
  });
});
