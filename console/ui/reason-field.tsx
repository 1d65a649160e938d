/** The reason of a change: one line, which is stored in the ledger. The dialog that it is in puts the focus here. */
import type { Ref } from "preact";
import { MAX_REASON } from "../../lib/operator/contract/limits.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";

interface ReasonFieldProps {
  readonly reason: string;
  readonly onChange: (reason: string) => void;
  readonly field?: Ref<HTMLInputElement>;
}

export function ReasonField({ reason, onChange, field }: ReasonFieldProps) {
  return (
    <label class="field">
      <span>{say(COMMON.reason)}</span>
      <input
        data-focus
        {...(field && { ref: field })}
        required
        maxLength={MAX_REASON}
        pattern=".*\S.*"
        autocomplete="off"
        value={reason}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <small class="muted">{say(COMMON.reasonHint)}</small>
    </label>
  );
}
