/** `reviewWithin`: how a rule or a source of the policy writes the time that people have for a case. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";

export const SOURCE_KINDS = ["authority", "trusted-flagger", "people", "classifier", "appeal"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/**
 * A removal order of an authority leaves an hour in some laws; a classifier's doubts cost least if they wait, and are the most. An appeal is
 * decided by another person than the one before, who may have the day off.
 */
export const WITHIN_BY_KIND: Readonly<Record<SourceKind, string>> = {
  authority: "1h",
  "trusted-flagger": "4h",
  classifier: "8h",
  people: "24h",
  appeal: "2d",
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

/** Of a text that the schema accepted. */
export const msOf = (text: string): number => withinMs(text) ?? 0;
