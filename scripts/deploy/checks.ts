/** Evaluates the facts before a deployment: one check per fact, each problem with its remedy. Pure. */
import type { Stack } from "@aws-sdk/client-cloudformation";
import type { Check } from "../../lib/operator/contract/response-schema.ts";
import { isExampleDomain } from "./example-domains.ts";
import type { Adopted } from "./stack/adoption.ts";
import {
  type Answer,
  type Concurrency,
  type Identity,
  type ParameterState,
  QUOTA,
  type SecretState,
} from "./stack/facts.ts";
import { type Stage, stackNameOf } from "./stage/stage.ts";

const ok = (name: string, says: string): Check => ({ name, state: "ok", says });
const warning = (name: string, says: string, remedy: string): Check => ({ name, state: "warning", says, remedy });
const failed = (name: string, says: string, remedy: string): Check => ({ name, state: "failed", says, remedy });

/** A call that AWS did not answer is a failed check, because nothing may be assumed. */
function judge<T>(name: string, answered: Answer<T>, check: (value: T) => Check): Check {
  if ("value" in answered) return check(answered.value);
  const isRight = /AccessDenied|not authorized|Unauthorized/i.test(answered.error);
  return failed(
    name,
    answered.error,
    isRight
      ? "docs/deploy.md has the IAM policy of the deployer: ask the owner of the account"
      : "AWS did not answer this: run the command again",
  );
}

