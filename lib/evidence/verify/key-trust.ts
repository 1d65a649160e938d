/**
 * Which key is in force at which number, as far as the pinned key vouches for it. A rotation is signed by both keys: whoever trusts the
 * old one learns the new one from it, and whoever trusts the new one is told which was the one before.
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

export interface Trust {
  /** In the order of their numbers; each begins with the key that the one before ended with. */
  readonly rotations: readonly Rotation[];
  /** The rotation by which the pinned key came into force; absent where it is the first that is known. */
  readonly pinnedFrom: number | undefined;
  /** Who has to sign the link of this number: one key, at a rotation two. */
  signersOf(number: number): readonly PublicKey[];
}

/** Spares reading every manifest twice in full: how JSON.stringify writes the member. */
const ROTATION = Buffer.from('"kind":"rotation"');

/** Every rotation that both of its keys have signed, whoever they are. What cannot be read is none. */
export async function findRotations(bundle: Bundle, numbers: readonly number[]): Promise<Rotation[]> {
  const rotations: Rotation[] = [];
  for (const number of numbers) {
    const rotation = await rotationAt(bundle, number).catch(() => undefined); // the link itself is told of as unreadable
    if (rotation) rotations.push(rotation);
  }
  return rotations.sort((a, b) => a.number - b.number);
}

async function rotationAt(bundle: Bundle, at: number): Promise<Rotation | undefined> {
  const bytes = await bundle.read(chainManifestName(at));
  if (!bytes) return undefined;
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
 * From the pinned key forwards and backwards. Rotations that do not begin where the one before ended are left out: nobody trusted has
 * signed them when they were made.
 */
export function trustFrom(pinned: PublicKey, found: readonly Rotation[]): Trust {
  // The first that it took part in: whoever stole an old key can make it sign others later.
  const anchor = found.findIndex(({ from, to }) => from.id === pinned.id || to.id === pinned.id);
  const start = found[anchor]?.to.id === pinned.id ? anchor + 1 : Math.max(0, anchor);
  const rotations: Rotation[] = [];
  let key = pinned;
  for (const rotation of found.slice(0, start).reverse()) {
    if (rotation.to.id !== key.id) continue;
    rotations.unshift(rotation);
    key = rotation.from;
  }
  const first = key;
  const pinnedFrom = rotations.at(-1)?.number;
  key = pinned;
  for (const rotation of found.slice(start)) {
    if (rotation.from.id !== key.id) continue;
    rotations.push(rotation);
    key = rotation.to;
  }
  return {
    ...{ rotations, pinnedFrom },
    signersOf(number) {
      const at = rotations.find((rotation) => rotation.number === number);
      if (at) return [at.from, at.to];
      return [rotations.findLast((rotation) => rotation.number < number)?.to ?? first];
    },
  };
}
