/** Builds the parts of a response that every action shares. */
import { OffairError } from "../../core/errors.ts";
import type { Issue } from "../../core/issues.ts";
import type { OperatorResponse, Result, ResultOutcome } from "./response-schema.ts";

/** A request may have more errors than a response can list. */
const MAX_ISSUES = 100;

export const refused = (errors: readonly Issue[]): OperatorResponse => ({
  ok: false,
  results: [],
  errors: errors.slice(0, MAX_ISSUES),
});

/** Refused for one reason. @param pointer - to the field of the request; `""` is the whole request. */
export const refusedAt = (pointer: string, message: string): OperatorResponse => refused([{ pointer, message }]);

/** The answer to a request that was carried out, or that only reads. */
export const done = (fields: Partial<OperatorResponse>): OperatorResponse => ({
  ok: true,
  results: [],
  errors: [],
  ...fields,
});

/** The request was not carried out, or it is not known whether it was. */
const NOT_DONE: ReadonlySet<ResultOutcome> = new Set(["failed", "refused", "unknown", "superseded", "held"]);

export const isWell = (outcome: ResultOutcome | undefined): boolean => outcome === undefined || !NOT_DONE.has(outcome);

export const allWell = (results: readonly Result[]): boolean => results.every(({ outcome }) => isWell(outcome));

/** As a person sees it: what was cancelled did not succeed either. A deployment may have newer outcomes. */
export const hasFailed = ({ outcome }: { readonly outcome?: string | undefined }): boolean =>
  outcome === "cancelled" || !isWell(outcome as ResultOutcome | undefined);

/** Hides the text of an unexpected error, which may contain anything. */
export const codeOf = (failure: unknown): string => (failure instanceof OffairError ? failure.code : "ERR_INTERNAL");

/** cli/workflows/refusals.ts recognizes these texts. */
export const messageOf = (failure: unknown): string =>
  failure instanceof OffairError ? `${failure.code}: ${failure.message}` : "ERR_INTERNAL: an internal error occurred";
