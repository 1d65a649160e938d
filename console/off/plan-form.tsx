/** Plans a change of more streams than one request may change. The plan is shown, approved and applied on its own page. */
import { useState } from "preact/hooks";
import type { Stream } from "../../lib/core/stream.ts";
import { nameOf } from "../../lib/core/stream-name.ts";
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import { MAX_STREAMS } from "../../lib/operator/contract/limits.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import { say } from "../i18n/say.ts";
import { rememberPlan } from "../plans/made-plans.ts";
import { goTo } from "../route.ts";
import { Failure } from "../ui/failure.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { AskChange, type Asked } from "./ask-change.tsx";
import { CHANGE } from "./texts.ts";

interface PlanFormProps {
  readonly action: "enable" | "disable";
  readonly streams: readonly Stream[];
  readonly asked: Asked;
  readonly onClose: () => void;
}

export function PlanForm({ action, streams, asked, onClose }: PlanFormProps) {
  const { client } = useApp();
  const [isSending, setIsSending] = useState(false);
  const [overrideProtected, setOverrideProtected] = useState(false);
  const [failure, setFailure] = useState<ConsoleError>();
  const [refusal, setRefusal] = useState<OperatorResponse>();
  const [id, setId] = useState(() => crypto.randomUUID());

  async function plan({ reason, hours }: Asked): Promise<void> {
    setIsSending(true);
    setFailure(undefined);
    setRefusal(undefined);
    const named = {
      action: "plan",
      wanted: action,
      streams: streams.map(nameOf),
      reason,
      undocumentedNames: true,
    } as const;
    const request: OperatorRequest = action === "enable" ? named : { ...named, hours, overrideProtected };
    try {
      const { answer } = await client.send(action === "enable" ? request : { ...request, hours, overrideProtected }, {
        id,
      });
      if (!answer.plan) {
        setId(crypto.randomUUID()); // another request: a refused one is not repeated
        setRefusal(answer);
        return;
      }
      onClose();
      rememberPlan(answer.plan, answer.truncated);
      goTo("plans", answer.plan.orderId);
    } catch (error) {
      setFailure(error instanceof ConsoleError ? error : new ConsoleError("failed", String(error)));
    } finally {
      setIsSending(false);
    }
  }

  return (
    <AskChange
      {...{ action, asked, isSending, onClose }}
      button={say(CHANGE.makePlan)}
      onAsked={(given) => void plan(given)}
    >
      {failure ? <Failure failure={failure} /> : null}
      {refusal ? <Refusal title={say(CHANGE.refused)} answer={refusal} streams={streams} /> : null}
      <p>{say(CHANGE.planAsks, { most: MAX_STREAMS })}</p>
      {action === "disable" ? (
        <>
          <p>{say(CHANGE.planAlreadyOff)}</p>
          <p>
            <label>
              <input
                type="checkbox"
                checked={overrideProtected}
                onChange={(event) => setOverrideProtected(event.currentTarget.checked)}
              />{" "}
              {say(CHANGE.overrideProtected)}
            </label>
          </p>
        </>
      ) : null}
    </AskChange>
  );
}
