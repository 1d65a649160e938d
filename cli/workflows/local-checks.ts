/** The checks of `offair doctor`: URL, credentials, gateway and clock from here, followed by the checks of the function. */
import { type BuildInfo, buildText, isSameCommit } from "../../lib/core/build-info.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import type { Check } from "../../lib/operator/contract/response-schema.ts";
import { openOperator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { operatorUrl } from "../operator/url.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { secondsText } from "../terminal/duration.ts";
import { isForPeople } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";

/** Warns well before five minutes, the skew at which AWS rejects signatures. */
const WARN_SKEW_MS = 60 * SECOND_MS;

export async function runChecks(values: Values, deps: CommandDeps): Promise<Check[]> {
  const url = await check("url", async () => {
    const { endpoint, prefix, region } = operatorUrl(textOf(values, "url"), deps.env);
    return `${endpoint.origin}${prefix}, region ${region}`;
  });
  const credentials = await check("credentials", async () => `access key ${(await deps.credentials()).accessKeyId}`);
  const here = [url, credentials];
  if (here.some(({ state }) => state === "failed")) return here;
  let reply: Reply | undefined;
  const gateway = await check("gateway", async () => {
    reply = await openOperator(values, deps).ask({ action: "doctor", reason: "offair doctor" });
    return "the gateway accepts your credentials, and the function answers";
  });
  if (!reply) return [...here, gateway];
  const { checks = [], errors } = reply.answer;
  const refused = errors.map(({ message }) => failed("function", message));
  return [...here, gateway, checkClock(reply), ...checkVersion(reply, await deps.build()), ...refused, ...checks];
}

const failed = (name: string, says: string): Check => ({ name, state: "failed", says });

/** An older deployment does not state its build, and one that refuses the request has no reason to. */
function checkVersion({ answer: { build } }: Reply, own: BuildInfo): Check[] {
  if (!build) return [];
  const name = "version";
  if (isSameCommit(own, build))
    return [{ name, state: "ok", says: `the command and the deployment: ${buildText(own)}` }];
  const says = `the command is ${buildText(own)}, and the deployment is ${buildText(build)}`;
  const remedy = "Install the command of the deployment's commit: what only one of them knows is refused.";
  return [{ name, state: "warning", says, remedy }];
}

/** Turns an error that a person can repair into a failed check. */
async function check(name: string, run: () => Promise<string>): Promise<Check> {
  try {
    return { name, state: "ok", says: await run() };
  } catch (error) {
    if (!isForPeople(error)) throw error;
    return failed(name, error.message);
  }
}

function checkClock({ aheadMs }: Reply): Check {
  const name = "clock";
  if (aheadMs === undefined)
    return { name, state: "warning", says: "the gateway's response has no date to compare with" };
  const skewMs = Math.abs(aheadMs);
  if (skewMs < WARN_SKEW_MS) return { name, state: "ok", says: "correct to within a minute" };
  const says = `your clock is ${secondsText(skewMs / SECOND_MS)} ${aheadMs > 0 ? "behind" : "ahead"}`;
  return { name, state: "warning", says, remedy: "Set the clock: AWS rejects signatures that are five minutes off." };
}
