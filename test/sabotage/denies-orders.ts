/** Saboteur: an audit calls every listed stream that its export does not explain somebody else's, and does not ask the ledger. */
import { judgeSuspect as judgeRightly } from "../../lib/audit/drift/drift.ts";
import { nameOf } from "../../lib/core/stream.ts";

export * from "../../lib/audit/drift/drift.ts";

export const judgeSuspect: typeof judgeRightly = (suspect, state) => {
  if (suspect.kind !== "unexpected") return judgeRightly(suspect, state);
  const { resumeTime, seenAt } = suspect.row;
  return { kind: "unexpected", ...nameOf(suspect.stream), resumeTime, seenAt, askedAt: state.askedAt };
};
