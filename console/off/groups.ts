/** The streams that are off the air, grouped by what took them off: an order or a batch, a rule, the canary, or nothing that offair knows. */
import { groupBy } from "../../lib/core/group-by.ts";
import { personOf } from "../../lib/core/person-name.ts";
import { formatStream } from "../../lib/core/stream-name.ts";
import type { Result } from "../../lib/operator/contract/response-schema.ts";

/** `unknown`: of a deployment that is older than the console. */
type GroupKind = "operator" | "rule" | "unknown" | "canary" | "foreign";

export interface OffGroup {
  readonly key: string;
  readonly kind: GroupKind;
  /** By name. */
  readonly rows: readonly Result[];
  /** The person, or the rule. Undefined: no order of offair explains the rows. */
  readonly by: string | undefined;
  readonly orderId: string | undefined;
  readonly rule: string | undefined;
  readonly reasons: readonly string[];
  /** When the latest order was placed; "" if that is not known. */
  readonly placedAt: string;
  /** The first and the last known end. */
  readonly ends: { readonly first: string; readonly last: string } | undefined;
  /** Streams without a known end. */
  readonly endless: number;
  /** How many streams have each outcome; `in progress` has none yet. */
  readonly outcomes: readonly (readonly [outcome: string, count: number])[];
}

export const IN_PROGRESS = "in progress";

export function kindOf({ order }: Result): GroupKind {
  if (!order) return "foreign";
  if (order.canary) return "canary";
  if (order.orderId !== undefined) return "operator";
  return order.rule === undefined ? "unknown" : "rule";
}

/** As the command groups them. */
function keyOf(row: Result): string {
  const { orderId, rule, by, reason, canary } = row.order ?? {};
  return JSON.stringify(canary || !row.order ? kindOf(row) : [orderId ?? [rule ?? [by, reason]]]);
}

/** The canary and what is not by offair come last. */
const RANKS: Readonly<Record<GroupKind, number>> = { operator: 0, rule: 0, unknown: 0, canary: 1, foreign: 2 };

/** The latest order comes first. */
export function groupsOf(rows: readonly Result[]): OffGroup[] {
  const groups = [...groupBy([...rows].sort(byName), keyOf)].map(([key, members]) => groupOf(key, members));
  return groups.sort((one, other) => RANKS[one.kind] - RANKS[other.kind] || compare(other.placedAt, one.placedAt));
}

function groupOf(key: string, rows: readonly Result[]): OffGroup {
  const [first] = rows;
  const kind = first ? kindOf(first) : "foreign";
  const { orderId, rule, by } = first?.order ?? {};
  const ends = rows.flatMap(({ resumeTime }) => resumeTime ?? []).sort((a, b) => Date.parse(a) - Date.parse(b));
  const [earliest, latest] = [ends[0], ends.at(-1)];
  const ordered = rows.filter(({ order }) => order);
  return {
    ...{ key, kind, rows, rule, by },
    orderId: kind === "operator" ? orderId : undefined,
    reasons: [...new Set(rows.flatMap(({ order }) => order?.reason ?? []))],
    placedAt: rows.reduce((last, { order }) => ((order?.placedAt ?? "") > last ? (order?.placedAt ?? "") : last), ""),
    ends: earliest === undefined || latest === undefined ? undefined : { first: earliest, last: latest },
    endless: rows.length - ends.length,
    outcomes: [...groupBy(ordered, outcomeOf)].map(([outcome, some]) => [outcome, some.length] as const),
  };
}

export const outcomeOf = ({ order }: Result): string => order?.outcome ?? IN_PROGRESS;

/** Whether a person or a rule is meant by a part of its name. @param notByOffair - how rows without an order are called. */
export function isBy({ order }: Result, part: string, notByOffair: string): boolean {
  const names = order ? [order.by, personOf(order.by), order.rule ?? ""] : [notByOffair, "not by offair"];
  return names.some((name) => name.toLowerCase().includes(part.toLowerCase()));
}

const NATURAL = new Intl.Collator("en", { numeric: true });

/** By domain, app and name, with numbers in their order. The order in which Live lists streams means nothing. */
const byName = (one: Result, other: Result): number =>
  NATURAL.compare(formatStream(one.stream), formatStream(other.stream));

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
