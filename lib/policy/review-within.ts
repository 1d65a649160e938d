/** `reviewWithin`: the time that people have for a case, as a rule or a source of the policy says it, or as the source's kind does. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import type { Policy, Rule, SourceEntry } from "./policy.ts";

export const SOURCE_KINDS = ["authority", "trusted-flagger", "people", "classifier"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** A removal order of an authority leaves an hour in some laws; a classifier's doubts cost least if they wait, and are the most. */
export const WITHIN_BY_KIND: Readonly<Record<SourceKind, string>> = {
  authority: "1h",
  "trusted-flagger": "4h",
  classifier: "8h",
  people: "24h",
};

/**
 * The clock is swept once a minute, and EventBridge Scheduler may be up to a minute late, so that two sweeps can be two minutes apart. A
 * fifth of the time, from 80 % to its end, has to be longer than that, so that the alarm at 80 % always comes before the end.
 */
const SHORTEST = "15m";
/** The ledger can be restored to any moment of the last 35 days, so a case that waits no longer can always be restored with its beginning. */
const LONGEST = "30d";

const UNIT_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const;
const FORMAT = /^(\d+)([mhd])$/;

/** Milliseconds of `15m`, `4h` or `2d`; undefined for any other text. */
export function withinMs(text: string): number | undefined {
  const [, count, unit] = FORMAT.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

export const WITHIN_FORMAT = "must be a whole number with the unit m, h or d: 15m, 4h or 2d";

/** What is wrong with the text, and what to write instead. */
export function withinIssue(text: string): string | undefined {
  const ms = withinMs(text);
  if (ms === undefined) return WITHIN_FORMAT;
  if (ms < msOf(SHORTEST))
    return `is less than ${SHORTEST}, which leaves no time between the alarms at half and at 80 % of it and its end: write ${SHORTEST} or more, and urgent: true on the rule for an alarm at once`;
  if (ms > msOf(LONGEST))
    return `is more than ${LONGEST}, longer than a case is kept restorable (the ledger's backups reach back 35 days): write ${LONGEST} or less`;
  return undefined;
}

const msOf = (text: string): number => withinMs(text) ?? 0;

/** The adapters of vendors report what a model found; anybody's own services and forms use `standard`. */
export const kindOf = ({ kind, adapter }: Pick<SourceEntry, "kind" | "adapter">): SourceKind =>
  kind ?? (adapter === "standard" ? "people" : "classifier");

/**
 * The time that people have for a case: the shortest that the rule and the sources say, or else the default of the sources' kinds. Of a
 * source that is no longer in the policy, and of what offair found itself, nobody said anything: a classifier's time.
 */
export function reviewWithinMs(
  rule: Rule | undefined,
  sources: readonly string[],
  policy: Pick<Policy, "sources">,
): number {
  const entries = sources.flatMap((name) => (Object.hasOwn(policy.sources, name) ? [policy.sources[name]] : []));
  const ofRule = rule && "reviewWithin" in rule ? rule.reviewWithin : undefined;
  const said = [ofRule, ...entries.map((entry) => entry?.reviewWithin)].flatMap((text) => (text ? [msOf(text)] : []));
  if (said.length > 0) return Math.min(...said);
  const kinds = entries.flatMap((entry) => (entry ? [kindOf(entry)] : []));
  return Math.min(...(kinds.length > 0 ? kinds : (["classifier"] as const)).map((kind) => msOf(WITHIN_BY_KIND[kind])));
}
