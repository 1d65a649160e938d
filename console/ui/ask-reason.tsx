/** Asks for the reason of a change, says in words what it does, and sends it. A failure is shown in the dialog, which stays open. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ConsoleError } from "../http/client.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { Dialog } from "./dialog.tsx";
import { DurationField } from "./duration-field.tsx";
import { Failure } from "./failure.tsx";
import { ReasonField } from "./reason-field.tsx";

export interface Given {
  readonly reason: string;
  /** Of a disable. */
  readonly hours: number;
  /** Of this dialog: a request that is sent again is carried out once. */
  readonly id: string;
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
  /** @throws ConsoleError, which is shown. */
  readonly onGiven: (given: Given) => Promise<void>;
  readonly children?: ComponentChildren;
}

export function AskReason(props: AskReasonProps) {
  const [reason, setReason] = useState(props.reason ?? "");
  const [hours, setHours] = useState(props.hours ?? 24);
  const [isSending, setIsSending] = useState(false);
  const [failure, setFailure] = useState<ConsoleError>();
  const [id] = useState(() => crypto.randomUUID());

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setIsSending(true);
    setFailure(undefined);
    try {
      await props.onGiven({ reason: reason.trim(), hours, id });
      props.onClose();
    } catch (error) {
      setFailure(error instanceof ConsoleError ? error : new ConsoleError("failed", String(error)));
      setIsSending(false);
    }
  }

  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={(event) => void send(event)}>
        {props.children}
        {props.hours === undefined ? null : (
          <DurationField label={say(COMMON.duration)} hours={hours} onChange={setHours} />
        )}
        <ReasonField reason={reason} onChange={setReason} />
        {failure ? <Failure failure={failure} /> : null}
        <p class="buttons">
          <button type="submit" class={props.isDangerous ? "danger" : "main"} disabled={isSending}>
            {props.action}
          </button>
          <button type="button" onClick={props.onClose}>
            {say(COMMON.cancel)}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
