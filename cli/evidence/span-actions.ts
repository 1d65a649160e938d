/**
 * Loads the actions against streams of a span of days from exported evidence, and those that people marked as wrong in it. An action belongs
 * to the day on which its outcome was known, so that of spans that follow each other each action is in exactly one.
 */
import type { Bundle } from "../../lib/archive/bundle.ts";
import { isOfCanary } from "../../lib/core/canary.ts";
import { missingForOrder, reportKeyOf } from "../../lib/evidence/history/authority.ts";
import type { LedgerView } from "../../lib/evidence/history/ledger-view.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import { type Action, actionOf } from "../../lib/statements/action.ts";
import { collect, openEntries, type PlacedEntry } from "./chain-entries.ts";
import { createCheckedReader, type Gap } from "./checked-reader.ts";
import { missingEntry, unreadableEntry } from "./day-gaps.ts";
import { createDayLedger } from "./day-ledger.ts";

export interface SpanActions {
  /** Those whose outcome was known in the span. */
  readonly actions: readonly Action[];
  /** Those that were marked as wrong in the span, also if they are older. */
  readonly overturned: readonly Action[];
  readonly gaps: readonly Gap[];
  /** Later ledger events were not read. */
  readonly knownUntil: string | null;
}

/** Exports lag behind the hour: those of the first audits after the span have its last minutes. */
const AFTER = 6;
const everyStream = (): boolean => true;

export async function loadActions(bundle: Bundle, span: Span, progress: (text: string) => void): Promise<SpanActions> {
  const entries = await openEntries(bundle);
  const reader = createCheckedReader(bundle);
  const first = await entries.placeOf(span.from);
  const after = await entries.placeOf(span.until);

  progress("reading the ledger's exports of these days");
  const ledger = createDayLedger(entries, reader);
  const audits = (await collect(entries.audits(first - 1, after + AFTER))).filter((each) => isOf(each, span));
  for (const group of daysOf(audits)) {
    progress(`reading the ledger's exports until ${group.at(-1)?.entry.manifest.slot ?? ""}`);
    await ledger.read(group, everyStream);
  }
  for (const gap of holes(audits, span, entries.nameAt(entries.count - 1))) reader.gap(gap);
  for (const object of entries.missing(first + 1, after)) reader.gap(missingEntry(object));
  for await (const { place, entry } of entries.range(first, after)) {
    if (!entry) reader.gap(unreadableEntry(entries.nameAt(place)));
  }

  // Marked as wrong in the span, with an order of before it: the exports around the decision have the order, and what repeated it.
  for (const { at } of markedWithoutOrder(ledger.view, span)) {
    if (at === undefined) continue;
    progress(`looking for an action of ${at}`);
    await ledger.readAround(new Date(at), new Date(at), everyStream);
  }
  for (const { what } of markedWithoutOrder(ledger.view, span)) reader.gap(orderNotFound(what));
  for (;;) {
    const missing = [...inSpan(span, ledger.view), ...overturnedIn(span, ledger.view)].flatMap(({ order }) =>
      missingForOrder(order, ledger.view),
    );
    progress(`looking for ${missing.length} earlier orders and reports`);
    if (!(await ledger.find(missing, everyStream))) break;
  }
  return {
    actions: inSpan(span, ledger.view).map(({ action }) => action),
    overturned: overturnedIn(span, ledger.view).map(({ action }) => action),
    gaps: reader.gaps(),
    knownUntil: ledger.knownUntil(),
  };
}

/** Whether the export has changes of the span. */
const isOf = ({ entry: { manifest } }: PlacedEntry, { from, until }: Span): boolean =>
  manifest.events !== undefined &&
  Date.parse(manifest.events.from) < until.getTime() &&
  Date.parse(manifest.events.until) > from.getTime();

/** Groups of a day, so that progress is shown. */
function* daysOf(placed: readonly PlacedEntry[]): Generator<PlacedEntry[]> {
  const hours = 24;
  for (let at = 0; at < placed.length; at += hours) yield placed.slice(at, at + hours);
}

const isIn = (at: string, { from, until }: Span): boolean =>
  Date.parse(at) >= from.getTime() && Date.parse(at) < until.getTime();

const actionsOf = (view: LedgerView) =>
  view.orders().flatMap(({ line: order }) => {
    const action = actionOf(order, view);
    return action ? [{ order, action }] : [];
  });
const inSpan = (span: Span, view: LedgerView) => actionsOf(view).filter(({ action }) => isIn(action.endedAt, span));
const overturnedIn = (span: Span, view: LedgerView) =>
  actionsOf(view).filter(({ action: { overturn } }) => overturn !== undefined && isIn(overturn.at, span));

interface Marked {
  readonly what: string;
  /** When its order was placed, if that is known. */
  readonly at?: string | undefined;
}

/** What people marked as wrong in the span, if no order of it was read. */
function markedWithoutOrder(view: LedgerView, span: Span): Marked[] {
  const orders = view.orders().map(({ line }) => line);
  const reports = new Set(orders.map(reportKeyOf));
  const batches = new Set(orders.flatMap(({ authority }) => (authority.kind === "operator" ? authority.orderId : [])));
  const isMarked = (overturns: readonly { readonly at: string }[] = []) => overturns.some(({ at }) => isIn(at, span));
  const ofReports = [...view.reports()].flatMap(({ line: { key, overturns, verdict, decidedAt, report } }) =>
    isMarked(overturns) && !reports.has(key) && !isOfCanary(key)
      ? [{ what: `report of ${report.source}`, at: verdict?.at ?? decidedAt }]
      : [],
  );
  const ofOperators = [...view.planStates()].flatMap(({ line: { orderId, overturns, applied } }) =>
    isMarked(overturns) && !batches.has(orderId) ? [{ what: orderId, at: applied?.appliedAt }] : [],
  );
  return [...ofReports, ...ofOperators];
}

/** Times in the span that no export covers. */
function* holes(audits: readonly PlacedEntry[], { from, until }: Span, last: string): Generator<Gap> {
  let covered = from.getTime();
  for (const { entry } of audits) {
    const { events } = entry.manifest;
    if (!events) continue;
    if (Date.parse(events.from) > covered) yield hole(events.object, new Date(covered).toISOString(), events.from);
    covered = Math.max(covered, Date.parse(events.until));
  }
  if (covered < until.getTime()) yield hole(last, new Date(covered).toISOString(), until.toISOString());
}

const hole = (object: string, from: string, until: string): Gap => ({
  kind: "no-ledger",
  object,
  message: `no export of the ledger covers ${from} until ${until}`,
});

const orderNotFound = (what: string): Gap => ({
  kind: "not-covered",
  object: what,
  message: "it was marked as wrong in these days, and its action is older and was not found: use an earlier --from",
});
