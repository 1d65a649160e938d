/** Plans a change of more streams than one request may change. The plan is shown, approved and applied on its own page. */
import { useState } from "preact/hooks";
import type { Stream } from "../../lib/core/stream.ts";
import { nameOf } from "../../lib/core/stream-name.ts";
import { MAX_STREAMS } from "../../lib/operator/contract/limits.ts";
import { useApp } from "../app-context.ts";
import { say } from "../i18n/say.ts";
import { rememberPlan } from "../plans/made-plans.ts";
import { goTo } from "../route.ts";
import { SENDING } from "../ui/texts.ts";
import { type Change, RefusedAnswer } from "../ui/use-change.ts";
import { AskChange, type Asked } from "./ask-change.tsx";
import { CHANGE } from "./texts.ts";

interface PlanFormProps {
  readonly action: "enable" | "disable";
  readonly streams: readonly Stream[];
  readonly asked: Asked;
  readonly change: Change;
  readonly onClose: () => void;
}

export function PlanForm({ action, streams, asked, change, onClose }: PlanFormProps) {
  const { client, tell } = useApp();
  const [overrideProtected, setOverrideProtected] = useState(false);

  function plan({ reason, hours }: Asked): void {
    const named = {
      action: "plan",
      wanted: action,
      streams: streams.map(nameOf),
      reason,
      undocumentedNames: true,
    } as const;
    change.send(async ({ id }) => {
      const { answer } = await client.send(action === "enable" ? named : { ...named, hours, overrideProtected }, {
        id,
      });
      const { plan: made } = answer;
      if (!made) throw new RefusedAnswer(answer);
      rememberPlan(made, answer.truncated);
      tell(say(SENDING.planned));
      return () => {
        onClose();
        goTo("plans", made.orderId);
      };
    });
  }

  return (
    <AskChange {...{ action, asked, change, onClose }} button={say(CHANGE.makePlan)} onAsked={plan}>
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
