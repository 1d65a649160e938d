/** What the dry run says, in words, and the consent to what is unusual. */
import { useEffect, useRef, useState } from "preact/hooks";
import { streamKey } from "../../lib/core/stream-name.ts";
import type { OperatorResponse, Result } from "../../lib/operator/contract/response-schema.ts";
import { shortens } from "../../lib/operator/contract/shorter.ts";
import { say } from "../i18n/say.ts";
import { ChangeForm } from "../ui/change-form.tsx";
import { Foreign, StreamName } from "../ui/name.tsx";
import { instantText, Time, useNow } from "../ui/time.tsx";
import type { Change } from "../ui/use-change.ts";
import { isUndocumented, questionsOf } from "./change.ts";
import { CHANGE, OFF } from "./texts.ts";

interface ConfirmChangeProps {
  readonly action: "enable" | "disable";
  readonly dry: OperatorResponse;
  readonly reason: string;
  readonly change: Change;
  readonly onConfirmed: (shorten: boolean) => void;
  readonly onClose: () => void;
}

export function ConfirmChange({ action, dry, reason, change, onConfirmed, onClose }: ConfirmChangeProps) {
  const { results, alreadyOffKnown } = dry;
  const { shortened, undocumented } = questionsOf(results, action);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const n = results.length;
  const end = results[0]?.resumeTime ?? "";
  return (
    <ChangeForm
      {...{ change, onClose }}
      button={say(action === "enable" ? CHANGE.doEnable : CHANGE.doDisable, { n })}
      isDangerous
      onSend={() => onConfirmed(shortened > 0)}
    >
      <h3 ref={heading} tabIndex={-1}>
        {action === "enable" ? say(CHANGE.enableWill, { n }) : say(CHANGE.disableWill, { n, end: instantText(end) })}
      </h3>
      <ul class="changes">
        {results.map((each) => (
          <li key={streamKey(each.stream)}>
            <StreamName stream={each.stream} />
            {action === "disable" ? <Ends result={each} /> : null}
            {action === "disable" && isUndocumented(each) ? <p class="warn">{say(CHANGE.undocumented)}</p> : null}
          </li>
        ))}
      </ul>
      {alreadyOffKnown === false ? <p class="notice warn">{say(CHANGE.unread)}</p> : null}
      <p>
        {say(CHANGE.because)}: <Foreign text={reason} />
      </p>
      {shortened > 0 ? <Consent text={say(CHANGE.agreeShorten, { n: shortened })} /> : null}
      {undocumented > 0 ? <Consent text={say(CHANGE.agreeUndocumented, { n: undocumented })} /> : null}
    </ChangeForm>
  );
}

/** Until when the stream is disabled now, and will be. */
function Ends({ result }: { readonly result: Result }) {
  const { previousResumeTime: before, resumeTime } = result;
  const now = useNow();
  return (
    <p class="ends">
      {say(CHANGE.before)}:{" "}
      {before === undefined ? (
        say(CHANGE.notDisabled)
      ) : before === null ? (
        say(OFF.endless)
      ) : (
        <Time at={before} now={now} />
      )}{" "}
      → {say(CHANGE.after)}: <Time at={resumeTime} now={now} />{" "}
      {shortens(result) ? <strong class="bad">{say(CHANGE.earlier)}</strong> : null}
    </p>
  );
}

function Consent({ text }: { readonly text: string }) {
  const [isGiven, setIsGiven] = useState(false);
  return (
    <p>
      <label>
        <input
          type="checkbox"
          required
          checked={isGiven}
          onChange={(event) => setIsGiven(event.currentTarget.checked)}
        />{" "}
        <strong>{text}</strong>
      </label>
    </p>
  );
}
