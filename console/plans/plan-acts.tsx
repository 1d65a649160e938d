/** Approve, apply, cancel, undo, continue. Whatever would be refused is refused before the question. */
import { useEffect, useState } from "preact/hooks";
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import type { BatchProgress, OperatorResponse, PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import { say } from "../i18n/say.ts";
import { goTo } from "../route.ts";
import { AskReason, type Given } from "../ui/ask-reason.tsx";
import { Failure } from "../ui/failure.tsx";
import { Foreign } from "../ui/name.tsx";
import { Refusal } from "../ui/refusal.tsx";
import { SENDING } from "../ui/texts.ts";
import type { Next } from "../ui/use-change.ts";
import { rememberPlan } from "./made-plans.ts";
import type { Act } from "./plan-state.ts";
import { planQuestion } from "./question.ts";
import { PLAN } from "./texts.ts";

interface PlanActsProps {
  readonly orderId: string;
  readonly acts: readonly Act[];
  /** As the person sees it. */
  readonly plan: PlanResponse | undefined;
  readonly batch: BatchProgress | undefined;
  /** Is set while a change of this person's own is sent, which nobody has to be told about. */
  readonly own: { current: boolean };
  readonly onDone: () => void;
}

/** What the person saw when the question was asked. Exactly this hash is sent. */
interface Asked {
  readonly act: Act;
  readonly plan: PlanResponse | undefined;
  readonly planSha256: string | undefined;
}

const TITLES = {
  approve: PLAN.approveTitle,
  apply: PLAN.applyTitle,
  cancel: PLAN.cancelTitle,
  undo: PLAN.undoTitle,
  resume: PLAN.resumeTitle,
} as const;
const BUTTONS = {
  approve: PLAN.approveAct,
  apply: PLAN.applyAct,
  cancel: PLAN.cancelAct,
  undo: PLAN.undoAct,
  resume: PLAN.resumeAct,
} as const;
const ASKS = { cancel: PLAN.cancelAsks, undo: PLAN.undoAsks, resume: PLAN.resumeAsks } as const;
const why = "offair console";

export function PlanActs({ orderId, acts, plan, batch, own, onDone }: PlanActsProps) {
  const { client, tell } = useApp();
  const [asked, setAsked] = useState<Asked>();
  const [isChecking, setIsChecking] = useState(false);
  const [failure, setFailure] = useState<ConsoleError>();
  const [refusal, setRefusal] = useState<OperatorResponse>();

  /** The author, the second person and the later one of two are told before the question. */
  async function open(act: Act): Promise<void> {
    setFailure(undefined);
    setRefusal(undefined);
    const planSha256 = plan?.sha256 ?? batch?.planSha256;
    const seen = { act, plan, planSha256 };
    if ((act !== "approve" && act !== "apply") || planSha256 === undefined) return setAsked(seen);
    setIsChecking(true);
    try {
      const { answer } = await client.send({ action: act, orderId, planSha256, reason: why, dryRun: true });
      if (answer.ok) return setAsked(seen);
      setRefusal(answer);
      onDone(); // another person may have been first
    } catch (error) {
      setFailure(error instanceof ConsoleError ? error : new ConsoleError("failed", String(error)));
    } finally {
      setIsChecking(false);
    }
  }

  function requestOf({ act, planSha256 }: Asked, reason: string): OperatorRequest {
    if (act === "cancel" || act === "undo") return { action: act, orderId, reason };
    if (planSha256 === undefined) throw new ConsoleError("invalid", "the plan has no SHA-256");
    if (act === "resume") return { action: "apply", orderId, planSha256, reason, resume: true };
    return { action: act, orderId, planSha256, reason };
  }

  async function carryOut(seen: Asked, { reason, id }: Given): Promise<Next> {
    const { act } = seen;
    own.current = act !== "resume";
    try {
      const answer = await client.ask(requestOf(seen, reason), { id });
      const { plan: made } = answer;
      if (act !== "undo" || !made) {
        tell(act === "undo" ? say(PLAN.undoNothing, { order: orderId }) : doneText(act, answer));
        return undefined;
      }
      rememberPlan(made, answer.truncated);
      tell(say(SENDING.planned));
      return () => goTo("plans", made.orderId);
    } catch (error) {
      own.current = false;
      throw error;
    } finally {
      onDone();
    }
  }

  const turn = acts.join();
  useEffect(() => {
    if (turn !== "") setRefusal(undefined); // which was of the state before
  }, [turn]);

  return (
    <>
      <div class="buttons">
        {acts.map((act, index) => (
          <button
            type="button"
            class={index === 0 && act !== "cancel" ? "main" : ""}
            disabled={isChecking}
            onClick={() => void open(act)}
          >
            {say(PLAN[act])}
          </button>
        ))}
        {isChecking ? <span role="status">{say(PLAN.checking)}</span> : null}
      </div>
      {failure ? <Failure failure={failure} /> : null}
      {refusal ? <Refusal title={say(PLAN.refused)} answer={refusal} /> : null}
      {asked ? (
        <AskReason
          title={say(TITLES[asked.act], { order: orderId })}
          action={say(BUTTONS[asked.act])}
          reason={asked.act === "apply" ? (asked.plan?.reason ?? "") : ""}
          isDangerous={asked.act === "apply" && asked.plan?.action !== "enable"}
          onClose={() => setAsked(undefined)}
          onGiven={(given) => carryOut(asked, given)}
        >
          {asked.act === "approve" || asked.act === "apply" ? (
            asked.plan && <Question plan={asked.plan} />
          ) : (
            <p>{say(ASKS[asked.act])}</p>
          )}
        </AskReason>
      ) : null}
    </>
  );
}

function doneText(act: Act, { batch }: OperatorResponse): string {
  if (act === "approve") return say(PLAN.approvedDone);
  if (act === "cancel") return say(batch?.state === "done" ? PLAN.cancelLate : PLAN.cancelledDone);
  return say(PLAN.appliedDone);
}

function Question({ plan }: { readonly plan: PlanResponse }) {
  return (
    <ul class="question">
      {planQuestion(plan).map((text) => (
        <li>
          <Foreign text={text} />
        </li>
      ))}
    </ul>
  );
}
