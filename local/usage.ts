/** What a person can type into another terminal while the stack is up. */
import { SOURCE, SOURCE_SECRET, type World } from "./demo-world.ts";

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

what is off, why, and on again:

  ${invoke("incident", "incident-list")}
  ${invoke("incident", "incident-enable")}

a snapshot of this moment:

  curl -s ${gatewayUrl}/2015-03-31/functions/audit/invocations -d '{}'
`;
}
