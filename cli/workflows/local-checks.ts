/** What can be looked at from where the operator is: each thing that stands in the way is a check that failed, and not an error. */
import { SECOND_MS } from "../../lib/core/time.ts";
import { openOperator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import type { ShownCheck } from "../operator/response.ts";
import { operatorUrl } from "../operator/url.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { secondsText } from "../terminal/duration.ts";
import { FailedError, InputError, RefusedError, UsageError } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";

/** AWS takes a signature that is five minutes off: who is one off will be five off some day. */
const WARN_SKEW_MS = 60 * SECOND_MS;

export async function lookFromHere(values: Values, deps: CommandDeps): Promise<ShownCheck[]> {
  const url = await tried("url", async () => {
    const { endpoint, prefix, region } = operatorUrl(textOf(values, "url"), deps.env);
    return `${endpoint.origin}${prefix}, region ${region}`;
  });
  const credentials = await tried("credentials", async () => `access key ${(await deps.credentials()).accessKeyId}`);
  const here = [url, credentials];
  if (here.some(({ state }) => state === "failed")) return here;
  let reply: Reply | undefined;
  const gateway = await tried("gateway", async () => {
    reply = await openOperator(values, deps).ask({ action: "doctor", reason: "offair doctor" });
    return "it lets you in, and the function answers";
  });
  if (!reply) return [...here, gateway];
  const { checks = [], errors } = reply.answer;
  const refused = errors.map(({ message }) => failed("function", message));
  return [...here, gateway, clock(reply), ...refused, ...checks];
}

const failed = (name: string, says: string): ShownCheck => ({ name, state: "failed", says });

async function tried(name: string, look: () => Promise<string>): Promise<ShownCheck> {
  try {
    return { name, state: "ok", says: await look() };
  } catch (error) {
    const isForPeople = [UsageError, InputError, RefusedError, FailedError].some((kind) => error instanceof kind);
    if (!isForPeople || !(error instanceof Error)) throw error;
    return failed(name, error.message);
  }
}

function clock({ aheadMs }: Reply): ShownCheck {
  const name = "clock";
  if (aheadMs === undefined) return { name, state: "warning", says: "the gateway does not say what time it is" };
  const off = Math.abs(aheadMs);
  if (off < WARN_SKEW_MS) return { name, state: "ok", says: "right within a minute" };
  const says = `yours is ${secondsText(off / SECOND_MS)} ${aheadMs > 0 ? "behind" : "ahead"}`;
  return { name, state: "warning", says, remedy: "set it: from five minutes on AWS takes no signature of yours" };
}
