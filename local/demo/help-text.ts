/** What a person can type into another terminal while the stack is up. */

import { REGION } from "../stack/stack.ts";
import { OPERATORS, SOURCE, SOURCE_SECRET, type World } from "./world.ts";

export function howToUse({ stack: { gatewayUrl }, simulator, liveUrl }: World): string {
  const keyHex = Buffer.from(SOURCE_SECRET.replace("whsec_", ""), "base64").toString("hex");
  const invoke = (name: string, event: string): string =>
    `curl -s ${gatewayUrl}/2015-03-31/functions/${name}/invocations -d @events/${event}.json`;
  return `
it stays up; Ctrl-C ends it

  gateway   ${gatewayUrl}
  Live      ${liveUrl}${simulator ? `   ${simulator.url}/_sim/state shows it, /_sim/calls every call` : ""}

report a stream, signed as Standard Webhooks has it:

  id=msg_$RANDOM$RANDOM; ts=$(date +%s); body='{"occurredAt":"'$(date -u +%FT%TZ)'","stream":{"domain":"publish.example.huawei.com","app":"live","stream":"huawei"},"category":"csam","score":0.97}'
  sig=$(printf '%s.%s.%s' "$id" "$ts" "$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:${keyHex} -binary | base64)
  curl -si ${gatewayUrl}/reports/${SOURCE} -H 'content-type: application/json' -H "webhook-id: $id" -H "webhook-timestamp: $ts" -H "webhook-signature: v1,$sig" -d "$body"

act as an operator: alice, who needs bob for what is large; their keys are known to this stack only:

  ${exportsOf(gatewayUrl, "alice")}
  alias offair='npx offair'
  offair list
  offair help

  ${exportsOf(gatewayUrl, "bob")}

the same without a name that is proven: what is off, why, and on again:

  ${invoke("incident", "incident-list")}
  ${invoke("incident", "incident-enable")}

a snapshot of this moment:

  curl -s ${gatewayUrl}/2015-03-31/functions/audit/invocations -d '{}'
`;
}

function exportsOf(gatewayUrl: string, name: keyof typeof OPERATORS): string {
  const { accessKeyId, secretAccessKey } = OPERATORS[name];
  const settings = {
    ...{ OFFAIR_URL: gatewayUrl, AWS_REGION: REGION },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  };
  const set = Object.entries(settings).map(([variable, value]) => `${variable}=${value}`);
  return `unset AWS_SESSION_TOKEN AWS_PROFILE; export ${set.join(" ")}`; // else the shell's own would be taken, or go along
}
