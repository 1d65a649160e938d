/** The request for a plan, of what is selected or of a selector. Pure. */
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import { type Entry, isProtected, isUndocumented, type LiveFilter } from "./entries.ts";

export type Wanted = "pause" | "disable";
type PlanRequest = Extract<OperatorRequest, { action: "plan" }>;
type SelectorAsked = NonNullable<PlanRequest["selector"]>;

/** What the plan is of: exactly these streams, or those that match when it is made. */
export type Subject = { readonly entries: readonly Entry[] } | { readonly selector: SelectorAsked };

interface Choices {
  readonly wanted: Wanted;
  readonly hours: number;
  readonly reason: string;
  /** Includes the protected streams. */
  readonly overrideProtected: boolean;
  /** The names that Live does not document are right. */
  readonly undocumentedNames: boolean;
}

/** What a person has to be asked about the streams that were selected. */
export const questionsOf = (entries: readonly Entry[]) => ({
  protectedCount: entries.filter(isProtected).length,
  undocumentedCount: entries.filter(isUndocumented).length,
});

export function planRequest(subject: Subject, choices: Choices): PlanRequest {
  const { wanted, hours, reason, overrideProtected, undocumentedNames } = choices;
  const base = { action: "plan", wanted, reason, ...(wanted === "disable" && { hours }), overrideProtected } as const;
  if ("selector" in subject) return { ...base, selector: subject.selector };
  return { ...base, streams: subject.entries.map(({ stream }) => stream), undocumentedNames };
}

/**
 * The selector that finds what the filter shows, when the plan is made.
 *
 * @returns undefined if no selector says the same: it has one domain, and neither a search nor a part of an address.
 */
export function selectorOf(filter: LiveFilter, nowMs: number): SelectorAsked | undefined {
  const { search, domain, app, name, address, minutes } = filter;
  if (domain === "" || search !== "" || (address !== "" && !isAddress(address))) return undefined;
  return {
    domain,
    ...(app !== "" && { app }),
    ...(name !== "" && { name }),
    ...(address !== "" && { clientAddress: address }),
    ...(minutes > 0 && { startedSince: new Date(nowMs - minutes * 60_000).toISOString() }),
  };
}

/** Whole addresses only; the deployment checks them. */
const isAddress = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || (/^[\da-f:.]+$/i.test(text) && text.includes(":") && !text.endsWith(":"));
