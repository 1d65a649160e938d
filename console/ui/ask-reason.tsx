/** Asks for the reason of a change, says in words what it does, and sends it. A failure is shown in the dialog, which stays open. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { MAX_REASON } from "../../lib/operator/contract/limits.ts";
import { ConsoleError } from "../http/client.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";

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

const HOURS = [1, 6, 24, 3 * 24, 7 * 24, 30 * 24, 90 * 24];

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
          <label class="field">
            <span>{say(COMMON.duration)}</span>
            <select value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
              {HOURS.map((each) => (
                <option value={each}>{hoursText(each)}</option>
              ))}
            </select>
          </label>
        )}
        <label class="field">
          <span>{say(COMMON.reason)}</span>
          <input
            data-focus
            required
            maxLength={MAX_REASON}
            pattern=".*\S.*"
            autocomplete="off"
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          <small class="muted">{say(COMMON.reasonHint)}</small>
        </label>
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

export const hoursText = (hours: number): string =>
  hours % 24 === 0 ? say(COMMON.days, { n: hours / 24 }) : say(COMMON.hours, { n: hours });
