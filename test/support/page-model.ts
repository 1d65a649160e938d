/** The page of an ordinary audit after three weeks, the same each time; a test changes one thing of it. */

import { topReasons } from "../../lib/archive/figures.ts";
import { DRIFT_KINDS } from "../../lib/archive/manifest.ts";
import type { ReviewFigures } from "../../lib/archive/review-figures.ts";
import {
  type CaseOnPage,
  type DisabledOnPage,
  type DomainOnPage,
  type DoneOnPage,
  type FindingOnPage,
  type FindingsOnPage,
  type HistoryPoint,
  MAX_FOUND,
  type PageModel,
} from "../../lib/audit/page/model.ts";
import { DAY_MS, HOUR_MS, toSecondsUtc } from "../../lib/core/time.ts";

export const SLOT = new Date("2026-11-21T14:00:00Z");
const DOMAINS = ["push.example.com", "push-eu.example.com", "events.example.com"];
const REASONS = ["rule severe", "rule harmful", "rule spam-wave", "operator"];
const sha256 = (digits: string): string => digits.repeat(16);

/** 1 to -1 with the hours of a day: fewer streams are disabled at night. */
const tide = (hoursAgo: number): number => Math.cos(((hoursAgo - 6) / 24) * 2 * Math.PI);
const countOf = (index: number, hoursAgo: number): number =>
  Math.round(
    ([42, 17, 6][index] ?? 0) * (1.4 - hoursAgo / 900 + 0.25 * tide(hoursAgo)) + ((hoursAgo * 7919 * (index + 1)) % 5),
  );

const shareOf = (total: number, i: number): number => Math.round(total * ([0.45, 0.3, 0.14, 0.1][i] ?? 0));

/** The first days of the month are of before the audits distinguished who disabled a stream. */
const isOld = (hoursAgo: number): boolean => hoursAgo > 430;

/** An incident 30 hours ago: 200 streams are off for some minutes between two lists. */
const peakOf = (hoursAgo: number): number => (hoursAgo === 30 ? 200 : 0);

function orderedOf(total: number, hoursAgo: number) {
  const ms = SLOT.getTime() - hoursAgo * HOUR_MS;
  const [from, until, highestAt] = [-65, -5, -48].map((minutes) => toSecondsUtc(new Date(ms + minutes * 60_000)));
  const range = (count: number, peak: number) => ({
    highest: count + peak,
    highestAt: highestAt ?? "",
    lowest: Math.max(0, count - 2),
  });
  const peak = peakOf(hoursAgo);
  return {
    ...{ from: from ?? "", until: until ?? "", total: range(total, peak) },
    domains: DOMAINS.map((domain, i) => ({ domain, ...range(countOf(i, hoursAgo), i === 0 ? peak : 0) })),
    reasons: REASONS.map((reason, i) => ({ reason, ...range(shareOf(total, i), reason === "operator" ? peak : 0) })),
  };
}

const figuresOf = (total: number, hoursAgo: number) => ({
  ...topReasons(
    new Map([
      ...REASONS.map((reason, i) => [reason, shareOf(total, i)] as const),
      ...(isOld(hoursAgo) ? [["not by offair", 1] as const] : []),
    ]),
  ),
  ...(!isOld(hoursAgo) && {
    ...{ notByOffair: 1, notAttributed: hoursAgo % 100 === 0 ? 2 : 0, ordered: orderedOf(total, hoursAgo) },
  }),
  timeToOff: [9, 14, 5, 2, hoursAgo % 5 === 0 ? 1 : 0, 0, hoursAgo === 77 ? 3 : 0, 0, hoursAgo === 200 ? 1 : 0],
});

const slotOf = (hoursAgo: number): string => toSecondsUtc(new Date(SLOT.getTime() - hoursAgo * HOUR_MS));
const noDrift = { missing: 0, unexpected: 0, expiring: 0, "wrong-resume-time": 0, outlived: 0 };

const SOURCES = ["own", "sightengine", "hive <b>"];

/** Somebody was late in the night. */
function reviewsOf(hoursAgo: number): ReviewFigures {
  const sources = SOURCES.map((source, i) => ({
    ...{ source, inTime: (hoursAgo + i) % 4, late: hoursAgo % 24 === 10 - i ? 1 : 0, open: 2 - i, missed: 0 },
    ...(i < 2 && { oldest: slotOf(hoursAgo + i + 1) }),
  }));
  const of = (key: "inTime" | "late" | "open") => sources.reduce((sum, each) => sum + each[key], 0);
  const total = { inTime: of("inTime"), late: of("late"), open: of("open"), missed: 0, oldest: slotOf(hoursAgo + 2) };
  return { at: slotOf(hoursAgo), ...total, sources };
}

