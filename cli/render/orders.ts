/** Plans, batches and requests as lines: what each does, its state, whose turn it is, and the commands that go on. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { OrderRow, PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { commandText } from "../terminal/command-text.ts";
import { secondOf, secondsText } from "../terminal/duration.ts";
import { numberText } from "../terminal/number-text.ts";
import type { Out } from "../terminal/output.ts";
import { cutTo } from "../terminal/width.ts";
import { actionText } from "./batch.ts";
import { alignedCells } from "./columns.ts";
import { personText } from "./review/parts.ts";
import { shortIds } from "./short-ids.ts";

/** `disable of 24 streams by alice`. */
export function whatText({ action, count, requestedBy }: OrderRow): string {
  const what = action === undefined ? "a plan" : actionText(action, count ?? 0);
  return `${what} by ${personText(requestedBy)}`;
}

/** `raid-* of push.example.com/live at 192.0.2.7 since …`: how a selector finds streams. */
export function selectorText({
  domain,
  app,
  name,
  clientAddress,
  startedSince,
}: NonNullable<PlanResponse["selector"]>): string {
  const where = app === undefined ? domain : `${domain}/${app}`;
  const words = [
    ...(clientAddress === undefined ? [] : [`from ${clientAddress}`]),
    ...(startedSince === undefined ? [] : [`pushed since ${secondOf(startedSince)}`]),
  ];
  return escapeInvisible([`${name ?? "*"} of ${where}`, ...words].join(" "));
}

/** Names end it: right-to-left text would change the order of what follows it. */
export function streamsOf({ selector, first, count = 0, undoes, approves }: OrderRow): string {
  if (undoes !== undefined) return `undoes ${shortIds([])(undoes)}`;
  if (selector) return selectorText(selector);
  if (!first) return "";
  const more = count > 1 ? `${numberText(count - 1)} more and ` : "";
  const report = approves === undefined ? "" : `report ${escapeInvisible(approves)}, `;
  return `${report}${more}${escapeInvisible(formatStream(first))}`;
}

const STATES: Readonly<Record<string, string>> = {
  "waiting-for-approval": "to approve",
  ready: "to apply",
  altered: "ALTERED",
};
const COLOURS: Readonly<Record<string, "yellow" | "red" | "green">> = {
  "waiting-for-approval": "yellow",
  ready: "yellow",
  running: "green",
  cancelling: "green",
  altered: "red",
};

function stateText({ state, count = 0, left, failed = 0 }: OrderRow): string {
  const word = STATES[state] ?? escapeInvisible(state);
  if (state === "running" && left !== undefined)
    return `${word} ${Math.floor((100 * (count - left)) / Math.max(1, count))} %`;
  return failed > 0 ? `${word}, ${failed} failed` : word;
}

interface Next {
  readonly verb: string;
  readonly command: string;
  /** Who has to do it, if not everybody may. */
  readonly who?: string;
}

/** The commands that go on from here, the likeliest first. */
export function nextOf(row: OrderRow, now: Date): Next[] {
  const { orderId, state, sha256, requestedBy, action, resumeTime, appliedAt, kind } = row;
  const reason = row.reason ?? "TEXT";
  const planned = { ...(sha256 !== undefined && { sha256 }), reason };
  const isLasting = action === "disable" && Date.parse(resumeTime ?? "") > now.getTime();
  const undo: Next[] = isLasting ? [{ verb: "undo", command: commandText("undo", [orderId], { reason: "TEXT" }) }] : [];
  const cancel: Next = { verb: "cancel", command: commandText("cancel", [orderId], { reason: "TEXT" }) };
  const watch: Next = { verb: "watch", command: commandText(kind === "plan" ? "watch" : "status", [orderId]) };
  switch (state) {
    case "waiting-for-approval": {
      const who = `anybody but ${personText(requestedBy)}`;
      return [{ verb: "approve", command: commandText("approve", [orderId], planned), who }, cancel];
    }
    case "ready":
      return [{ verb: "apply", command: commandText("apply", [orderId], planned) }, cancel];
    case "running":
      return [watch, cancel, ...undo];
    case "cancelling":
      return [watch, ...undo];
    case "done":
      return undo;
    case "cancelled":
      return appliedAt !== undefined || kind === "request" ? undo : [];
    default:
      return [];
  }
}

/** Columns of a terminal on which the table also says who has to go on. */
const WIDE = 100;
const MAX_REASON = 40;

/** One line for each order. @param columns - of the terminal; undefined: nothing is cut. */
export function* ordersText(
  rows: readonly OrderRow[],
  { now, columns, paint }: { readonly now: Date; readonly columns: number | undefined; readonly paint: Out["paint"] },
): Generator<string> {
  const short = shortIds(rows.map(({ orderId }) => orderId));
  const lines = rows.map((row) => {
    const [next] = nextOf(row, now);
    const who = next?.who === undefined || (columns ?? WIDE) < WIDE ? "" : ` (${next.who})`;
    return [
      ...[short(row.orderId), stateText(row)],
      row.action === undefined ? "-" : `${escapeInvisible(row.action)} ${numberText(row.count ?? 0)}`,
      `${agoText(row.madeAt, now)} ago`,
      personText(row.requestedBy),
      `${next?.verb ?? "-"}${who}`,
      `${cutTo(escapeInvisible(row.reason ?? ""), MAX_REASON)}  ${streamsOf(row)}`,
    ];
  });
  for (const [index, line] of alignedCells([HEADS, ...lines]).entries()) {
    const shown = columns === undefined ? line : cutTo(line, columns);
    const colour = index === 0 ? "bold" : COLOURS[rows[index - 1]?.state ?? ""];
    yield colour === undefined ? shown : paint(colour, shown);
  }
}
const HEADS = ["ID", "STATE", "WHAT", "MADE", "BY", "NEXT", "BECAUSE, STREAMS"];

/** With one unit: `3 min`. */
const agoText = (at: string, now: Date): string => {
  const [amount = "", unit = ""] = secondsText((now.getTime() - Date.parse(at)) / 1_000).split(" ");
  return `${amount} ${unit}`;
};
