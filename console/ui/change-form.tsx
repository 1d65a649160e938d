/**
 * The form of a change in a dialog. While it is sent, and after an attempt without an answer, its fields are locked, so that sending again
 * sends the same.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { Failure } from "./failure.tsx";
import { SENDING } from "./texts.ts";
import type { Change } from "./use-change.ts";

interface ChangeFormProps {
  readonly change: Change;
  /** The button that sends it: the verb and its object. */
  readonly button: string;
  readonly isDangerous?: boolean;
  readonly onSend: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function ChangeForm({ change, button, isDangerous = false, onSend, onClose, children }: ChangeFormProps) {
  const { isSending, isUnanswered, failure } = change;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (isSending || !form.current || form.current.contains(document.activeElement)) return;
    const wanted = isUnanswered ? "button[type=submit]" : "[data-focus]"; // what had the focus was locked
    form.current.querySelector<HTMLElement>(wanted)?.focus();
  }, [isSending, isUnanswered]);
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSending) onSend();
      }}
    >
      <fieldset class="fields" disabled={isSending || isUnanswered}>
        {children}
      </fieldset>
      {failure ? <Failure failure={failure} isDoubtTold /> : null}
      {isUnanswered ? <p class="notice warn">{say(SENDING.again)}</p> : null}
      <p class="buttons">
        <button type="submit" class={isDangerous ? "danger" : "main"} disabled={isSending}>
          {button}
        </button>
        <button type="button" onClick={onClose} disabled={isSending}>
          {say(isUnanswered ? COMMON.close : COMMON.cancel)}
        </button>
        <span role="status">{isSending ? say(SENDING.now) : ""}</span>
      </p>
    </form>
  );
}
