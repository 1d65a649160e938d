/**
 * Writes and reads the DSSE envelope in which a signed manifest is stored (Ed25519). Only the canonical encoding is accepted: the hash in
 * the next entry protects the bytes of an entry, but the newest entry has no next one yet.
 *
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
import { sign, verify } from "node:crypto";
import { OffairError } from "../core/errors.ts";
import type { Ed25519Key, PublicKey } from "./signing-keys.ts";

export const PAYLOAD_TYPE = "application/vnd.offair.manifest+json";

export interface Envelope {
  readonly payload: Buffer;
  /** One signature; a rotation has two. */
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** An audit of a dozen domains with 100,000 streams each stays below this. */
const MAX_ENVELOPE_BYTES = 4 * 1_024 * 1_024;

const BEFORE_PAYLOAD = `{"payloadType":${JSON.stringify(PAYLOAD_TYPE)},"payload":"`;
const BEFORE_SIGNATURES = '","signatures":[';
const SIGNATURE = /\{"keyid":"([0-9a-f]{64})","sig":"([A-Za-z0-9+/]{86}==)"\}/g;
const MAX_SIGNATURES = 2;
/** Everything after the payload, with two signatures. */
const MAX_END_LENGTH = 400;

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
 * Decodes an envelope. It parses no JSON: the bytes must be those that `encode` writes, which also bounds the time for any input. It does
 * not check the signatures: see `isSignedBy`.
 *
 * @throws OffairError `ERR_ARCHIVE` if the bytes are not an envelope, or not in the canonical encoding.
 */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > MAX_ENVELOPE_BYTES) throw new OffairError("ERR_ARCHIVE", "the object is too large for a manifest");
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const end = text.lastIndexOf(BEFORE_SIGNATURES);
  const signatures = end === -1 || text.length - end > MAX_END_LENGTH ? [] : signaturesIn(text.slice(end));
  if (signatures.length === 0 || signatures.length > MAX_SIGNATURES)
    throw new OffairError("ERR_ARCHIVE", "the object is not an envelope with a manifest");
  const envelope = { payload: Buffer.from(text.slice(BEFORE_PAYLOAD.length, end), "base64"), signatures };
  if (!encode(envelope).equals(bytes))
    throw new OffairError("ERR_ARCHIVE", "the envelope is not in the encoding in which it was stored");
  return envelope;
}

const signaturesIn = (text: string): Envelope["signatures"] =>
  [...text.matchAll(SIGNATURE)].map(([, keyid = "", sig = ""]) => ({ keyid, sig }));

/** Decodes and encodes each signature once more, so that an unusual base64 form does not compare equal. */
function encode({ payload, signatures }: Envelope): Buffer {
  const encoded = signatures.map(({ keyid, sig }) => ({ keyid, sig: Buffer.from(sig, "base64").toString("base64") }));
  const end = `${BEFORE_SIGNATURES}${encoded.map((each) => JSON.stringify(each)).join()}]}\n`;
  return Buffer.from(`${BEFORE_PAYLOAD}${payload.toString("base64")}${end}`, "latin1");
}

/** Whether the envelope has a valid signature by this key. */
export function isSignedBy({ payload, signatures }: Envelope, { id, key }: PublicKey): boolean {
  const signature = signatures.find(({ keyid }) => keyid === id);
  return signature !== undefined && verify(null, pae(PAYLOAD_TYPE, payload), key, Buffer.from(signature.sig, "base64"));
}