/** Two cases of which nobody said anything in time. */
export const MISSED: readonly CaseOnPage[] = [
  {
    ...{ key: "own#msg_3f1c", openedAt: "2026-11-20T23:10:00Z", dueAt: "2026-11-21T07:10:00Z" },
    stream: { domain: "push.example.com", app: "live", stream: "room-<i>0417" },
  },
  { key: "sightengine#abc\u202Egpj.exe", openedAt: "2026-11-21T05:00:00Z", dueAt: "2026-11-21T13:00:00Z" },
];

function pastPoint(hoursAgo: number): HistoryPoint {
  const slot = slotOf(hoursAgo);
  if ([101, 102, 103, 290].includes(hoursAgo)) return { kind: "missed", slot };
  const domains = DOMAINS.map((domain, i) => ({
    ...{ domain, count: countOf(i, hoursAgo) },
    complete: !(i === 1 && [33, 34, 350].includes(hoursAgo)),
  }));
  const total = domains.reduce((sum, { count }) => sum + count, 0);
  const drift = {
    ...noDrift,
    unexpected: hoursAgo < 20 ? 1 : 0,
    missing: hoursAgo === 60 ? 2 : 0,
    expiring: hoursAgo % 9,
  };
  return {
    kind: "audit",
    slot,
    scheduled: true,
    domains,
    drift,
    figures: figuresOf(total, hoursAgo),
    reviews: reviewsOf(hoursAgo),
  };
}

export const domainOnPage = (domain: string, count: number): DomainOnPage => ({
  ...{ domain, count, complete: true, because: "two-passes-agree" },
  object: `snapshots/domain=${encodeURIComponent(domain)}/dt=2026-11-21/140000Z.ndjson.gz`,
  passes: [12, 40].map((second) => ({
    startedAt: `2026-11-21T14:00:${second}.101Z`,
    endedAt: `2026-11-21T14:00:${second + 3}.877Z`,
    ...{ pages: Math.ceil((count + 1) / 100), listed: count, totals: [count], requestIds: ["9f2c"] },
  })),
  startedAt: "2026-11-21T14:00:12.101Z",
  endedAt: "2026-11-21T14:00:43.877Z",
});

export const disabledOnPage = (stream: string, index = 0): DisabledOnPage => ({
  ...{ domain: DOMAINS[index % 3] ?? "", app: "live", stream },
  resumeTime: toSecondsUtc(new Date(SLOT.getTime() + (index % 7) * DAY_MS + HOUR_MS)),
  ...(index % 57 === 18 && { isOthers: true }),
  ...(index % 19 !== 18 && {
    order: {
      placedAt: toSecondsUtc(new Date(SLOT.getTime() - index * 17 * 60_000)),
      reason: index % 3 === 0 ? "nudity 0.93 reported by standard" : "weapons 0.88 reported by sightengine",
      by: index % 11 === 10 ? "arn:aws:iam::123456789012:user/maria" : index % 3 === 0 ? "rule severe" : "rule harmful",
    },
  }),
});

const FOUND: readonly FindingOnPage[] = [
  {
    ...{ kind: "unexpected", domain: "push.example.com", app: "live", stream: "room-0417" },
    listed: "2026-11-28T09:12:44Z",
    note: "no offair order",
  },
  {
    ...{ kind: "expiring", domain: "push-eu.example.com", app: "live", stream: "club_night" },
    ...{ listed: "2026-11-21T21:00:00Z", expected: "2026-11-21T21:00:00Z" },
    note: "order 3, rule harmful",
  },
  ...[
    "room-2210",
    "<img src=x onerror=alert(1)>",
    "شارع ١٢",
    "abc\u202Egpj.exe",
    '=HYPERLINK("http://evil.example")',
  ].map((stream, i) => ({
    ...{ kind: i < 3 ? ("disabled" as const) : ("enabled" as const), domain: "push.example.com", app: "live", stream },
    ...(i < 3 ? { listed: "2026-11-22T13:31:00Z" } : { expected: "2026-11-21T13:44:10Z" }),
    note: i < 3 ? "order 1, rule severe" : "ran out",
  })),
];

