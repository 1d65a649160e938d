/**
 * Signs a delivery as Standard Webhooks describes: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` over `id.timestamp.body`.
 * Several keys make several signatures, separated by spaces, so that a receiver can change its key at any time while both sign.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac, createSecretKey, sign as edSign, type KeyObject } from "node:crypto";
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { memoize } from "../core/memoize.ts";
import { parseJson } from "../core/parse-json.ts";
import { SECOND_MS } from "../core/time.ts";
import type { EventsKey } from "./events-keys.ts";

export interface Delivery {
  /** The id of the event. */
  readonly id: string;
  readonly body: string;
  /** When this attempt is sent. */
  readonly now: Date;
}

/** What signs: secrets of `v1`, or keys of `v1a`. The first one is the current one. */
export type Signer =
  | { readonly signature: "v1"; readonly secrets: readonly KeyObject[] }
  | { readonly signature: "v1a"; readonly keys: readonly EventsKey[] };

/** The standard requires 24 to 64 bytes. */
const SECRET_BYTES = { min: 24, max: 64 };

const secretSchema = z.object({ secrets: z.array(z.string()).min(1).max(2) });

/**
 * Parses the secret of a subscriber: `{"secrets": ["whsec_…"]}`; during a rotation the new one comes first, then the previous one.
 *
 * @throws OffairError `ERR_SECRET`; the message never contains any part of the secret.
 */
export const parseSubscriberSecret = memoize((secret: string): readonly KeyObject[] => {
  const { data, error } = secretSchema.safeParse(parseJson(secret));
  if (error) {
    throw new OffairError("ERR_SECRET", `a subscriber's secret is not as documented: ${formatIssues(issuesOf(error))}`);
  }
  return data.secrets.map((text, index) => {
    const encoded = text.replace(/^whsec_/, "");
    const key = Buffer.from(encoded, "base64"); // skips invalid characters, hence the comparison
    const fits = key.length >= SECRET_BYTES.min && key.length <= SECRET_BYTES.max;
    if (fits && key.toString("base64") === encoded) return createSecretKey(key);
    const rule = `whsec_ and ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes in base64`;
    throw new OffairError("ERR_SECRET", `/secrets/${index} of a subscriber is not ${rule}`);
  });
});

/** @throws Error for an id that would make the signed text ambiguous: `.` separates its parts, and the timestamp has digits only. */
export function signDelivery({ id, body, now }: Delivery, signer: Signer): Record<string, string> {
  if (!/^[A-Za-z0-9._-]{1,256}$/.test(id))
    throw new Error("the id of an event has other characters than event.ts says");
  const timestamp = `${Math.floor(now.getTime() / SECOND_MS)}`;
  const content = Buffer.from(`${id}.${timestamp}.${body}`);
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signaturesOf(content, signer).join(" "),
  };
}

function signaturesOf(content: Buffer, signer: Signer): string[] {
  if (signer.signature === "v1") {
    return signer.secrets.map((secret) => `v1,${createHmac("sha256", secret).update(content).digest("base64")}`);
  }
  return signer.keys.map(({ privateKey }) => `v1a,${edSign(null, content, privateKey).toString("base64")}`);
}
