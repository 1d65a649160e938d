/**
 * Writes and reads the DSSE envelope in which a signed manifest is stored (Ed25519). Only the canonical encoding is accepted: the hash in
 * the next entry protects the bytes of an entry, but the newest entry has no next one yet.
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
  /** One signature; a rotation has two. */
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** An audit of a dozen domains with 100,000 streams each stays below this. Parsing takes hundreds of times the memory, hence a limit. */
const MAX_ENVELOPE_BYTES = 4 * 1_024 * 1_024;

const signatureSchema = z.object({ keyid: z.string().regex(/^[0-9a-f]{64}$/), sig: z.string() });
const envelopeSchema = z.object({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.string(),
  signatures: z.array(signatureSchema).min(1).max(2).readonly(),
});

/** DSSE pre-authentication encoding: the bytes that are signed. They contain the payload type, so a signature is valid for that type only. */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Signs and encodes. Deterministic: the same payload and keys give the same bytes, because Ed25519 uses no random number. */
export function sealEnvelope(payload: Uint8Array, keys: readonly Ed25519Key[]): Buffer {
  const signed = pae(PAYLOAD_TYPE, payload);
  const signatures = keys.map(({ id, privateKey }) => ({
    keyid: id,
    sig: sign(null, signed, privateKey).toString("base64"),
  }));
  return encode({ payload: Buffer.from(payload), signatures });
}

/**
 * Decodes an envelope. It does not check the signatures: see `isSignedBy`.
 *
 * @throws OffairError `ERR_ARCHIVE` if the bytes are not an envelope, or not in the canonical encoding.
 */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > MAX_ENVELOPE_BYTES) throw new OffairError("ERR_ARCHIVE", "the object is too large for a manifest");
  const envelope = parse(Buffer.from(bytes).toString());
  if (!encode(envelope).equals(bytes))
    throw new OffairError("ERR_ARCHIVE", "the envelope is not in the encoding in which it was stored");
  return envelope;
}

function parse(text: string): Envelope {
  try {
    const { payload, signatures } = envelopeSchema.parse(JSON.parse(text));
    return { payload: Buffer.from(payload, "base64"), signatures };
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "the object is not an envelope with a manifest", { cause });
  }
}

/** Decodes and encodes each signature once more, so that an unusual base64 form does not compare equal. */
function encode({ payload, signatures }: Envelope): Buffer {
  const encoded = signatures.map(({ keyid, sig }) => ({ keyid, sig: Buffer.from(sig, "base64").toString("base64") }));
  const envelope = { payloadType: PAYLOAD_TYPE, payload: payload.toString("base64"), signatures: encoded };
  return Buffer.from(`${JSON.stringify(envelope)}\n`);
}

/** Whether the envelope has a valid signature by this key. */
export function isSignedBy({ payload, signatures }: Envelope, { id, key }: PublicKey): boolean {
  const signature = signatures.find(({ keyid }) => keyid === id);
  return signature !== undefined && verify(null, pae(PAYLOAD_TYPE, payload), key, Buffer.from(signature.sig, "base64"));
}
