/**
 * The request id of a change, from one attempt to the next. Pure. The deployment stores the answer under the id, and refuses other content
 * under it: after an answer, the next attempt needs another id, and until there is one, only the same can be sent.
 */
import type { ConsoleError } from "../http/client.ts";

export interface ChangeId {
  readonly id: string;
  /** An attempt with this id may have been carried out. */
  readonly maybeDone: boolean;
}

type NewId = () => string;

/** Failures that are about this attempt alone. An earlier one with the same id may have been carried out all the same. */
const WITHOUT_ANSWER: ReadonlySet<ConsoleError["kind"]> = new Set([
  "credentials",
  "session",
  "link",
  "unanswered",
  "unreachable",
]);

export const afterAnswer = (newId: NewId): ChangeId => ({ id: newId(), maybeDone: false });

export function afterFailure(before: ChangeId, { kind, maybeDone }: ConsoleError, newId: NewId): ChangeId {
  if (maybeDone) return { ...before, maybeDone };
  return before.maybeDone && WITHOUT_ANSWER.has(kind) ? before : afterAnswer(newId);
}
