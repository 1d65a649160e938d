/** Section on what was done since the last audit, by batch, request and rule. */
import { formatStream } from "../../core/stream.ts";
import {
  type Cell,
  clock,
  commaSeparated,
  counted,
  type Html,
  html,
  list,
  name,
  number,
  numeric,
  sum,
  time,
} from "./html.ts";
import type { DoneOnPage, PageModel } from "./model.ts";

export function done({ done: known }: PageModel): Html {
  if (!known) {
    return html`<p>This audit exported no changes of the ledger, so they are on the page of another audit.</p>`;
  }
  const { entries, total, from, until, object } = known;
  const window = html`<p>Orders that changed in the ledger from ${time(from)} until ${time(until)}, most orders first. What happened later, such as an undo, is not known here: it is on the page of the next audit.</p>`;
  if (total === 0) return html`${window}<p>No order was placed or changed.</p>`;
  const shown = `${counted(sum(entries.map(({ orders }) => orders)), "order")} in ${counted(entries.length, "batch or rule", "batches and rules")}`;
  return html`${window}${list({
    caption: `Done since the last audit: ${shown}`,
    columns: [
      { head: "Placed", kind: "t" },
      { head: "Action", kind: "s" },
      numeric("Orders"),
      { head: "Until", kind: "t" },
      { head: "Decided by", kind: "w" },
      { head: "Approved by", kind: "w" },
      { head: "Outcome", kind: "s" },
      { head: "Undone", kind: "s" },
      { head: "Reason", kind: "w" },
    ],
    items: entries,
    row: (each) => row(each, until.slice(0, 10)),
    total,
    objects: [object],
  })}`;
}

const row = (each: DoneOnPage, today: string): Cell[] => [
  each.first.startsWith(today) ? clocksOf(each.first, each.last) : spanOf(each.first, each.last),
  each.action,
  number(each.orders),
  spanOf(...each.until),
  decidedBy(each),
  each.approvedBy === undefined ? (each.isBreakGlass ? "nobody: break-glass" : "–") : name(each.approvedBy),
  commaSeparated(each.outcomes.map(([outcome, orders]) => html`${name(outcome)} ${number(orders)}`)),
  undone(each),
  html`${commaSeparated(each.reasons.map(name))}${each.moreReasons ? " and others" : undefined}${each.stream ? html`, on ${name(formatStream(each.stream))}` : undefined}`,
];

function spanOf(earliest?: string, latest?: string): Cell {
  if (earliest === undefined || latest === undefined) return "–";
  if (earliest === latest) return time(earliest);
  const isSameDay = earliest.slice(0, 10) === latest.slice(0, 10);
  return html`${time(earliest)} to ${isSameDay ? clock(latest) : time(latest)}`;
}

function decidedBy({ by, source, policy, orderId, undoes }: DoneOnPage): Html {
  if (orderId === undefined) {
    return html`${name(by)}, source ${name(source ?? "")}, policy <code>${policy?.slice(0, 12)}</code>`;
  }
  return html`${name(by)}, ${name(orderId)}${undoes === undefined ? undefined : html`, undoes ${name(undoes)}`}`;
}

const clocksOf = (first: string, last: string): Html =>
  first === last ? clock(first) : html`${clock(first)} to ${clock(last)}`;

/** The beginning of an order id: the whole id is in the events, and usually in another row. */
const short = (orderId: string): Html => name(orderId.slice(0, "op-00000000".length));

function undone({ undone: known, undoes, orderId }: DoneOnPage): Cell {
  if (known === "no") return undoes !== undefined || orderId === undefined ? "–" : "no";
  if ("by" in known) return html`by ${short(known.by)}`;
  if ("cancelledBy" in known) return html`cancelled by ${name(known.cancelledBy)}`;
  if ("planned" in known) return html`planned by ${name(known.askedBy)}, not applied: ${short(known.planned)}`;
  return html`by ${name(known.askedBy)}: no stream had to be changed`;
}
