/** The streams that are disabled now, as rows and as groups. */
import { NOT_BY_OFFAIR } from "../../lib/archive/attribution.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { groupBy } from "../../lib/core/group-by.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { Result } from "../../lib/operator/contract/response-schema.ts";
import { secondOf } from "../terminal/duration.ts";
import { type Column, column, plainColumn } from "./columns.ts";
import type { Group } from "./groups.ts";
import { shortIds } from "./short-ids.ts";

const timeOf = (text: string | null | undefined): string | null => (text ? secondOf(text) : null);

const kindOf = ({ order }: Result): string => {
  if (!order) return "foreign";
  if (order.canary) return "canary";
  if (order.orderId !== undefined) return "operator";
  return order.rule === undefined ? "unknown" : "rule"; // unknown: of a function that is older than the command
};

const outcomeOf = ({ order }: Result): string | null => (order ? (order.outcome ?? "in progress") : null);

/** The person, the rule and its report, or that no order of offair explains the row. */
export const listedBy = ({ order }: Result): string => order?.by ?? NOT_BY_OFFAIR;

/** A text that others wrote is followed by a column of offair's own words, or is the last: right-to-left letters then reorder nothing else. */
export const LIST_COLUMNS: readonly Column<Result>[] = [
  column("until", ({ resumeTime }) => timeOf(resumeTime)),
  column("since", ({ order }) => timeOf(order?.placedAt)),
  column("order", ({ order }) => order?.orderId ?? null),
  column("by", listedBy),
  column("outcome", outcomeOf),
  column("because", ({ order }) => order?.reason ?? null),
  column("kind", kindOf),
  column("stream", ({ stream }) => formatStream(stream)),
];

export const LIST_CSV: readonly Column<Result>[] = [
  column("domain", ({ stream }) => stream.domain),
  column("app", ({ stream }) => stream.app),
  column("stream", ({ stream }) => stream.stream),
  plainColumn("until", ({ resumeTime }) => timeOf(resumeTime)),
  plainColumn("since", ({ order }) => timeOf(order?.placedAt)),
  column("kind", kindOf),
  column("by", listedBy),
  column("order_id", ({ order }) => order?.orderId ?? null),
  column("order", ({ order }) => order?.number ?? null),
  column("rule", ({ order }) => order?.rule ?? null),
  column("outcome", outcomeOf),
  column("reason", ({ order }) => order?.reason ?? null),
];

/** An operator's order or batch, a rule, the canary, and everything that is not by offair. */
const groupKeyOf = (row: Result): string => {
  const { orderId, rule, by, reason, canary } = row.order ?? {};
  return JSON.stringify(canary || !row.order ? kindOf(row) : [orderId ?? [rule ?? [by, reason]]]);
};

/** The latest order first; the canary and streams that are not by offair last. */
export function listGroups(rows: readonly Result[]): Group[] {
  const groups = [...groupBy(rows, groupKeyOf).values()];
  const latest = (group: readonly Result[]): string =>
    group.reduce((last, { order }) => ((order?.placedAt ?? "") > last ? (order?.placedAt ?? "") : last), "");
  const rank = ([row]: readonly Result[]): number => (row?.order ? (row.order.canary ? 1 : 0) : 2);
  return groups
    .map((group) => ({ group, rank: rank(group), at: latest(group) }))
    .sort((one, other) => one.rank - other.rank || (one.at < other.at ? 1 : one.at > other.at ? -1 : 0))
    .map(({ group }) => groupOf(group));
}

function groupOf(rows: readonly Result[]): Group {
  const [first] = rows;
  const order = first?.order ?? undefined;
  const kind = first && kindOf(first);
  return {
    reasons: new Set(rows.flatMap((row) => row.order?.reason ?? [])),
    by: kind === "rule" && order?.rule !== undefined ? `rule ${order.rule}` : order?.by,
    orderId: order?.orderId,
    ...(kind === "foreign" && { instead: `${NOT_BY_OFFAIR}: no order of offair explains them,` }),
    ...(kind === "canary" && { instead: "the canary of offair" }),
    untils: rows.map(({ resumeTime }) => resumeTime ?? null),
    remarks: remarksOf(rows),
    names: rows.map(({ stream }) => formatStream(stream)),
  };
}

/** Outcomes other than the usual one: `3 in progress`. */
function remarksOf(rows: readonly Result[]): string[] {
  const unusual = rows.filter((row) => row.order && row.order.outcome !== "verified" && !row.order.canary);
  return [...groupBy(unusual, (row) => outcomeOf(row) ?? "")].map(
    ([outcome, some]) => `${some.length} ${escapeInvisible(outcome)}`,
  );
}

export const listShortIds = (rows: readonly Result[]): ((orderId: string) => string) =>
  shortIds(rows.flatMap(({ order }) => order?.orderId ?? []));

const NATURAL = new Intl.Collator("en", { numeric: true });

/** By domain, app and name, with numbers in their order. The order in which Live lists streams means nothing. */
export const byName = (one: Result, other: Result): number =>
  NATURAL.compare(formatStream(one.stream), formatStream(other.stream));
