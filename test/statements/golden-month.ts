/** A month with every kind of action, source, decision, verdict and overturn, as the audits export it. Nothing in it is drawn at random. */
import { HOUR_MS, MINUTE_MS, toSecondsUtc } from "../../lib/core/time.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { Authority, Order } from "../../lib/orders/order.ts";
import type { Category } from "../../lib/reports/claim.ts";
import type { Settings } from "../../lib/statements/settings.ts";
import { createWorld, type World } from "../cli/world.ts";
import type { Objects } from "../support/chain.ts";

const POLICY = "c".repeat(64);
export const MONTH = ["--from", "2026-03-01", "--to", "2026-03-31"];

/** As `statement-settings` answers. */
export const GOLDEN_SETTINGS: Record<keyof Settings, unknown> = {
  policy: POLICY,
  sources: { hive: "classifier", form: "people", flagger: "trusted-flagger", police: "authority" },
  statements: {
    platform: "Example Live",
    territory: "EU",
    categories: {
      terrorism: {
        ground: "illegal",
        reference: "Regulation (EU) 2021/784, Article 2(7)",
        explanation: { en: "The content glorifies terrorist acts.", zh: "内容美化恐怖主义行为。" },
        url: "https://eur-lex.europa.eu/eli/reg/2021/784/oj",
      },
      nudity: {
        ground: "incompatible",
        reference: { en: "Terms of service, section 4.2", zh: "服务条款第4.2节" },
        explanation: { en: "Sexual content is not allowed.", zh: "不允许发布色情内容。" },
        keywords: ["KEYWORD_NUDITY", "KEYWORD_ADULT_SEXUAL_MATERIAL"],
        alsoIllegal: false,
      },
      weapons: { ground: "illegal", explanation: "Weapons are offered." },
      hate: { ground: "illegal", reference: "Framework Decision 2008/913/JHA", explanation: "It incites to hatred." },
      spam: { ground: "none" },
    },
    withoutReport: "nudity",
    broadcaster: {
      en: "{platform}: {restriction} of {stream}, {from} to {until}, in {territory}. {facts} Ground: {ground}. {explanation} {redress} ({reference})",
      zh: "{platform}：{stream}，{restriction}，自{from}至{until}，适用地区：{territory}。{facts}依据：{ground}。{explanation}{redress}（{reference}）",
    },
    redress: { en: "You can appeal within six months.", zh: "您可以在六个月内申诉。" },
  },
};

interface Told {
  readonly source: string;
  readonly category: Category;
  readonly score?: number;
  readonly outcome?: NonNullable<ReportRecord["outcome"]>;
  readonly verdict?: { readonly by: string; readonly at: string };
  readonly overturnedAt?: string;
  readonly decision?: "disable" | "review";
}

interface Done {
  readonly action?: Order["action"];
  readonly hours?: number;
  readonly outcome?: NonNullable<Order["outcome"]>;
  readonly authority?: Partial<Extract<Authority, { kind: "operator" }>>;
  readonly republishOf?: number;
  readonly repairs?: "missing" | "expiring";
  /** The first call got no answer, and the second was rejected. */
  readonly isUnanswered?: true;
  /** The end, if it is that of another order. */
  readonly until?: string;
  /** When the outcome was known, if not two seconds later. */
  readonly endedAt?: string;
}

const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

const endOf = (at: string, hours: number): string => toSecondsUtc(new Date(Date.parse(at) + hours * HOUR_MS));

