/** The reason of a change, and the duration of a disable. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../i18n/say.ts";
import { ChangeForm } from "../ui/change-form.tsx";
import { DurationField } from "../ui/duration-field.tsx";
import { ReasonField } from "../ui/reason-field.tsx";
import type { Change } from "../ui/use-change.ts";
import { CHANGE } from "./texts.ts";

export interface Asked {
  readonly reason: string;
  /** Of a disable. */
  readonly hours: number;
}

interface AskChangeProps {
  readonly action: "enable" | "disable";
  readonly asked: Asked;
  readonly change: Change;
  readonly button: string;
  readonly onAsked: (asked: Asked) => void;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

export function AskChange({ action, asked, change, button, onAsked, onClose, children }: AskChangeProps) {
  const [reason, setReason] = useState(asked.reason);
  const [hours, setHours] = useState(asked.hours);
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  return (
    <ChangeForm {...{ change, button, onClose }} onSend={() => onAsked({ reason: reason.trim(), hours })}>
      {children}
      {action === "disable" ? <DurationField label={say(CHANGE.fromNow)} hours={hours} onChange={setHours} /> : null}
      <ReasonField reason={reason} onChange={setReason} field={first} />
    </ChangeForm>
  );
}
