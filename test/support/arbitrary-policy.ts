/** Policies of the right shape, with and without faults, and what is reported under them; from few values, so that they meet. */
import fc from "fast-check";
import { HOUR_MS, MINUTE_MS, toSecondsUtc } from "../../lib/core/time.ts";
import type { Facts, OtherReport } from "../../lib/decisions/decision.ts";
import type { PastOrder } from "../../lib/orders/order.ts";
import { GRADES, type Grade } from "../../lib/policy/grade.ts";
import type { Policy, Rule, RuleFacts } from "../../lib/policy/policy.ts";
import { policyShape } from "../../lib/policy/schema.ts";
import type { Category } from "../../lib/reports/claim.ts";
import type { Report } from "../../lib/reports/report.ts";
import { NOON } from "./fixtures.ts";

/** Names that every object has, and those of nobody, are sources like others. */
export const SOURCES = ["standard", "vendor", "constructor", "form"] as const;
export const CATEGORIES_USED = ["csam", "nudity", "hate"] as const satisfies readonly Category[];
const SCORES = [undefined, 0, 0.25, 0.5, 0.75, 1] as const;
const DOMAINS = ["push.example.com", "constructor"] as const;
const APPS = ["live", "event"] as const;
const STREAMS = ["room-1", "room-1", "room-1", "room-2", "room-2", "room-*"] as const;

const grade = fc.constantFrom(...GRADES);
const category = fc.constantFrom(...CATEGORIES_USED);
const hours = fc.integer({ min: 1, max: 200 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const stream = fc.record({
  domain: fc.constantFrom(...DOMAINS),
  app: fc.constantFrom(...APPS),
  stream: fc.constantFrom(...STREAMS),
});

const corroboration = maybe(
  fc.record({
    sources: maybe(fc.integer({ min: 2, max: 3 })),
    reporters: maybe(fc.integer({ min: 2, max: 4 })),
    withinMinutes: fc.integer({ min: 1, max: 120 }),
  }),
);
const onRepeat = maybe(
  fc.record({ withinHours: hours, disableHours: fc.array(hours, { minLength: 1, maxLength: 3 }) }),
);
const conditions = {
  categories: fc.uniqueArray(category, { minLength: 1, maxLength: 3 }),
  minScore: fc.constantFrom(...SCORES, undefined, 0),
  minGrade: maybe(grade),
  urgent: fc.boolean(),
};
const rule = fc.oneof(
  fc.record({ ...conditions, action: fc.constantFrom("ignore", "review") }),
  fc.record({ ...conditions, action: fc.constant("pause"), onRepeat }),
  fc.record({ ...conditions, action: fc.constant("pause"), corroboration, onRepeat }),
  fc.record({ ...conditions, action: fc.constant("disable"), disableHours: hours, corroboration, onRepeat }),
);

const source = fc.record({ adapter: fc.constant("standard"), grade, maxActions: maybe(fc.nat({ max: 8 })) });
const apps = fc.constantFrom<string[][]>([...APPS], [...APPS], [APPS[0]], []);

const written = fc.record({
  sources: fc.record(Object.fromEntries(SOURCES.map((name) => [name, source]))),
  scope: fc
    .record(Object.fromEntries(DOMAINS.map((domain) => [domain, apps])))
    .map((all) => Object.entries(all).flatMap(([domain, own]) => (own.length > 0 ? [{ domain, apps: own }] : [])))
    .filter((scope) => scope.length > 0),
  protected: fc.array(
    fc.record({
      domain: fc.constantFrom(...DOMAINS),
      app: maybe(fc.constantFrom(...APPS)),
      stream: maybe(fc.constantFrom(...STREAMS)),
    }),
    { maxLength: 1 },
  ),
  rules: fc
    .array(rule, { minLength: 1, maxLength: 5 })
    .map((rules) => rules.map((one, index) => ({ id: `rule-${index}`, ...one }))),
  limits: fc.record({
    windowMinutes: fc.integer({ min: 1, max: 24 * 60 }),
    total: fc.nat({ max: 12 }),
    perSource: fc.nat({ max: 8 }),
    shareOfLive: fc.constantFrom(0.01, 0.1, 1),
    atLeast: fc.nat({ max: 8 }),
  }),
  maxReportAgeMinutes: fc.integer({ min: 1, max: 60 }),
  operatorOverrideHours: hours,
});

/** Of the right shape; whether it makes sense is another question. */
export const arbitraryPolicy: fc.Arbitrary<Policy> = written.map((policy) => policyShape.parse(policy));

interface Graded extends RuleFacts {
  readonly grade: Grade;
}

/** Reports of a category, with every combination of what the conditions above compare. */
export const reportsOf = (category: Category): Graded[] =>
  SCORES.flatMap((score) => GRADES.map((grade) => ({ category, score, grade })));

/** The report that just meets the rule. */
export const leastReportFor = ({ minScore, minGrade }: Rule, category: Category): Graded => ({
  category,
  score: minScore,
  grade: minGrade ?? "F",
});

/** Mostly of a moment ago. */
const ago = (mostMs: number) =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: MINUTE_MS }) },
      fc.integer({ min: -2 * MINUTE_MS, max: mostMs }),
    )
    .map((ms) => new Date(NOON.getTime() - ms).toISOString());