function createScene(world: World) {
  const numbers = new Map<string, number>();
  const firstPlaced = new Map<string, string>();
  let ids = 0;

  function report(stream: string, at: string, told: Told): string {
    const id = `msg-${++ids}`;
    const key = `${told.source}#${id}`;
    const { category, score, source, outcome = "verified", verdict, decision = "disable" } = told;
    const record: ReportRecord = {
      key,
      report: {
        ...{
          source,
          id,
          stream: room(stream),
          category,
          bodySha256: "0".repeat(64),
          occurredAt: later(at, -MINUTE_MS),
        },
        ...{ receivedAt: at, reason: "Jane Doe, jane@example.com, did this" },
        ...(score !== undefined && { score }),
      },
      decision:
        decision === "review"
          ? { action: "review", because: "rule", rule: "unsure" }
          : { action: "disable", because: "rule", rule: "severe", resumeTime: toSecondsUtc(new Date(at)) },
      facts: { workedAt: at, orders: [] },
      ...{ grade: "B", decidedAt: at, mode: "enforce", policy: POLICY, outcome },
      ...(verdict && { verdict: { verdict: "approved", ...verdict, reason: "seen by Erika Mustermann" } }),
    };
    world.add({ kind: "report", at: later(at, 3_000), report: record });
    if (told.overturnedAt !== undefined) {
      const overturn = { because: "false-positive", by: "mallory", at: told.overturnedAt, reason: "a toy" } as const;
      world.add({ kind: "report", at: told.overturnedAt, report: { ...record, overturns: [overturn] } });
    }
    return key;
  }

  function order(stream: string, at: string, cause: string, done: Done = {}): number {
    const number = (numbers.get(stream) ?? 0) + 1;
    numbers.set(stream, number);
    if (number === 1) firstPlaced.set(stream, at);
    const { action = "disable", hours = 24, outcome = "verified", authority, republishOf, repairs } = done;
    const endedAt = done.endedAt ?? later(at, 2_000);
    const again = {
      ...(republishOf !== undefined && { republish: { after: republishOf, times: 1 } }),
      ...(repairs && {
        repairs: {
          of: number - 1,
          why: repairs,
          cause: authority?.approves ?? cause,
          placedAt: firstPlaced.get(stream) ?? at,
        },
      }),
    };
    const own = republishOf === undefined && !repairs ? cause : `${repairs ?? "push"}#${stream}#${number}`;
    const placed: Order = {
      ...{ stream: room(stream), number, action, reason: "Jane Doe again", placedAt: at, outcome, endedAt },
      ...(action === "disable" && { resumeTime: done.until ?? endOf(at, hours) }),
      attempts: [
        ...(done.isUnanswered ? [{ at: later(at, 400), result: "unknown" as const }] : []),
        ...(NOT_SENT.has(outcome)
          ? []
          : [{ at: later(at, 500), result: outcome === "failed" ? ("not-done" as const) : ("sent" as const) }]),
      ],
      authority: authority
        ? {
            ...{ kind: "operator", cause: own, orderId: cause, requestedBy: "erika.mustermann" },
            ...{ overridesRulesUntil: later(at, 24 * HOUR_MS), ...authority, ...again },
          }
        : { kind: "rule", cause: own, source: cause.split("#")[0] ?? "", rule: "severe", policy: POLICY, ...again },
    };
    world.add({ kind: "order", at: endedAt, order: placed });
    return number;
  }
  return { report, order };
}

/** Outcomes before any call. */
const NOT_SENT: ReadonlySet<string> = new Set(["refused", "superseded", "held"]);

const room = (stream: string) => ({ domain: "push.example.com", app: "live", stream });
const MARCH = (day: number, time = "10:10"): string => `2026-03-${String(day).padStart(2, "0")}T${time}:00.000Z`;
const OPERATOR = (id: number): string => `op-00000000-0000-4000-8000-00000000000${id}`;

