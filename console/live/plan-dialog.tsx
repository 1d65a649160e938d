/** Makes a plan of what is selected, or by a selector, and goes to it. A refusal is shown in the dialog, which stays open. */
import { useMemo, useState } from "preact/hooks";
import { DEFAULT_DISABLE_HOURS } from "../../lib/operator/contract/limits.ts";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { rememberPlan } from "../plans/made-plans.ts";
import { SelectorText } from "../plans/selector-text.tsx";
import { goTo } from "../route.ts";
import { ChangeForm } from "../ui/change-form.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { DurationField } from "../ui/duration-field.tsx";
import { ReasonField } from "../ui/reason-field.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { SENDING } from "../ui/texts.ts";
import { RefusedAnswer, useChange } from "../ui/use-change.ts";
import { planRequest, questionsOf, type Subject, type Wanted } from "./plan-request.ts";
import { LIVE } from "./texts.ts";

interface PlanDialogProps {
  readonly subject: Subject;
  readonly onClose: () => void;
}

export function PlanDialog({ subject, onClose }: PlanDialogProps) {
  const { client, tell } = useApp();
  const [wanted, setWanted] = useState<Wanted>("disable");
  const [hours, setHours] = useState(DEFAULT_DISABLE_HOURS);
  const [reason, setReason] = useState("");
  const [overrideProtected, setOverride] = useState(false);
  const [undocumentedNames, setUndocumented] = useState(false);
  const entries = "entries" in subject ? subject.entries : undefined;
  const { protectedCount, undocumentedCount } = useMemo(() => questionsOf(entries ?? []), [entries]);

  const title = entries ? say(LIVE.titleSelected, { n: entries.length }) : say(LIVE.titleSelector);
  const change = useChange(title);
  const { isSending, refusal } = change;

  function send(): void {
    const choices = { wanted, hours, reason: reason.trim(), overrideProtected, undocumentedNames };
    change.send(async ({ id }) => {
      const { answer } = await client.send(planRequest(subject, choices), { id });
      const { plan } = answer;
      if (!plan) throw new RefusedAnswer(answer);
      rememberPlan(plan, answer.truncated);
      tell(say(SENDING.planned));
      return () => {
        onClose();
        goTo("plans", plan.orderId);
      };
    });
  }

  const agree = (text: string, isAgreed: boolean, onAgree: (isAgreed: boolean) => void) => (
    <p>
      <label>
        <input type="checkbox" checked={isAgreed} onChange={(event) => onAgree(event.currentTarget.checked)} /> {text}
      </label>
    </p>
  );
  return (
    <Dialog title={title} onClose={onClose} isBusy={isSending}>
      <ChangeForm {...{ change, onClose }} button={say(LIVE.makePlan)} onSend={send}>
        {"selector" in subject ? (
          <p>
            {say(LIVE.selectorSays)} <SelectorText selector={subject.selector} /> {say(LIVE.nothingYet)}
          </p>
        ) : (
          <p>{say(LIVE.exactly)}</p>
        )}
        <fieldset>
          <legend>{say(LIVE.wanted)}</legend>
          {(["disable", "pause"] as const).map((each) => (
            <p>
              <label>
                <input type="radio" name="wanted" checked={wanted === each} onChange={() => setWanted(each)} />{" "}
                {say(LIVE[each])}
              </label>
            </p>
          ))}
        </fieldset>
        {wanted === "disable" ? <DurationField label={say(COMMON.duration)} hours={hours} onChange={setHours} /> : null}
        <ReasonField reason={reason} onChange={setReason} />
        {entries === undefined ? agree(say(LIVE.protectedAny), overrideProtected, setOverride) : null}
        {protectedCount > 0 ? agree(say(LIVE.protected, { n: protectedCount }), overrideProtected, setOverride) : null}
        {undocumentedCount > 0
          ? agree(say(LIVE.undocumented, { n: undocumentedCount }), undocumentedNames, setUndocumented)
          : null}
        {refusal ? (
          <Refusal title={say(LIVE.refused)} answer={refusal} streams={entries?.map(({ stream }) => stream) ?? []} />
        ) : null}
      </ChangeForm>
    </Dialog>
  );
}
