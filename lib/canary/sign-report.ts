/**
 * Signs a report as a sender of the `standard` source does.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from "node:crypto";
import { SECOND_MS } from "../core/time.ts";

/** @param key - `whsec_` and the key in base64. */
export function signedHeaders(body: string, { id, key, at }: { id: string; key: string; at: Date }) {
  const timestamp = String(Math.floor(at.getTime() / SECOND_MS));
  const bytes = Buffer.from(key.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", bytes).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}