export async function goldenMonth(): Promise<Objects> {
  const world = createWorld();
  const { report, order } = createScene(world);

  order(
    "before-the-month",
    "2026-02-28T23:10:00.000Z",
    report("before-the-month", "2026-02-28T23:10:00.000Z", { source: "hive", category: "terrorism", score: 0.9 }),
  );
  order(
    "old-and-overturned",
    "2026-02-20T10:10:00.000Z",
    report("old-and-overturned", "2026-02-20T10:10:00.000Z", {
      source: "hive",
      category: "terrorism",
      score: 0.9,
      overturnedAt: MARCH(20),
    }),
  );

  order(
    "by-a-classifier",
    MARCH(1),
    report("by-a-classifier", MARCH(1), { source: "hive", category: "terrorism", score: 0.97 }),
  );
  const first = order(
    "by-a-classifier",
    MARCH(1, "11:10"),
    report("by-a-classifier", MARCH(1, "11:10"), { source: "hive", category: "nudity", score: 0.9 }),
    { action: "pause", outcome: "accepted" },
  );
  order("by-a-classifier", MARCH(1, "11:12"), "again", { action: "pause", republishOf: first });
  order("by-a-person", MARCH(2), report("by-a-person", MARCH(2), { source: "form", category: "nudity" }), {
    action: "pause",
  });
  order("hate-by-a-person", MARCH(3), report("hate-by-a-person", MARCH(3), { source: "form", category: "hate" }));
  order("by-a-flagger", MARCH(4), report("by-a-flagger", MARCH(4), { source: "flagger", category: "terrorism" }), {
    hours: 168,
    outcome: "unverified",
  });
  order("by-an-authority", MARCH(5), report("by-an-authority", MARCH(5), { source: "police", category: "terrorism" }));

  const held = report("held-and-approved", MARCH(5, "09:10"), {
    source: "hive",
    category: "terrorism",
    score: 0.9,
    outcome: "held",
    verdict: { by: "erika", at: MARCH(6) },
  });
  order("held-and-approved", MARCH(6), OPERATOR(1), { authority: { approves: held } });
  const reviewed = report("reviewed", MARCH(6, "09:10"), {
    source: "form",
    category: "terrorism",
    outcome: "review",
    decision: "review",
    verdict: { by: "erika", at: MARCH(7) },
  });
  const approved = order("reviewed", MARCH(7), OPERATOR(2), { authority: { approves: reviewed } });
  order("reviewed", MARCH(7, "10:12"), OPERATOR(2), { authority: { approves: reviewed }, republishOf: approved });
  order("by-an-operator", MARCH(8), OPERATOR(3), { authority: {} });

  const lasting = report("repaired", MARCH(9), { source: "hive", category: "terrorism", score: 0.9 });
  order("repaired", MARCH(9), lasting);
  order("repaired", MARCH(9, "12:10"), lasting, { repairs: "missing", hours: 22 });
  order("repaired", MARCH(10, "09:10"), lasting, { repairs: "expiring" });

  order("no-law", MARCH(11), report("no-law", MARCH(11), { source: "hive", category: "weapons", score: 0.9 }));
  order("no-entry", MARCH(12), report("no-entry", MARCH(12), { source: "hive", category: "violence", score: 0.9 }));
  order("no-source", MARCH(13), report("no-source", MARCH(13), { source: "gone", category: "terrorism", score: 0.9 }));
  order("no-answer", MARCH(14), report("no-answer", MARCH(14), { source: "hive", category: "terrorism", score: 0.9 }), {
    outcome: "unknown",
  });
  order("spam", MARCH(15), report("spam", MARCH(15), { source: "hive", category: "spam", score: 0.9 }));
  for (const outcome of ["failed", "refused", "superseded", "held"] as const) {
    order(
      `it-${outcome}`,
      MARCH(16),
      report(`it-${outcome}`, MARCH(16), { source: "hive", category: "terrorism", score: 0.9, outcome }),
      { outcome },
    );
  }
  const lost = report("failed-after-no-answer", MARCH(16), {
    source: "hive",
    category: "terrorism",
    outcome: "failed",
  });
  order("failed-after-no-answer", MARCH(16), lost, { outcome: "failed", isUnanswered: true });
  order("enabled", MARCH(17), OPERATOR(4), { authority: {}, action: "enable" });
  order("offair-canary", MARCH(18), report("offair-canary", MARCH(18), { source: "canary", category: "other" }), {
    hours: 1,
  });
  order(
    "overturned",
    MARCH(19),
    report("overturned", MARCH(19), { source: "hive", category: "nudity", score: 0.9, overturnedAt: MARCH(21) }),
  );
  order(
    "overturned-later",
    MARCH(30),
    report("overturned-later", MARCH(30), {
      source: "hive",
      category: "nudity",
      score: 0.9,
      overturnedAt: "2026-04-01T00:30:00.000Z",
    }),
  );
  for (const [index, name] of ["<script>alert(1)</script>", "=1+1", "../../etc/passwd", "{facts}{stream}"].entries()) {
    order(
      name,
      MARCH(22, `10:1${index}`),
      report(name, MARCH(22, `10:1${index}`), { source: "hive", category: "hate", score: 0.9 }),
    );
  }
  // An undo and a granted appeal leave the stream off, because of the order before them.
  for (const [at, authority] of [
    [MARCH(23), { undoes: OPERATOR(6) }],
    [MARCH(24), { reverses: 1, approves: "appeals#1" }],
  ] as const) {
    const name = `kept-off-${Object.keys(authority)[0]}`;
    order(name, later(at, -2 * HOUR_MS), report(name, later(at, -2 * HOUR_MS), { source: "hive", category: "nudity" }));
    order(name, later(at, -HOUR_MS), OPERATOR(7), { authority: {}, hours: 48 });
    order(name, at, OPERATOR(8), { authority, until: endOf(later(at, -HOUR_MS), 48) });
  }
  // The undo carries out what was refused when it was placed.
  const late = report("kept-off-now", MARCH(25), { source: "hive", category: "terrorism", outcome: "refused" });
  order("kept-off-now", MARCH(25), late, { outcome: "refused" });
  order("kept-off-now", MARCH(25, "11:10"), OPERATOR(9), {
    authority: { undoes: OPERATOR(6) },
    until: endOf(MARCH(25), 24),
  });
  order(
    "at-the-end",
    MARCH(31, "23:59"),
    report("at-the-end", MARCH(31, "23:59"), { source: "hive", category: "terrorism", score: 0.9 }),
    { endedAt: "2026-03-31T23:59:59.999Z" },
  );
  order(
    "next-month",
    MARCH(31, "23:59"),
    report("next-month", MARCH(31, "23:59"), { source: "hive", category: "terrorism", score: 0.9 }),
    { endedAt: "2026-04-01T00:00:00.000Z" },
  );

  await world.run("2026-02-20T00:00:00.000Z", "2026-04-01T04:00:00.000Z");
  return world.objects;
}
