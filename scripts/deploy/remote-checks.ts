/** The checks that ask AWS, and what the deployment needs from their answers. */
import type { Stack } from "@aws-sdk/client-cloudformation";
import type { Check } from "../../lib/operator/contract/response-schema.ts";
import {
  checkAccount,
  checkAdoption,
  checkConcurrency,
  checkProjectId,
  checkRegion,
  checkSecrets,
  checkStack,
  unreservedNeeded,
} from "./checks.ts";
import type { DeployDeps, Package } from "./deps.ts";
import { type Adopted, adoptionCandidates } from "./stack/adoption.ts";
import type { Clients } from "./stack/clients.ts";
import {
  type Answer,
  answer,
  askConcurrency,
  askParameter,
  askSecret,
  askStack,
  askTemplate,
  type Identity,
} from "./stack/facts.ts";
import { findAdopted } from "./stack/find-adopted.ts";
import { namedSecrets, reservedConcurrency, type Template } from "./stack/template.ts";
import { type Stage, stackNameOf } from "./stage/stage.ts";

/** What the stack is today. */
export interface Today {
  readonly stack: Stack | undefined;
  readonly deployed: Template | undefined;
  readonly adopted: readonly Adopted[];
  readonly parameterVersion: number;
}

export interface RemoteChecks {
  readonly checks: readonly Check[];
  readonly today: Today;
}

export async function checkAws(
  stage: Stage,
  identity: Identity,
  packaged: Package,
  clients: Clients,
  { environmentRegions, account }: Pick<DeployDeps, "environmentRegions"> & { readonly account: string | undefined },
): Promise<RemoteChecks> {
  const stack = await answer(() => askStack(clients, stackNameOf(stage)));
  const template = await answer(() => askTemplate(clients, found(stack)));
  const deployed = found(template);
  const secrets = namedSecrets(packaged.template);
  const pseudo = { "AWS::AccountId": identity.account, "AWS::Region": stage.region };
  const candidates = adoptionCandidates(packaged.template, deployed, pseudo);
  const reserved = { before: reservedConcurrency(deployed), after: reservedConcurrency(packaged.template) };
  const [parameter, concurrency, secretStates, adopted, environment] = await Promise.all([
    answer(() => askParameter(clients, stage.projectIdParameter)),
    answer(() => askConcurrency(clients, unreservedNeeded(reserved))),
    answer(() => Promise.all([...secrets.values()].map((name) => askSecret(clients, name)))),
    answer(() => findAdopted(clients, candidates)),
    environmentRegions(),
  ]);
  const owned = [
    ...[...secrets].filter(([id]) => deployed?.Resources[id] !== undefined).map(([, name]) => name),
    ...(found(adopted) ?? []).map(({ name }) => name),
  ];
  return {
    checks: [
      checkAccount(stage, identity, account),
      checkRegion(stage, environment, packaged.region),
      checkStack(stage, "error" in template && !("error" in stack) ? template : stack),
      checkConcurrency(stage, concurrency, reserved),
      checkProjectId(stage, parameter),
      checkSecrets(stage, secretStates, owned),
      checkAdoption(adopted),
    ],
    today: {
      stack: found(stack),
      deployed,
      adopted: found(adopted) ?? [],
      parameterVersion: found(parameter)?.version ?? 0,
    },
  };
}

const found = <T>(answered: Answer<T>): T | undefined => ("value" in answered ? answered.value : undefined);