const ORDER_ID = "op-0b9ec5d2-7c1a-4f53-9d54-6a1c0e8f7a10";
const UNDO_ID = "op-5f2d8a31-40be-4c0e-8f2b-91d7c3a6e4b8";
const DONE: readonly DoneOnPage[] = [
  {
    ...{ action: "disable", orders: 200, first: "2026-11-21T13:06:11Z", last: "2026-11-21T13:06:12Z" },
    ...{ until: ["2026-11-22T13:06:00Z", "2026-11-22T13:06:00Z"], by: "arn:aws:iam::123456789012:user/maria" },
    ...{ orderId: ORDER_ID, approvedBy: "arn:aws:iam::123456789012:user/li", reasons: ["INC-881: a raid of one app"] },
    ...{
      moreReasons: false,
      outcomes: [
        ["verified", 198],
        ["failed", 2],
      ],
      undone: { by: UNDO_ID },
    },
  },
  {
    ...{ action: "enable", orders: 198, first: "2026-11-21T13:52:40Z", last: "2026-11-21T13:52:41Z", until: [] },
    ...{
      by: "arn:aws:iam::123456789012:user/maria",
      orderId: UNDO_ID,
      undoes: ORDER_ID,
      reasons: ["undo: a false alarm"],
    },
    ...{ moreReasons: false, outcomes: [["verified", 198]], undone: "no" },
  },
  {
    ...{ action: "pause", orders: 14, first: "2026-11-21T12:57:03Z", last: "2026-11-21T13:51:29Z", until: [] },
    ...{
      by: "rule harmful",
      source: "sightengine",
      policy: "4be1".repeat(16),
      reasons: ["weapons reported by sightengine"],
    },
    ...{
      moreReasons: true,
      outcomes: [
        ["accepted", 13],
        ["under way", 1],
      ],
      undone: "no",
    },
  },
  {
    ...{ action: "disable", orders: 1, first: "2026-11-21T13:31:00Z", last: "2026-11-21T13:31:00Z" },
    ...{ until: ["2026-11-22T13:31:00Z", "2026-11-22T13:31:00Z"], by: "=maria", orderId: UNDO_ID.replace("5f", "6a") },
    ...{
      stream: { domain: "push.example.com", app: "live", stream: "<img src=x onerror=alert(1)>" },
      isBreakGlass: true,
    },
    ...{ reasons: ["abc\u202Egpj.exe"], moreReasons: false, outcomes: [["verified", 1]], undone: "no" },
  },
];

export function pageModel(change: Partial<PageModel> = {}): PageModel {
  const domains = DOMAINS.map((domain, i) => domainOnPage(domain, countOf(i, 0)));
  const total = domains.reduce((sum, { count }) => sum + count, 0);
  return {
    ...{ slot: toSecondsUtc(SLOT), scheduled: true, writtenAt: "2026-11-21T14:00:51.300Z" },
    ...{ policy: sha256("4be1"), build: sha256("9a07"), keyId: sha256("c3d2") },
    previous: { number: 512, sha256: sha256("5e8f"), slot: slotOf(1) },
    domains,
    disabled: [...new Array(total).keys()].map((i) =>
      disabledOnPage(`room-${String((i * 7919) % 10_000).padStart(4, "0")}`, i),
    ),
    figures: figuresOf(total, 0),
    reviews: {
      figures: {
        ...{ at: "2026-11-21T14:00:09Z", inTime: 5, late: 1, open: 4, missed: 2, oldest: "2026-11-20T23:10:00Z" },
        sources: [
          { source: "own", inTime: 3, late: 1, open: 2, missed: 1, oldest: "2026-11-20T23:10:00Z" },
          { source: "sightengine", inTime: 2, late: 0, open: 2, missed: 1, oldest: "2026-11-21T05:00:00Z" },
        ],
      },
      missed: MISSED,
    },
    ledgerUntil: "2026-11-21T13:55:00Z",
    done: {
      object: "events/dt=2026-11-21/140000Z.ndjson.gz",
      ...{ from: "2026-11-21T12:55:00Z", until: "2026-11-21T13:55:00Z", total: DONE.length, entries: DONE },
    },
    findings: {
      object: "findings/dt=2026-11-21/140000Z.ndjson.gz",
      diff: { disabled: 3, enabled: 2, changed: 0 },
      drift: { ...noDrift, unexpected: 1, expiring: 1 },
      listed: FOUND,
    },
    history: [...new Array(510).keys()].map((i) => pastPoint(510 - i)),
    ...change,
  };
}

/** An audit of which nothing could be compared, on the first day. */
export const bareModel = (): PageModel => {
  const {
    figures: _,
    findings: __,
    ledgerUntil: ___,
    done: ____,
    reviews: _____,
    ...rest
  } = pageModel({ previous: null, history: [], scheduled: false });
  const domains = rest.domains.map((each, i) =>
    i === 0 ? ({ ...each, complete: false, because: "listing-failed", error: "ERR_LIVE_UNAVAILABLE" } as const) : each,
  );
  const disabled = rest.disabled.map(({ isOthers: _others, ...row }) => row);
  return { ...rest, domains, disabled };
};

export const everyDrift = (count: number): FindingsOnPage => ({
  object: "findings/dt=2026-11-21/140000Z.ndjson.gz",
  drift: Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, count])) as Record<(typeof DRIFT_KINDS)[number], number>,
  listed: DRIFT_KINDS.flatMap((kind) =>
    [...new Array(Math.min(count, MAX_FOUND)).keys()].map((i) => ({ ...disabledOnPage(`room-${i}`, i), kind })),
  ),
});