/** Of a stream, from any source, also from one that is in no policy. */
export const arbitraryReport: fc.Arbitrary<Report> = fc
  .record({
    source: fc.constantFrom(...SOURCES, ...SOURCES, "toString"),
    stream,
    category,
    score: fc.constantFrom(...SCORES),
    occurredAt: ago(90 * MINUTE_MS),
    receivedAt: ago(90 * MINUTE_MS),
  })
  .map(({ score, ...report }) => ({
    ...report,
    ...(score !== undefined && { score }),
    id: "msg_1",
    bodySha256: "0".repeat(64),
  }));

export const arbitraryOther: fc.Arbitrary<OtherReport> = fc
  .record({
    source: fc.constantFrom(...SOURCES),
    category,
    receivedAt: ago(150 * MINUTE_MS),
    reporter: maybe(fc.nat({ max: 4 })),
  })
  .map(({ reporter, ...other }) => ({ ...other, ...(reporter !== undefined && { reporter }) }));

/** Orders of one stream, newest first. */
const orders: fc.Arbitrary<PastOrder[]> = fc
  .array(
    fc.record({
      action: fc.constantFrom("pause", "disable", "enable"),
      outcome: fc.constantFrom("accepted", "verified", "unverified", "unknown", undefined),
      agoMs: fc.integer({ min: 0, max: 72 * HOUR_MS }),
      hours,
      byOperator: fc.boolean(),
    }),
    { maxLength: 4 },
  )
  .map((list) =>
    list
      .sort((one, other) => one.agoMs - other.agoMs)
      .map(({ action, outcome, agoMs, hours: forHours, byOperator }, index) => {
        const placedMs = NOON.getTime() - agoMs;
        return {
          number: list.length - index,
          action,
          placedAt: new Date(placedMs).toISOString(),
          ...(outcome && { outcome, endedAt: new Date(placedMs + 500).toISOString() }),
          ...(action === "disable" && { resumeTime: toSecondsUtc(new Date(placedMs + forHours * HOUR_MS)) }),
          authority: byOperator
            ? { kind: "operator", overridesRulesUntil: new Date(placedMs + forHours * HOUR_MS).toISOString() }
            : { kind: "rule" },
        };
      }),
  );

export const arbitraryFacts: fc.Arbitrary<Facts> = fc
  .record({
    orders,
    others: fc.array(arbitraryOther, { maxLength: 6 }),
    reporter: maybe(fc.nat({ max: 4 })),
    enabledElsewhere: maybe(fc.nat({ max: 4 })),
  })
  .map(({ reporter, enabledElsewhere, ...facts }) => ({
    ...facts,
    workedAt: NOON.toISOString(),
    ...(reporter !== undefined && { reporter }),
    ...(enabledElsewhere !== undefined && { enabledElsewhere }),
  }));
