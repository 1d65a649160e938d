/**
 * A signed manifest as it is stored: a DSSE envelope, signatures in Ed25519. It has one spelling, and no other is read: the chain pins
 * the hash of these bytes, but nothing comes after the last link yet.
 *
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
import { sign, verify } from "node:crypto";
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import type { Ed25519Key, PublicKey } from "./signing-keys.ts";

export const PAYLOAD_TYPE = "application/vnd.offair.manifest+json";

export interface Envelope {
  readonly payload: Buffer;
  /** One; a rotation has two. */
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** An audit of a dozen domains of 100,000 streams has less. More is there to fill the memory: what is parsed takes hundreds of times as much. */
const MAX_ENVELOPE_BYTES = 4 * 1_024 * 1_024;

const signatureSchema = z.object({ keyid: z.string().regex(/^[0-9a-f]{64}$/), sig: z.string() });
const envelopeSchema = z.object({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.string(),
  signatures: z.array(signatureSchema).min(1).max(2).readonly(),
});

/** Pre-authentication encoding: what is signed. The type is in it, so that no signature fits bytes that mean something else. */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** The same payload and keys are the same bytes: Ed25519 draws no random number. */
export function sealEnvelope(payload: Uint8Array, keys: readonly Ed25519Key[]): Buffer {
  const signed = pae(PAYLOAD_TYPE, payload);
  const signatures = keys.map(({ id, privateKey }) => ({
    keyid: id,
    sig: sign(null, signed, privateKey).toString("base64"),
  }));
  return spell({ payload: Buffer.from(payload), signatures });
}

/**
 * Believes nothing yet: see `isSignedBy`.
 *
 * @throws OffairError `ERR_ARCHIVE` for bytes that are no envelope, or one in another spelling.
 */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > MAX_ENVELOPE_BYTES) throw new OffairError("ERR_ARCHIVE", "the bytes are too many for a manifest");
  const envelope = parse(Buffer.from(bytes).toString());
  if (!spell(envelope).equals(bytes))
    throw new OffairError("ERR_ARCHIVE", "the envelope is not spelled as it was signed");
  return envelope;
}

function parse(text: string): Envelope {
  try {
    const { payload, signatures } = envelopeSchema.parse(JSON.parse(text));
    return { payload: Buffer.from(payload, "base64"), signatures };
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "the bytes are no envelope of a manifest", { cause });
  }
}

function spell({ payload, signatures }: Envelope): Buffer {
  const spelled = signatures.map(({ keyid, sig }) => ({ keyid, sig: Buffer.from(sig, "base64").toString("base64") }));
  const envelope = { payloadType: PAYLOAD_TYPE, payload: payload.toString("base64"), signatures: spelled };
  return Buffer.from(`${JSON.stringify(envelope)}\n`);
}

/** Does the signature that names this key fit? False without one. */
export function isSignedBy({ payload, signatures }: Envelope, { id, key }: PublicKey): boolean {
  const signature = signatures.find(({ keyid }) => keyid === id);
  return signature !== undefined && verify(null, pae(PAYLOAD_TYPE, payload), key, Buffer.from(signature.sig, "base64"));
}
