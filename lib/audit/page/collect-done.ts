/**
 * Collects what was done, from the events that an audit exports: one entry for each batch or request of an operator, and for each rule.
 * Only changes of the ledger in the export's window are known here.
 */

import type { LedgerEvent } from "../../archive/line-schemas.ts";
import { nameOf } from "../../core/stream.ts";
import { kindOfReason } from "./collect.ts";
import { type DoneOnPage, MAX_DONE } from "./model.ts";

type Order = Extract<LedgerEvent, { kind: "order" }>["order"];
type PlanState = Extract<LedgerEvent, { kind: "plan-state" }>["planState"];

type Entry = Omit<DoneOnPage, "outcomes" | "undone">;
type Draft = { -readonly [Key in keyof Entry]: Entry[Key] } & { readonly outcomes: Map<string, number> };

/** Reasons that are kept of one entry: those of a rule differ by category and source. */
const MAX_REASONS = 3;

export function createDone() {
  const drafts = new Map<string, Draft>();
  const states = new Map<string, PlanState>();
  /** Order ids of undone batches, with the batch that undoes each. */
  const undoneBy = new Map<string, string>();

  function noteOrder(order: Order): void {
    const { authority, action } = order;
    const isOperator = authority.kind === "operator";
    if (isOperator && authority.undoes !== undefined) undoneBy.set(authority.undoes, authority.orderId);
    const key = JSON.stringify(
      isOperator ? [authority.orderId, action] : [authority.rule, authority.policy, authority.source, action],
    );
    const draft = drafts.get(key) ?? draftOf(order);
    drafts.set(key, draft);
    add(draft, order);
  }

  return {
    note(event: LedgerEvent): void {
      if (event.kind === "order") noteOrder(event.order);
      else if (event.kind === "plan-state") states.set(event.planState.orderId, event.planState);
    },
    /** @param events - the object that contains all events, and the window that it covers. */
    result(events: { readonly object: string; readonly from: string; readonly until: string }) {
      const entries = [...drafts.values()].map(({ outcomes, ...draft }): DoneOnPage => {
        const state = draft.orderId === undefined ? undefined : states.get(draft.orderId);
        return {
          ...draft,
          ...approvalOf(draft, state),
          outcomes: [...outcomes],
          undone: undoneOf(draft, state, { states, undoneBy }),
        };
      });
      const batches = new Set(entries.map(({ orderId }) => orderId));
      for (const [orderId, state] of states) if (!batches.has(orderId)) entries.push(...withoutOrders(state, events));
      entries.sort((a, b) => b.orders - a.orders || (a.first < b.first ? -1 : 1));
      const { object, from, until } = events;
      return { object, from, until, total: entries.length, entries: entries.slice(0, MAX_DONE) };
    },
  };
}

function draftOf({ authority, action, placedAt, stream }: Order): Draft {
  const draft = {
    ...{ action, orders: 0, first: placedAt, last: placedAt, until: [], reasons: [], moreReasons: false },
    ...{ stream: nameOf(stream), outcomes: new Map<string, number>() },
  };
  if (authority.kind === "rule") {
    const { rule, policy, source } = authority;
    return { ...draft, by: `rule ${rule}`, policy, source };
  }
  const { requestedBy, orderId, undoes } = authority;
  return { ...draft, by: requestedBy, orderId, ...(undoes !== undefined && { undoes }) };
}

/** A batch that was applied or cancelled in the window, and of which no order changed in it. */
function withoutOrders(
  { orderId, applied, cancelled }: PlanState,
  window: { from: string; until: string },
): DoneOnPage[] {
  const [by, at, reason] = cancelled
    ? [cancelled.cancelledBy, cancelled.cancelledAt, cancelled.reason]
    : [applied?.appliedBy, applied?.appliedAt, applied?.reason];
  if (by === undefined || at === undefined || at < window.from || at >= window.until) return [];
  const reasons = reason === undefined ? [] : [reason];
  const nothing = {
    orders: 0,
    first: at,
    last: at,
    until: [],
    outcomes: [],
    moreReasons: false,
    undone: "no",
  } as const;
  return [{ ...nothing, action: cancelled ? "cancelled" : "applied", by, orderId, reasons }];
}

function add(draft: Draft, order: Order): void {
  const { authority, placedAt, resumeTime, outcome = "under way", reason } = order;
  draft.orders += 1;
  if (placedAt < draft.first) draft.first = placedAt;
  if (placedAt > draft.last) draft.last = placedAt;
  if (draft.orders > 1) delete draft.stream;
  draft.outcomes.set(outcome, (draft.outcomes.get(outcome) ?? 0) + 1);
  if (resumeTime !== undefined) {
    const [earliest = resumeTime, latest = resumeTime] = draft.until;
    draft.until = [resumeTime < earliest ? resumeTime : earliest, resumeTime > latest ? resumeTime : latest];
  }
  const kind = authority.kind === "rule" ? kindOfReason(reason) : reason;
  if (!draft.reasons.includes(kind)) {
    if (draft.reasons.length < MAX_REASONS) draft.reasons = [...draft.reasons, kind];
    else draft.moreReasons = true;
  }
  if (authority.kind !== "operator") return;
  if (authority.breakGlass) draft.isBreakGlass = true;
  const approvedBy = authority.approvedBy ?? (authority.approves === undefined ? undefined : authority.requestedBy);
  if (approvedBy !== undefined) draft.approvedBy = approvedBy;
}

function approvalOf({ approvedBy, isBreakGlass }: Entry, state: PlanState | undefined): Partial<DoneOnPage> {
  const approved = approvedBy ?? state?.applied?.approvedBy ?? state?.approval?.approvedBy;
  return {
    ...(approved !== undefined && { approvedBy: approved }),
    ...((isBreakGlass || state?.applied?.breakGlass) && { isBreakGlass: true }),
  };
}

/** What is known of the undo of a batch, by the state of its plan and of the plans that undo it. */
function undoneOf(
  { orderId }: Entry,
  state: PlanState | undefined,
  known: { readonly states: ReadonlyMap<string, PlanState>; readonly undoneBy: ReadonlyMap<string, string> },
): DoneOnPage["undone"] {
  if (orderId === undefined) return "no";
  const by = known.undoneBy.get(orderId);
  if (by !== undefined) return { by };
  const last = state?.undos?.at(-1);
  if (last) {
    const { askedBy, undoOrderId } = last;
    if (undoOrderId === undefined) return { askedBy, isAtOnce: true };
    const isApplied = known.states.get(undoOrderId)?.applied !== undefined;
    return isApplied ? { by: undoOrderId } : { askedBy, planned: undoOrderId };
  }
  return state?.cancelled ? { cancelledBy: state.cancelled.cancelledBy } : "no";
}
