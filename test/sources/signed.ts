/** Requests as a sender of the standard signs them, with the reference library; bytes that are not UTF-8 it cannot sign. */
import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { SourceRequest } from "../../lib/sources/source.ts";
import { NOON } from "../support/fixtures.ts";

export const secretOf = (fill: number, length = 32): string => `whsec_${Buffer.alloc(length, fill).toString("base64")}`;
export const SECRET = secretOf(0xa7);

export interface Signing {
  readonly id?: string;
  readonly at?: Date;
  readonly secret?: string;
  readonly headers?: Record<string, string | undefined>;
}

export function signed(
  body: string,
  { id = "msg_1", at = NOON, secret = SECRET, headers }: Signing = {},
): SourceRequest {
  return request(Buffer.from(body), new Webhook(secret).sign(id, at, body), id, at, headers);
}

/** By the formula of the standard, over any bytes. */
export function signedBytes(
  body: Uint8Array,
  { id = "msg_1", at = NOON, secret = SECRET, headers }: Signing = {},
): SourceRequest {
  const mac = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"));
  const signature = mac
    .update(`${id}.${secondsOf(at)}.`)
    .update(body)
    .digest("base64");
  return request(body, `v1,${signature}`, id, at, headers);
}

const secondsOf = (at: Date): string => String(Math.floor(at.getTime() / 1_000));

const request = (
  body: Uint8Array,
  signature: string,
  id: string,
  at: Date,
  headers: Signing["headers"] = {},
): SourceRequest => ({
  body,
  query: {},
  headers: {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": secondsOf(at),
    "webhook-signature": signature,
    ...headers,
  },
});
