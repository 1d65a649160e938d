/** Handles one operator request: checks who may ask for it, validates it, and runs the action that it names. */
import type { BuildInfo } from "../core/build-info.ts";
import { OffairError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";
import { describeError, logInfo, logWarn } from "../core/log.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { orderIdOf } from "../orders/order-id.ts";
import { type ApplyDeps, applyPlan } from "./actions/apply.ts";
import { approvePlan } from "./actions/approve.ts";
import type { RequestAttempt } from "./actions/attempt.ts";
import { cancelOrder } from "./actions/cancel.ts";
import { type OrderDeps, orderStreams } from "./actions/change-streams.ts";
import { explainDecision } from "./actions/explain.ts";
import { listOff } from "./actions/list.ts";
import { listLive } from "./actions/list-live.ts";
import { listOrders } from "./actions/list-orders.ts";
import { changeMode, type ModeDeps } from "./actions/mode.ts";
import { overturn } from "./actions/overturn.ts";
import { type MakePlanDeps, makePlan } from "./actions/plan.ts";
import { readStatus } from "./actions/status.ts";
import { undo } from "./actions/undo.ts";
import { type Caller, forbiddenFields, identifyCaller } from "./caller.ts";
import { carryOutOnce, type OnceDeps } from "./carry-out-once.ts";
import { hasEffect } from "./contract/effects.ts";
import { type EventOf, type OperatorEvent, operatorEventSchema } from "./contract/request.ts";
import { messageOf, refused } from "./contract/response.ts";
import type { OperatorResponse } from "./contract/response-schema.ts";
import type { EventDeps } from "./events/deps.ts";
import { listEvents } from "./events/list-events.ts";
import { listSubscribers } from "./events/list-subscribers.ts";
import { replayEvents } from "./events/replay.ts";
import { resumeSubscriber } from "./events/resume.ts";
import { countForReporter } from "./figures/count-reporter.ts";
import { setSample } from "./figures/sample.ts";
import { listSources, type SourcesDeps } from "./figures/sources.ts";
import { note, release, secondOpinion, showCase } from "./reviews/change-case.ts";
import { giveVerdict } from "./reviews/give-verdict.ts";
import { listCases } from "./reviews/list-cases.ts";
import { nextCase } from "./reviews/next-case.ts";
import { planVerdicts } from "./reviews/plan-verdicts.ts";
import { reopen } from "./reviews/reopen.ts";
import { statementSettings } from "./statement-settings.ts";

export type { OperatorResponse } from "./contract/response-schema.ts";

interface ActionDeps
  extends OrderDeps,
    Omit<ApplyDeps, "countForReporter">,
    MakePlanDeps,
    Pick<ModeDeps, "listModeChanges">,
    Pick<SourcesDeps, "readCases" | "reporters"> {
  readonly ledger: Ledger;
  /** SHA-256 of the policy, which the worker stores with every decision. */
  readonly policyHash: string;
  /** Of the function. Absent: it is not bundled. */
  readonly build?: BuildInfo;
  readonly doctor: () => Promise<OperatorResponse>;
  readonly events: EventDeps;
  readonly redrive: (event: EventOf<"redrive">) => Promise<OperatorResponse>;
}

export interface OperatorRequestDeps extends Omit<ActionDeps, "attempt">, OnceDeps {}

/** Never throws: every failure becomes a response that says what is wrong. */
export async function handleOperatorRequest(
  event: unknown,
  deps: OperatorRequestDeps,
  caller: Caller,
): Promise<OperatorResponse> {
  const attributed = identifyCaller(event, caller);
  if ("issue" in attributed) return refused([attributed.issue]);
  const { data, error } = operatorEventSchema.safeParse(attributed.event);
  if (error) return refused(issuesOf(error));
  const issue = forbiddenFields(data, caller);
  if (issue) return refused([issue]);
  const { id, action, requestedBy, reason } = data;
  const order = "orderId" in data && data.orderId !== undefined ? { orderId: data.orderId } : {};
  logInfo("operator.requested", { ...(id !== undefined && { id }), action, ...order, requestedBy, reason });
  if (!hasEffect(data)) {
    const attempt = { orderId: orderIdOf(id ?? deps.newId()), at: deps.now(), isRepeated: false };
    return run(data.action, data, { ...deps, attempt }).catch(failed);
  }
  if (id === undefined) return refused([ID_MISSING]);
  const attempts = (attempt: RequestAttempt) => run(data.action, data, { ...deps, attempt }).catch(failedForGood);
  return carryOutOnce({ ...data, id }, attempts, deps);
}

function failed(failure: unknown): OperatorResponse {
  logWarn("operator.request-failed", describeError(failure));
  return refused([{ pointer: "", message: messageOf(failure) }]);
}

/** @throws the failure if another attempt of the request may succeed. */
function failedForGood(failure: unknown): OperatorResponse {
  if (failure instanceof OffairError && !failure.retryable) return failed(failure);
  throw failure;
}

type EventsByAction = { readonly [A in OperatorEvent["action"]]: EventOf<A> };
type Answer = OperatorResponse | Promise<OperatorResponse>;

const ACTIONS: { readonly [A in keyof EventsByAction]: (event: EventsByAction[A], deps: ActionDeps) => Answer } = {
  list: listOff,
  live: listLive,
  status: async (event, deps) => withBuild(await readStatus(event, deps), deps),
  doctor: async (_, deps) => withBuild(await deps.doctor(), deps),
  explain: explainDecision,
  mode: changeMode,
  pause: orderStreams,
  disable: orderStreams,
  enable: orderStreams,
  plan: makePlan,
  approve: approvePlan,
  apply: (event, deps) => applyPlan(event, { ...deps, countForReporter: (report) => countForReporter(report, deps) }),
  cancel: cancelOrder,
  undo,
  plans: listOrders,
  review,
  case: showCase,
  "next-case": nextCase,
  release,
  note,
  "second-opinion": secondOpinion,
  reopen,
  "plan-verdicts": planVerdicts,
  overturn: overturnAndCount,
  sample: setSample,
  sources: listSources,
  "statement-settings": (_, deps) => statementSettings(deps),
  events: (event, deps) => listEvents(event, deps.events),
  subscribers: (_, deps) => listSubscribers(deps.events),
  "replay-events": (event, { events, attempt }) => replayEvents(event, { ...events, attempt }),
  "resume-subscriber": (event, { events, attempt }) => resumeSubscriber(event, { ...events, attempt }),
  redrive: (event, deps) => deps.redrive(event),
};

/** With the action as an argument of its own, the compiler knows that the event is the one of this action. */
const run = async <A extends keyof EventsByAction>(
  action: A,
  event: EventsByAction[A],
  deps: ActionDeps,
): Promise<OperatorResponse> => ACTIONS[action](event, deps);

async function review(event: EventOf<"review">, deps: ActionDeps): Promise<OperatorResponse> {
  const { report, verdict } = event;
  if (report === undefined || verdict === undefined) return listCases(event, deps);
  const answer = await giveVerdict({ ...event, report, verdict }, deps);
  const about = answer.overturned?.report ?? report; // a granted appeal is a statement about the report of the order
  if (answer.verdict && !answer.dryRun) await countForReporter(about, deps);
  return answer;
}

async function overturnAndCount(event: EventOf<"overturn">, deps: ActionDeps): Promise<OperatorResponse> {
  const answer = await overturn(event, deps);
  if (answer.overturned?.report !== undefined) await countForReporter(answer.overturned.report, deps);
  return answer;
}

const withBuild = (response: OperatorResponse, { build }: ActionDeps): OperatorResponse =>
  build === undefined ? response : { ...response, build };

const ID_MISSING = {
  pointer: "/id",
  message: "is missing: a request that changes something needs a UUID of its own, so that repeating it is safe",
};
