/**
 * The `standard` source: Standard Webhooks, symmetric (`v1`), over the report as DESIGN shows it. Own services and user-report forms
 * use it, and vendors that speak the standard. Rules: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { OffairError } from "../errors.ts";
import { faultsOf } from "../faults.ts";
import { claimSchema } from "../moderation/report.ts";
import { SECOND_MS } from "../time.ts";
import type { SignedRequest, Source } from "./source.ts";

/** Both ways, as the reference libraries have it. */
const TOLERANCE_S = 300;

/** The standard asks for keys of 24 to 64 bytes. */
const KEY_BYTES = { min: 24, max: 64 };

/** A header holds a few signatures at most; each costs a comparison. */
const MAX_SIGNATURES = 16;

const refuse = (check: string, message: string): OffairError =>
  new OffairError("ERR_REPORT_SIGNATURE", message, { check });

function header({ headers }: SignedRequest, name: string): string {
  const value = headers[name];
  if (value === undefined || value === "") throw refuse(name, `the header ${name} is missing`);
  return value;
}

function readId(request: SignedRequest): string {
  const id = header(request, "webhook-id");
  if (!/^[\x21-\x7e]{1,256}$/.test(id))
    throw refuse("webhook-id", "webhook-id is not 1 to 256 visible ASCII characters");
  return id;
}

function readTimestamp(request: SignedRequest, now: Date): string {
  const timestamp = header(request, "webhook-timestamp");
  if (!/^\d{1,12}$/.test(timestamp)) throw refuse("webhook-timestamp", "webhook-timestamp is not in whole seconds");
  const ageS = Math.floor(now.getTime() / SECOND_MS) - Number(timestamp);
  if (ageS > TOLERANCE_S)
    throw refuse("webhook-timestamp", `webhook-timestamp is too old: ${ageS} s > ${TOLERANCE_S} s`);
  if (-ageS > TOLERANCE_S) {
    throw refuse("webhook-timestamp", `webhook-timestamp is in the future: ${-ageS} s > ${TOLERANCE_S} s`);
  }
  return timestamp;
}

/** `v1,<base64>` and others of later versions, separated by spaces. */
function readSignatures(request: SignedRequest): string[] {
  const signatures = header(request, "webhook-signature").split(" ");
  if (signatures.length > MAX_SIGNATURES)
    throw refuse("webhook-signature", "webhook-signature holds too many signatures");
  const ours = signatures.filter((signature) => signature.startsWith("v1,"));
  if (ours.length === 0) throw refuse("webhook-signature", "webhook-signature holds no v1 signature");
  return ours;
}

function keyOf(secret: string): Buffer {
  const encoded = secret.replace(/^whsec_/, "");
  const key = Buffer.from(encoded, "base64"); // skips what is not base64: a key with a slip in it would be another key
  if (key.toString("base64") !== encoded || key.length < KEY_BYTES.min || key.length > KEY_BYTES.max) {
    throw new OffairError(
      "ERR_SECRET",
      `a secret of this source is not whsec_ and ${KEY_BYTES.min} to ${KEY_BYTES.max} bytes in base64`,
    );
  }
  return key;
}

/** As strings: base64 has several spellings of the same bytes, and only one of them was sent. */
function isEqual(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

export const standard: Source = {
  success: { status: 202 },

  verify(request, secrets, now) {
    const id = readId(request);
    const timestamp = readTimestamp(request, now);
    const given = readSignatures(request);
    let proven = false;
    for (const secret of secrets) {
      const mac = createHmac("sha256", keyOf(secret))
        .update(`${id}.${timestamp}.`)
        .update(request.body)
        .digest("base64");
      for (const signature of given) proven = isEqual(signature, `v1,${mac}`) || proven; // every one, however early one fits
    }
    if (!proven)
      throw refuse("webhook-signature", "webhook-signature does not fit the body, the id, the timestamp and a secret");
    return { id };
  },

  translate(payload) {
    const { data, error } = claimSchema.safeParse(payload);
    if (error)
      throw new OffairError("ERR_REPORT_INVALID", "the report is not as documented", { faults: faultsOf(error) });
    return [data];
  },
};
