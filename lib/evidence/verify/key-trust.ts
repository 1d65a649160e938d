/**
 * Determines which key has to sign which chain entry, starting from the pinned key. Both keys sign a rotation: from the old key one learns
 * the next key, and from the new key one learns the key before it.
 */
import type { Bundle } from "../../archive/bundle.ts";
import { isSignedBy, openEnvelope } from "../../archive/dsse.ts";
import { chainManifestName, parseManifest } from "../../archive/manifest.ts";
import { fromSpki, type PublicKey } from "../../archive/signing-keys.ts";

export interface Rotation {
  readonly number: number;
  readonly from: PublicKey;
  readonly to: PublicKey;
}

export type Trust = ReturnType<typeof trustFrom>;

/** The member as JSON.stringify writes it. Searching for these bytes avoids parsing every manifest twice. */
const ROTATION = Buffer.from('"kind":"rotation"');

/** Twice the length of a rotation's entry. Most entries of audits are longer, and are not opened for this. */
const MAX_ROTATION_BYTES = 2_048;

/** Finds every rotation that is signed by both of its keys, whether they are trusted or not. Unreadable entries are skipped. */
export async function findRotations(bundle: Bundle, numbers: readonly number[]): Promise<Rotation[]> {
  const rotations: Rotation[] = [];
  for (const number of numbers) {
    const rotation = await rotationAt(bundle, number).catch(() => undefined); // verifyEntry reports it as unreadable
    if (rotation) rotations.push(rotation);
  }
  return rotations.sort((a, b) => a.number - b.number);
}

async function rotationAt(bundle: Bundle, at: number): Promise<Rotation | undefined> {
  const bytes = await bundle.read(chainManifestName(at));
  // The keys of a rotation are in its content, so the content is read before its signatures are known to be valid.
  if (!bytes || bytes.length > MAX_ROTATION_BYTES) return undefined;
  const envelope = openEnvelope(bytes);
  if (!envelope.payload.includes(ROTATION)) return undefined;
  const manifest = parseManifest(envelope.payload);
  if (manifest.kind !== "rotation") return undefined;
  const from = fromSpki(Buffer.from(manifest.previousKey, "base64"));
  const to = fromSpki(Buffer.from(manifest.publicKey, "base64"));
  if (!from || !to || from.id === to.id || ![from, to].every((key) => isSignedBy(envelope, key))) return undefined;
  return { number: manifest.number, from, to };
}

/**
 * Follows the rotations from the pinned key, backwards and forwards. A rotation that does not continue from the key of its neighbour is
 * ignored: no trusted key was in force when it was signed.
 */
export function trustFrom(pinned: PublicKey, found: readonly Rotation[]) {
  // Start at the first rotation with the pinned key: a stolen old key can sign more of them later.
  const anchor = found.findIndex(({ from, to }) => from.id === pinned.id || to.id === pinned.id);
  const start = found[anchor]?.to.id === pinned.id ? anchor + 1 : Math.max(0, anchor);
  const rotations: Rotation[] = [];
  let first = pinned;
  for (const rotation of found.slice(0, start).reverse()) {
    if (rotation.to.id !== first.id) continue;
    rotations.unshift(rotation);
    first = rotation.from;
  }
  const pinnedFrom = rotations.at(-1)?.number;
  let last = pinned;
  for (const rotation of found.slice(start)) {
    if (rotation.from.id !== last.id) continue;
    rotations.push(rotation);
    last = rotation.to;
  }
  const keys = new Map([pinned, ...rotations.flatMap(({ from, to }) => [from, to])].map((key) => [key.id, key]));
  return {
    /** A key for which the pinned one vouches, at some number of the chain. */
    keyOf: (id: string): PublicKey | undefined => keys.get(id),
    /** Ascending by number; each rotation begins with the key with which the one before it ended. */
    rotations,
    /** Number of the rotation that introduced the pinned key; undefined if the pinned key is the first key that is known. */
    pinnedFrom,
    /** The keys that must sign the entry of this number: one key, or two for a rotation. */
    signersOf(number: number): readonly PublicKey[] {
      const at = rotations.find((rotation) => rotation.number === number);
      if (at) return [at.from, at.to];
      return [rotations.findLast((rotation) => rotation.number < number)?.to ?? first];
    },
  };
}