export const checkCredentials = (identity: Answer<Identity>): Check =>
  "value" in identity
    ? ok("credentials", identity.value.arn)
    : failed(
        "credentials",
        identity.error,
        /ENOTFOUND|ECONN|EAI_AGAIN|Timeout/i.test(identity.error)
          ? "AWS cannot be reached: check the network, and the region of the stage file"
          : "set AWS_PROFILE (after aws sso login), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      );

/** @param confirmed - the account that `--account` named. */
export function checkAccount({ name, account }: Stage, identity: Identity, confirmed: string | undefined): Check {
  const here = identity.account;
  if (account === undefined) return ok("account", `${here}; the stage file names none yet`);
  if (account === here) return ok("account", `${here}, as in the last deployment`);
  const says = `the credentials are of account ${here}; the last deployment of ${name} was to ${account}`;
  if (confirmed === here) return warning("account", says, `--account ${here} says that this is wanted`);
  return warning("account", says, `change the credentials, or name ${here} when you are asked (--account ${here})`);
}

/** Another region in the environment would send every other tool (aws, offair, serverless) elsewhere. */
export function checkRegion(stage: Stage, environment: Readonly<Record<string, string>>, packaged: string): Check {
  const all = Object.entries({ ...environment, "the package": packaged });
  const others = all.filter(([, region]) => region !== stage.region);
  if (others.length === 0) return ok("region", stage.region);
  const variable = others.some(([where]) => where === "AWS_DEFAULT_REGION") ? "AWS_DEFAULT_REGION" : "AWS_REGION";
  return failed(
    "region",
    `deploy/${stage.name}.yml: ${stage.region}; ${others.map(([where, region]) => `${where}: ${region}`).join("; ")}`,
    `export ${variable}=${stage.region}, or correct the region of the stage file`,
  );
}

/** Regions with Live: https://support.huaweicloud.com/intl/en-us/api-live/live_03_0052.html and the region lists of Huawei's SDK. */
const LIVE_REGIONS = ["cn-north-1", "cn-north-4", "cn-east-3", "ap-southeast-2", "ap-southeast-3", "eu-west-101"];

export function checkEndpoint({ liveEndpoint }: Stage): Check {
  const { hostname } = new URL(liveEndpoint);
  const region = hostname.split(".")[1] ?? "";
  if (LIVE_REGIONS.includes(region)) return ok("endpoint", `Live in ${region}`);
  return warning(
    "endpoint",
    `${hostname}: ${region} is no region in which Live is documented`,
    "compare it with the endpoint that the console of Live shows",
  );
}

/** The states in which a stack can be changed. */
const READY = /^((CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE|REVIEW_IN_PROGRESS)$/;

export const checkStack = (stage: Stage, answered: Answer<Stack | undefined>): Check =>
  judge("stack", answered, (stack) => {
    const name = stackNameOf(stage);
    const status = stack?.StackStatus ?? "";
    if (!stack) return ok("stack", `${name} does not exist yet`);
    if (READY.test(status)) return ok("stack", `${name}: ${status}`);
    const says = `${name}: ${status}${stack.StackStatusReason ? ` (${stack.StackStatusReason})` : ""}`;
    if (status.endsWith("_IN_PROGRESS"))
      return failed("stack", says, "another deployment is running: wait until it has ended");
    const aws = (command: string) => `aws cloudformation ${command} --region ${stage.region} --stack-name ${name}`;
    if (status === "UPDATE_ROLLBACK_FAILED") return failed("stack", says, aws("continue-update-rollback"));
    if (status === "UPDATE_FAILED") return failed("stack", says, aws("rollback-stack"));
    if (/^(CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED|DELETE_FAILED)$/.test(status))
      return failed("stack", says, `npm run deploy -- --stage ${stage.name} --remove, then deploy again`);
    return failed("stack", says, `${aws("describe-stack-events")} names the cause`);
  });

const PROJECT_ID = /^[0-9a-f]{32}$/;

export const checkProjectId = (
  { projectIdParameter: name, region }: Stage,
  answered: Answer<ParameterState | undefined>,
): Check =>
  judge("project id", answered, (parameter) => {
    const put = `aws ssm put-parameter --region ${region} --type String --name ${name} --value …`;
    if (!parameter) return failed("project id", `there is no parameter ${name} in ${region}`, put);
    if (parameter.type !== "String")
      return failed(
        "project id",
        `${name} is a ${parameter.type}: CloudFormation reads only a String`,
        `aws ssm delete-parameter --region ${region} --name ${name}, then ${put}`,
      );
    if (!PROJECT_ID.test(parameter.value))
      return failed(
        "project id",
        `${name} is not a project id, which has 32 hexadecimal digits in lower case`,
        `${put} --overwrite (console of Huawei Cloud: My Credentials → API Credentials)`,
      );
    return ok("project id", `${name}, version ${parameter.version}`);
  });

/** Lambda keeps at least this many for the functions without a reservation: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const KEPT_UNRESERVED = 100;

/** How many unreserved executions there must be before the deployment. */
export const unreservedNeeded = (reserved: { readonly before: number; readonly after: number }): number =>
  KEPT_UNRESERVED + reserved.after - reserved.before;

export const checkConcurrency = (
  { region }: Stage,
  answered: Answer<Concurrency>,
  reserved: { readonly before: number; readonly after: number },
): Check =>
  judge("concurrency", answered, ({ limit, unreserved, requested }) => {
    const more = reserved.after - reserved.before;
    const left = unreserved - more;
    const says = `quota ${limit}, ${unreserved} unreserved; the functions reserve ${reserved.after}${more === reserved.after ? "" : ` (${reserved.before} today)`}`;
    if (unreserved >= unreservedNeeded(reserved)) return ok("concurrency", `${says}; ${left} stay unreserved`);
    const { ServiceCode, QuotaCode } = QUOTA;
    return failed(
      "concurrency",
      `${says}; ${left} would stay unreserved, and Lambda requires ${KEPT_UNRESERVED}`,
      requested === undefined
        ? `aws service-quotas request-service-quota-increase --region ${region} --service-code ${ServiceCode} --quota-code ${QuotaCode} --desired-value ${Math.max(1_000, limit + KEPT_UNRESERVED)}`
        : `an increase to ${requested} was requested: wait until AWS has granted it`,
    );
  });

/** @param owned - names of secrets that are in the stack, or that this deployment adopts. */
export const checkSecrets = (
  { region, name: stageName }: Stage,
  answered: Answer<readonly SecretState[]>,
  owned: readonly string[],
): Check =>
  judge("secrets", answered, (secrets) => {
    const named = (wanted: (secret: SecretState) => boolean) => secrets.filter(wanted).map(({ name }) => name);
    const deleted = named(({ state }) => state === "deleted");
    if (deleted.length > 0)
      return failed(
        "secrets",
        `scheduled for deletion: ${deleted.join(", ")}`,
        deleted.map((name) => `aws secretsmanager restore-secret --region ${region} --secret-id ${name}`).join("; "),
      );
    const foreign = named(({ name, state }) => state !== "missing" && !owned.includes(name));
    if (foreign.length > 0)
      return failed(
        "secrets",
        `exist, but do not belong to the stack: ${foreign.join(", ")}`,
        "delete or rename them: the deployment creates secrets of these names",
      );
    const missing = named(({ state }) => state === "missing");
    if (missing.length === secrets.length)
      return ok("secrets", `${missing.length} will be created empty; their values are asked for at the end`);
    const created = missing.length === 0 ? "" : `; will be created empty: ${missing.join(", ")}`;
    const empty = named(({ state }) => state === "initial");
    const stored = secrets.length - missing.length;
    if (empty.length === 0) return ok("secrets", `${stored} ${stored === 1 ? "has" : "have"} a value${created}`);
    return warning(
      "secrets",
      `without a value: ${empty.join(", ")}${created}`,
      `store each (docs/deploy.md): aws secretsmanager put-secret-value --region ${region} --secret-id offair/${stageName}/… --secret-string …`,
    );
  });

export const checkAdoption = (answered: Answer<readonly Adopted[]>): Check =>
  judge("retained", answered, (adopted) =>
    adopted.length === 0
      ? ok("retained", "nothing of an earlier deployment")
      : ok("retained", `this deployment adopts ${adopted.map(({ id, name }) => `${id} (${name})`).join(", ")}`),
  );

export function checkAlerts({ name, alertsEmail }: Stage): Check {
  if (alertsEmail === undefined)
    return warning("alerts", "nobody receives the alarms", `write alertsEmail into deploy/${name}.yml`);
  if (isExampleDomain(alertsEmail.split("@").at(-1) ?? ""))
    return failed(
      "alerts",
      `deploy/${name}.yml: alertsEmail has a domain of the examples: ${alertsEmail}`,
      "write the address that shall receive the alarms",
    );
  return ok("alerts", `${alertsEmail}, after the subscription is confirmed`);
}
