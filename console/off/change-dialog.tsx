/** Enables or prolongs streams: asks for the reason, shows in words what the dry run says, sends the orders, and follows their outcomes. */
import { useState } from "preact/hooks";
import type { Stream } from "../../lib/core/stream.ts";
import { nameOf } from "../../lib/core/stream-name.ts";
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import { DEFAULT_DISABLE_HOURS, MAX_STREAMS } from "../../lib/operator/contract/limits.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { say } from "../i18n/say.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { taken, useChange } from "../ui/use-change.ts";
import { AskChange, type Asked } from "./ask-change.tsx";
import { ConfirmChange } from "./confirm-change.tsx";
import { Outcomes } from "./outcomes.tsx";
import { PlanForm } from "./plan-form.tsx";
import { CHANGE } from "./texts.ts";

export interface Change {
  readonly action: "enable" | "disable";
  readonly streams: readonly Stream[];
}

interface ChangeDialogProps extends Change {
  /** @param isSent - whether orders were sent. */
  readonly onClose: (isSent: boolean) => void;
}

type Step =
  | { readonly at: "ask" | "plan" }
  | { readonly at: "confirm"; readonly dry: OperatorResponse }
  | { readonly at: "sent"; readonly sent: OperatorResponse };

export function ChangeDialog({ action, streams, onClose: end }: ChangeDialogProps) {
  const { client, tell } = useApp();
  const [step, setStep] = useState<Step>({ at: streams.length > MAX_STREAMS ? "plan" : "ask" });
  const [asked, setAsked] = useState<Asked>({ reason: "", hours: DEFAULT_DISABLE_HOURS });
  const onClose = (): void => end(step.at === "sent");
  const n = streams.length;
  const title =
    step.at === "plan"
      ? say(action === "enable" ? CHANGE.planTitleEnable : CHANGE.planTitleDisable, { n })
      : say(CHANGE[action], { n });
  const change = useChange(title);
  const { isSending, refusal } = change;

  function request(
    { reason, hours }: Asked,
    how: { readonly dryRun: boolean; readonly shorten?: true },
  ): OperatorRequest {
    const named = { streams: streams.map(nameOf), reason, dryRun: how.dryRun };
    return action === "enable" ? { action, ...named } : { action, ...named, ...how, hours, undocumentedNames: true }; // a person has looked at the names
  }

  function look(given: Asked): void {
    setAsked(given);
    change.send(async () => {
      const dry = taken(await client.send(request(given, { dryRun: true })));
      return () => setStep({ at: "confirm", dry });
    });
  }
  /** What was not done is looked at again: what it would do may have changed. */
  function carryOut(shorten: boolean): void {
    const wanted = request(asked, { dryRun: false, ...(shorten && { shorten }) });
    change.send(
      async ({ id }) => {
        const sent = taken(await client.send(wanted, { id }));
        tell(say(CHANGE.sent, { order: sent.orderId ?? "" }));
        return () => setStep({ at: "sent", sent });
      },
      () => setStep({ at: "ask" }),
    );
  }

  return (
    <Dialog title={title} onClose={onClose} isBusy={isSending}>
      {refusal ? (
        <>
          <Refusal title={say(CHANGE.refused)} answer={refusal} streams={streams} />
          {step.at === "plan" ? null : (
            <p>
              <button type="button" onClick={() => setStep({ at: "plan" })}>
                {say(CHANGE.planInstead)}
              </button>
            </p>
          )}
        </>
      ) : null}
      {step.at === "ask" ? (
        <AskChange {...{ action, asked, change, onClose }} onAsked={look} button={say(CHANGE.look)}>
          <p>{say(action === "enable" ? CHANGE.enableAsks : CHANGE.disableAsks)}</p>
        </AskChange>
      ) : null}
      {step.at === "confirm" ? (
        <ConfirmChange {...{ action, dry: step.dry, reason: asked.reason, change, onClose }} onConfirmed={carryOut} />
      ) : null}
      {step.at === "sent" ? <Outcomes {...{ sent: step.sent, onClose }} /> : null}
      {step.at === "plan" ? <PlanForm {...{ action, streams, asked, change, onClose }} /> : null}
    </Dialog>
  );
}
