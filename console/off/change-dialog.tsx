/** Enables or prolongs streams: asks for the reason, shows in words what the dry run says, sends the orders, and follows their outcomes. */
import { useState } from "preact/hooks";
import type { Stream } from "../../lib/core/stream.ts";
import { nameOf } from "../../lib/core/stream-name.ts";
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import { DEFAULT_DISABLE_HOURS, MAX_STREAMS } from "../../lib/operator/contract/limits.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import type { OperatorAnswer } from "../http/protocol.ts";
import { say } from "../i18n/say.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Failure } from "../ui/failure.tsx";
import { Refusal } from "../ui/refusal.tsx";
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
  const { client } = useApp();
  const [step, setStep] = useState<Step>({ at: streams.length > MAX_STREAMS ? "plan" : "ask" });
  const [asked, setAsked] = useState<Asked>({ reason: "", hours: DEFAULT_DISABLE_HOURS });
  const onClose = (): void => end(step.at === "sent");
  const [isSending, setIsSending] = useState(false);
  const [failure, setFailure] = useState<ConsoleError>();
  const [refusal, setRefusal] = useState<OperatorResponse>();
  const [id] = useState(() => crypto.randomUUID());

  function request(
    { reason, hours }: Asked,
    how: { readonly dryRun: boolean; readonly shorten?: true },
  ): OperatorRequest {
    const named = { streams: streams.map(nameOf), reason, dryRun: how.dryRun };
    return action === "enable" ? { action, ...named } : { action, ...named, ...how, hours, undocumentedNames: true }; // a person has looked at the names
  }

  async function attempt(send: () => Promise<OperatorAnswer>, next: (answer: OperatorResponse) => Step): Promise<void> {
    setIsSending(true);
    setFailure(undefined);
    setRefusal(undefined);
    try {
      const { answer, isTaken } = await send();
      if (isTaken) setStep(next(answer));
      else setRefusal(answer);
    } catch (error) {
      setFailure(error instanceof ConsoleError ? error : new ConsoleError("failed", String(error)));
    } finally {
      setIsSending(false);
    }
  }

  function look(given: Asked): void {
    setAsked(given);
    void attempt(
      () => client.send(request(given, { dryRun: true })),
      (dry) => ({ at: "confirm", dry }),
    );
  }
  const carryOut = (shorten: boolean): void =>
    void attempt(
      () => client.send(request(asked, { dryRun: false, ...(shorten && { shorten }) }), { id }),
      (sent) => ({ at: "sent", sent }),
    );

  const n = streams.length;
  const title =
    step.at === "plan"
      ? say(action === "enable" ? CHANGE.planTitleEnable : CHANGE.planTitleDisable, { n })
      : say(CHANGE[action], { n });
  return (
    <Dialog title={title} onClose={onClose}>
      {failure ? <Failure failure={failure} /> : null}
      {refusal ? (
        <>
          <Refusal title={say(CHANGE.refused)} answer={refusal} streams={streams} />
          <p>
            <button type="button" onClick={() => setStep({ at: "plan" })}>
              {say(CHANGE.planInstead)}
            </button>
          </p>
        </>
      ) : null}
      {step.at === "ask" ? (
        <AskChange {...{ action, asked, isSending, onClose }} onAsked={look} button={say(CHANGE.look)}>
          <p>{say(action === "enable" ? CHANGE.enableAsks : CHANGE.disableAsks)}</p>
        </AskChange>
      ) : null}
      {step.at === "confirm" ? (
        <ConfirmChange
          {...{ action, dry: step.dry, reason: asked.reason, isSending, onClose }}
          onConfirmed={carryOut}
        />
      ) : null}
      {step.at === "sent" ? <Outcomes {...{ sent: step.sent, onClose }} /> : null}
      {step.at === "plan" ? <PlanForm {...{ action, streams, asked, onClose }} /> : null}
    </Dialog>
  );
}
