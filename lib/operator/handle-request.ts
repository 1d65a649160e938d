/** Handles one operator request: checks who may ask for it, validates it, and runs the action that it names. */
import type { BuildInfo } from "../core/build-info.ts";
import { OffairError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";
import { describeError, logInfo, logWarn } from "../core/log.ts";
import { orderIdOf } from "../orders/order-id.ts";
import { applyPlan } from "./actions/apply.ts";
import { approvePlan } from "./actions/approve.ts";
import type { RequestAttempt } from "./actions/attempt.ts";
import { cancelOrder } from "./actions/cancel.ts";
import { orderStreams } from "./actions/change-streams.ts";
import type { ActionDeps } from "./actions/deps.ts";
import { explainDecision } from "./actions/explain.ts";
import { listOff } from "./actions/list.ts";
import { listLive } from "./actions/list-live.ts";
import { listOrders } from "./actions/list-orders.ts";
import { changeMode } from "./actions/mode.ts";
import { overturn } from "./actions/overturn.ts";
import { makePlan } from "./actions/plan.ts";
import { readStatus } from "./actions/status.ts";
import { undo } from "./actions/undo.ts";
import { type Caller, forbiddenFields, identifyCaller } from "./caller.ts";
import { carryOutOnce, type OnceDeps } from "./carry-out-once.ts";
import { hasEffect } from "./contract/effects.ts";
import { type EventOf, type OperatorEvent, operatorEventSchema } from "./contract/request.ts";
import { messageOf, refused, refusedAt } from "./contract/response.ts";
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

interface Deps extends ActionDeps, Pick<SourcesDeps, "readCases" | "reporters"> {
  /** Of the function. Absent: it is not bundled. */
  readonly build?: BuildInfo;
  readonly doctor: () => Promise<OperatorResponse>;
  readonly events: EventDeps;
  readonly redrive: (event: EventOf<"redrive">) => Promise<OperatorResponse>;
}

export interface OperatorRequestDeps extends Omit<Deps, "attempt" | "countForReporter">, OnceDeps {}

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
    return run(data, attempt, deps).catch(failed);
  }
  if (id === undefined) return refusedAt("/id", ID_MISSING);
  return carryOutOnce({ ...data, id }, (attempt) => run(data, attempt, deps).catch(failedForGood), deps);
}

function failed(failure: unknown): OperatorResponse {
  logWarn("operator.request-failed", describeError(failure));
  return refusedAt("", messageOf(failure));
}

/** @throws the failure if another attempt of the request may succeed. */
function failedForGood(failure: unknown): OperatorResponse {
  if (failure instanceof OffairError && !failure.retryable) return failed(failure);
  throw failure;
}

type EventsByAction = { readonly [A in OperatorEvent["action"]]: EventOf<A> };
type Answer = OperatorResponse | Promise<OperatorResponse>;

const ACTIONS: { readonly [A in keyof EventsByAction]: (event: EventsByAction[A], deps: Deps) => Answer } = {
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
  apply: applyPlan,
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
const answerTo = <A extends keyof EventsByAction>(action: A, event: EventsByAction[A], deps: Deps): Answer =>
  ACTIONS[action](event, deps);

const run = async (
  event: OperatorEvent,
  attempt: RequestAttempt,
  deps: OperatorRequestDeps,
): Promise<OperatorResponse> =>
  answerTo(event.action, event, { ...deps, attempt, countForReporter: (report) => countForReporter(report, deps) });

async function review(event: EventOf<"review">, deps: Deps): Promise<OperatorResponse> {
  const { report, verdict } = event;
  if (report === undefined || verdict === undefined) return listCases(event, deps);
  const answer = await giveVerdict({ ...event, report, verdict }, deps);
  const about = answer.overturned?.report ?? report; // a granted appeal is a statement about the report of the order
  if (answer.verdict && !answer.dryRun) await deps.countForReporter(about);
  return answer;
}

async function overturnAndCount(event: EventOf<"overturn">, deps: Deps): Promise<OperatorResponse> {
  const answer = await overturn(event, deps);
  if (answer.overturned?.report !== undefined) await deps.countForReporter(answer.overturned.report);
  return answer;
}

const withBuild = (response: OperatorResponse, { build }: Deps): OperatorResponse =>
  build === undefined ? response : { ...response, build };

const ID_MISSING = "is missing: a request that changes something needs a UUID of its own, so that repeating it is safe";
