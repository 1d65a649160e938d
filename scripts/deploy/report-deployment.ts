/** After a deployment: records the account, prints the outputs and the remaining tasks, and runs `offair doctor`. */
import { EXIT, type Exit } from "../../cli/terminal/command.ts";
import type { DeployDeps } from "./deps.ts";
import type { Clients } from "./stack/clients.ts";
import { askSecret, askStack, type Identity } from "./stack/facts.ts";
import { namedSecrets, type Template } from "./stack/template.ts";
import { rememberAccount } from "./stage/remember-account.ts";
import { type Stage, stackNameOf } from "./stage/stage.ts";

export async function reportDeployment(
  stage: Stage,
  { account }: Identity,
  { isFirst, template }: { readonly isFirst: boolean; readonly template: Template },
  clients: Clients,
  deps: DeployDeps,
): Promise<Exit> {
  const { out } = deps;
  if (rememberAccount(deps.stages, stage.name, account))
    out.say(`deploy/${stage.name}.yml: account "${account}" was written; commit it`);
  const stack = await askStack(clients, stackNameOf(stage));
  const outputs = (stack?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]);
  const width = Math.max(0, ...outputs.map(([key = ""]) => key.length));
  for (const [key = "", value = ""] of outputs) out.say(`${key.padEnd(width)}  ${value}`);

  for (const line of await storeSecrets(stage, template, clients)) out.say(line);
  const url = outputs.find(([key]) => key === "OperatorUrl")?.[1];
  if (url === undefined) return EXIT.done;
  out.say(`offair doctor --url ${url}`);
  const exit = await deps.doctor(url, stage.region);
  // After a first deployment doctor always fails, because the secrets have no values yet.
  return isFirst ? EXIT.done : exit;
}

/** The commands that store the secrets that have no value yet. */
async function storeSecrets({ region }: Stage, template: Template, clients: Clients): Promise<string[]> {
  const states = await Promise.all([...namedSecrets(template).values()].map((name) => askSecret(clients, name)));
  const empty = states.filter(({ state }) => state === "initial").map(({ name }) => name);
  if (empty.length === 0) return [];
  const put = `aws secretsmanager put-secret-value --region ${region} --secret-id`;
  return [
    "these secrets have no value yet; docs/deploy.md describes each:",
    ...empty.map((name) => `  ${put} ${name} --secret-string …`),
  ];
}
