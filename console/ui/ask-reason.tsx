/** Asks for the reason of a change, says in words what it does, and sends it. A failure is shown in the dialog, which stays open. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { ChangeForm } from "./change-form.tsx";
import { Dialog } from "./dialog.tsx";
import { DurationField } from "./duration-field.tsx";
import { ReasonField } from "./reason-field.tsx";
import { type Attempt, type Next, useChange } from "./use-change.ts";

export interface Given extends Attempt {
  readonly reason: string;
  /** Of a disable. */
  readonly hours: number;
}

interface AskReasonProps {
  readonly title: string;
  /** The button that sends it: the verb and its object. */
  readonly action: string;
  /** Asks for a duration as well, with this as the default. */
  readonly hours?: number;
  readonly isDangerous?: boolean;
  readonly reason?: string;
  readonly onClose: () => void;
  /**
   * @returns what follows if the dialog is still open then: going to another page.
   * @throws ConsoleError, which is shown.
   */
  readonly onGiven: (given: Given) => Promise<Next>;
  readonly children?: ComponentChildren;
}

export function AskReason(props: AskReasonProps) {
  const { title, action, isDangerous = false, onClose, onGiven } = props;
  const [reason, setReason] = useState(props.reason ?? "");
  const [hours, setHours] = useState(props.hours ?? 24);
  const change = useChange(title);

  function send(): void {
    change.send(async (attempt) => {
      const next = await onGiven({ reason: reason.trim(), hours, ...attempt });
      return () => {
        onClose();
        next?.();
      };
    });
  }
  return (
    <Dialog title={title} onClose={onClose} isBusy={change.isSending}>
      <ChangeForm {...{ change, isDangerous, onClose }} button={action} onSend={send}>
        {props.children}
        {props.hours === undefined ? null : (
          <DurationField label={say(COMMON.duration)} hours={hours} onChange={setHours} />
        )}
        <ReasonField reason={reason} onChange={setReason} />
      </ChangeForm>
    </Dialog>
  );
}
