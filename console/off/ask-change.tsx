/** The reason of a change, and the duration of a disable. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { DurationField } from "../ui/duration-field.tsx";
import { ReasonField } from "../ui/reason-field.tsx";
import { CHANGE } from "./texts.ts";

export interface Asked {
  readonly reason: string;
  /** Of a disable. */
  readonly hours: number;
}

interface AskChangeProps {
  readonly action: "enable" | "disable";
  readonly asked: Asked;
  readonly isSending: boolean;
  readonly button: string;
  readonly onAsked: (asked: Asked) => void;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

export function AskChange({ action, asked, isSending, button, onAsked, onClose, children }: AskChangeProps) {
  const [reason, setReason] = useState(asked.reason);
  const [hours, setHours] = useState(asked.hours);
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onAsked({ reason: reason.trim(), hours });
      }}
    >
      {children}
      {action === "disable" ? <DurationField label={say(CHANGE.fromNow)} hours={hours} onChange={setHours} /> : null}
      <ReasonField reason={reason} onChange={setReason} field={first} />
      <p class="buttons">
        <button type="submit" class="main" disabled={isSending}>
          {button}
        </button>
        <button type="button" onClick={onClose}>
          {say(COMMON.cancel)}
        </button>
      </p>
    </form>
  );
}
