/**
 * Decides one call by the policies, with @cloud-copilot/iam-simulate: identity policies, then the resource's own (docs/adr/0020). Decisions
 * are cached, because a function repeats its calls; the cache is bounded, because decisions depend on the names of streams.
 */
import { runSimulation, runUnsafeSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import type { AwsCall, Context } from "./aws-call.ts";
import type { Policy } from "./policy.ts";

export interface Principal {
  /** `arn:aws:sts::…:assumed-role/ROLE/SESSION`, or a service: `scheduler.amazonaws.com`. */
  readonly name: string;
  readonly context: Context;
  /** Identity policies by name. */
  readonly policies: Readonly<Record<string, Policy>>;
}

/** `implicit`: no policy allows the call. */
export type Verdict = "allowed" | "implicit" | "denied-by-identity" | "denied-by-resource";

export interface Evaluation {
  readonly principal: Principal;
  readonly call: AwsCall;
  readonly resourcePolicy: Policy | undefined;
  readonly accountId: string;
}

const REMEMBERED = 10_000;

export function createEvaluator(evaluate: (evaluation: Evaluation) => Verdict = verdictOf, limit = REMEMBERED) {
  const remembered = new Map<string, Verdict>();
  return (evaluation: Evaluation): Verdict => {
    const { principal, call } = evaluation;
    const key = JSON.stringify([principal.name, call.action, call.resource, call.context]);
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const verdict = evaluate(evaluation);
    const [oldest] = remembered.keys();
    if (remembered.size >= limit && oldest !== undefined) remembered.delete(oldest);
    remembered.set(key, verdict);
    return verdict;
  };
}

/** The simulator without its checks of the policies, because `checkPolicies` makes them once instead of at each call. */
export function verdictOf(evaluation: Evaluation): Verdict {
  const result = runUnsafeSimulation(simulationOf(evaluation, checked), {});
  if (result === "Allowed") return "allowed";
  if (result === "ImplicitlyDenied") return "implicit";
  const alone = runUnsafeSimulation(simulationOf({ ...evaluation, resourcePolicy: undefined }, checked), {});
  return alone === "ExplicitlyDenied" ? "denied-by-identity" : "denied-by-resource";
}

/** @throws Error for a policy that AWS would not accept, with the simulator's message. */
export async function checkPolicies(evaluation: Evaluation): Promise<void> {
  const result = await runSimulation(
    simulationOf(evaluation, (policy) => policy),
    {},
  );
  if (result.resultType !== "error") return;
  const { call, principal } = evaluation;
  throw new Error(`IAM: ${principal.name}, ${call.action} on ${call.resource}: ${JSON.stringify(result.errors)}`);
}

/** A policy that was validated before, in the simulator's form: `ValidatedPolicy` of @cloud-copilot/iam-policy. It needs a name. */
const checked = (policyDocument: Policy): object => ({
  ...{ __validated: true, policyDocument, errors: [] },
  metadata: { name: "policy" },
});

function simulationOf(
  { principal, call, resourcePolicy, accountId }: Evaluation,
  form: (policy: Policy) => object,
): Simulation {
  const context = { ...principal.context, ...call.context };
  return {
    request: {
      principal: principal.name,
      action: call.action,
      resource: { resource: call.resource, accountId },
      contextVariables: Object.fromEntries(
        Object.entries(context).map(([key, value]) => [key, typeof value === "string" ? value : [...value]]),
      ),
    },
    identityPolicies: Object.entries(principal.policies).map(([name, policy]) => ({ name, policy: form(policy) })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resourcePolicy && { resourcePolicy: form(resourcePolicy) }),
  };
}
