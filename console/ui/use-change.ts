/** Sends a change of a dialog: once at a time, with an id that makes sending again safe, and never without its outcome being shown. */
import { useEffect, useRef, useState } from "preact/hooks";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import type { OperatorAnswer } from "../http/protocol.ts";
import { FAILURES } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { afterAnswer, afterFailure, type ChangeId } from "./change-id.ts";

export interface Attempt {
  readonly id: string;
  /** The same was sent before, and not answered: it may have been carried out. */
  readonly isAgain: boolean;
}

/** What follows if the dialog is still open, such as closing it or going to another page. */
export type Next = (() => void) | undefined;

export interface Change {
  readonly isSending: boolean;
  /** The last attempt was not answered: only the same can be sent. */
  readonly isUnanswered: boolean;
  readonly failure: ConsoleError | undefined;
  readonly refusal: OperatorResponse | undefined;
  /**
   * @param attempt - throws RefusedAnswer or ConsoleError.
   * @param onNotDone - is called if nothing was done.
   */
  readonly send: (attempt: (how: Attempt) => Promise<Next>, onNotDone?: () => void) => void;
}

/** The deployment refused the request, and nothing was done. */
export class RefusedAnswer extends Error {
  readonly answer: OperatorResponse;

  constructor(answer: OperatorResponse) {
    super(answer.errors.map(({ message }) => message).join("; "));
    this.answer = answer;
  }
}

/** @throws RefusedAnswer */
export function taken({ answer, isTaken }: OperatorAnswer): OperatorResponse {
  if (!isTaken) throw new RefusedAnswer(answer);
  return answer;
}

interface State extends Pick<Change, "isSending" | "failure" | "refusal"> {
  readonly changeId: ChangeId;
}

const newId = (): string => crypto.randomUUID();
const IDLE = { isSending: false, failure: undefined, refusal: undefined };

/** @param title - of the dialog, for a person who has left it before the outcome. */
export function useChange(title: string): Change {
  const { tell } = useApp();
  const [state, setState] = useState<State>(() => ({ ...IDLE, changeId: afterAnswer(newId) }));
  const isHere = useRef(false);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  async function attemptOnce(attempt: (how: Attempt) => Promise<Next>, onNotDone: Next): Promise<void> {
    const { changeId } = state;
    setState({ ...IDLE, isSending: true, changeId });
    try {
      const next = await attempt({ id: changeId.id, isAgain: changeId.maybeDone });
      if (!isHere.current) return;
      setState({ ...IDLE, changeId: afterAnswer(newId) });
      next?.();
    } catch (error) {
      const after = stateAfter(error, changeId);
      if (!isHere.current) return tell(`${title}: ${textOf(after)}`, "bad");
      setState(after);
      if (!after.changeId.maybeDone) onNotDone?.();
    }
  }
  return {
    ...state,
    isUnanswered: state.changeId.maybeDone && !state.isSending,
    send: (attempt, onNotDone) => void attemptOnce(attempt, onNotDone),
  };
}

function stateAfter(error: unknown, before: ChangeId): State {
  if (error instanceof RefusedAnswer) return { ...IDLE, refusal: error.answer, changeId: afterAnswer(newId) };
  const failure = error instanceof ConsoleError ? error : new ConsoleError("failed", String(error));
  return { ...IDLE, failure, changeId: afterFailure(before, failure, newId) };
}

function textOf({ failure, refusal }: State): string {
  if (!failure) return escapeInvisible(refusal ? new RefusedAnswer(refusal).message : "");
  const parts = [say(FAILURES[failure.kind]), escapeInvisible(failure.message)];
  return [...parts, failure.maybeDone ? say(FAILURES.maybeDone) : ""].filter((each) => each !== "").join(" ");
}
