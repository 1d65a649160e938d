/** The page of an ordinary audit after three weeks, the same each time; a test changes one thing of it. */

import { topReasons } from "../../lib/archive/figures.ts";
import { DRIFT_KINDS } from "../../lib/archive/manifest.ts";
import type {
  DisabledOnPage,
  DomainOnPage,
  FindingOnPage,
  FindingsOnPage,
  HistoryPoint,
  PageModel,
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

const figuresOf = (total: number, hoursAgo: number) => ({
  ...topReasons(
    new Map(REASONS.map((reason, i) => [reason, Math.round(total * ([0.45, 0.3, 0.14, 0.1, 0.01][i] ?? 0))])),
  ),
  timeToOff: [9, 14, 5, 2, hoursAgo % 5 === 0 ? 1 : 0, 0, hoursAgo === 77 ? 3 : 0, 0, hoursAgo === 200 ? 1 : 0],
});

const slotOf = (hoursAgo: number): string => toSecondsUtc(new Date(SLOT.getTime() - hoursAgo * HOUR_MS));
const noDrift = { missing: 0, unexpected: 0, expiring: 0, "wrong-resume-time": 0, outlived: 0 };

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
  return { kind: "audit", slot, scheduled: true, domains, drift, figures: figuresOf(total, hoursAgo) };
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
  const { figures: _, findings: __, ...rest } = pageModel({ previous: null, history: [], scheduled: false });
  const domains = rest.domains.map((each, i) =>
    i === 0 ? ({ ...each, complete: false, because: "listing-failed", error: "ERR_LIVE_UNAVAILABLE" } as const) : each,
  );
  return { ...rest, domains };
};

export const everyDrift = (count: number): FindingsOnPage => ({
  object: "findings/dt=2026-11-21/140000Z.ndjson.gz",
  drift: Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, count])) as Record<(typeof DRIFT_KINDS)[number], number>,
  listed: DRIFT_KINDS.flatMap((kind) =>
    [...new Array(count).keys()].map((i) => ({ ...disabledOnPage(`room-${i}`, i), kind })),
  ),
});
