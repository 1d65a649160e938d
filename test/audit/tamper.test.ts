/**
 * Every kind of edit that somebody without the key can make to a bundle, at random places. A failure names its kind and number; the same
 * number is the same edit again.
 */
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { toEntry } from "../../lib/archive/chain-entry.ts";
import { sealEnvelope } from "../../lib/archive/dsse.ts";
import { chainManifestName, chainNumberOf, objectsOf } from "../../lib/archive/manifest.ts";
import { type Ed25519Key, publicKeyPem } from "../../lib/archive/signing-keys.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { HOUR_MS } from "../../lib/core/time.ts";
import { isGap, type VerificationFinding } from "../../lib/evidence/verify/finding.ts";
import { collectFindings, verifyBundle } from "../../lib/evidence/verify/verify.ts";
import { bundleOf, createChainWorld, keyOf, keysOf, type Objects } from "../support/chain.ts";
import { type Dice, diceOf, pick } from "../support/dice.ts";
import { often, runs } from "../support/runs.ts";

const EDITS_OF_A_KIND = runs(45);

const hour = (index: number, minutes = 0): string =>
  new Date(Date.parse("2026-11-20T20:00:00Z") + index * HOUR_MS + minutes * 60_000).toISOString();

/** 34 hours over three days: missed slots, incomplete lists, two people's audits, a ledger that could not be read, a new key. */
async function writeChain() {
  const world = createChainWorld();
  for (let index = 0; index < 34; index++) {
    const keys = index < 19 ? keysOf(1) : keysOf(2, 1);
    if ([7, 8, 25].includes(index)) continue;
    await world.audit(hour(index), { keys, complete: index !== 12, withoutEvents: index === 15 });
    if (index === 4 || index === 22) await world.audit(hour(index, 30), { scheduled: false, keys });
  }
  return { objects: world.objects, heads: world.heads };
}
const LAST = 37;
let original: Objects;
let names: readonly string[];
beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const { objects, heads } = await writeChain();
  expect(heads).toHaveLength(LAST);
  original = objects;
  names = [...objects.keys()].sort();
});
const sha256At = (number: number): string => sha256Hex(original.get(chainManifestName(number)) ?? Buffer.alloc(0));

const verify = (objects: Objects, head = sha256At(LAST)) =>
  collectFindings(verifyBundle(bundleOf(objects), { publicKey: keyOf(1), head }));
const isTampering = ({ kind }: VerificationFinding): boolean => !isGap(kind);

const bytesOf = (objects: Objects, name: string): Buffer => Buffer.from(objects.get(name) ?? Buffer.alloc(0));
const manifestOf = (number: number) => toEntry(number, bytesOf(original, chainManifestName(number))).manifest;
const objectsAt = (number: number): string[] => objectsOf(manifestOf(number)).map(({ object }) => object);

/** Writes links anew from a number on, each with the hash of the one before, signed by a key of somebody else's. */
function rewrite(objects: Objects, from: number, manifests: readonly object[], key: Ed25519Key): string[] {
  const touched: string[] = [];
  let previous = from === 1 ? null : sha256Hex(bytesOf(objects, chainManifestName(from - 1)));
  for (const [index, manifest] of manifests.entries()) {
    const name = chainManifestName(from + index);
    const payload = Buffer.from(JSON.stringify({ ...manifest, number: from + index, previous }));
    const sealed = sealEnvelope(payload, [key]);
    objects.set(name, sealed);
    previous = sha256Hex(sealed);
    touched.push(name);
  }
  return touched;
}

const allFrom = (number: number) => Array.from({ length: LAST - number + 1 }, (_, index) => manifestOf(number + index));

/** Each changes the objects, and says which names it touched. */
const EDITS: Record<string, (objects: Objects, roll: Dice) => readonly string[]> = {
  "a bit is flipped": (objects, roll) => {
    const name = pick(roll, names);
    const bytes = bytesOf(objects, name);
    const at = roll(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << roll(8));
    objects.set(name, bytes);
    return [name];
  },
  "an object is deleted": (objects, roll) => {
    const name = pick(roll, names);
    objects.delete(name);
    return [name];
  },
  "two objects are swapped": (objects, roll) => {
    const [a, b] = [pick(roll, names), pick(roll, names)];
    const [x, y] = [bytesOf(objects, a), bytesOf(objects, b)];
    if (x.equals(y)) return EDITS["two objects are swapped"]?.(objects, roll) ?? [];
    objects.set(a, y).set(b, x);
    return [a, b];
  },
  "two links are swapped": (objects, roll) => {
    const a = 1 + roll(LAST);
    const b = 1 + ((a + roll(LAST - 1)) % LAST);
    const [x, y] = [chainManifestName(a), chainManifestName(b)];
    const bytes = bytesOf(objects, x);
    objects.set(x, bytesOf(objects, y)).set(y, bytes);
    return [x, y];
  },
  "an object is truncated": (objects, roll) => {
    const name = pick(roll, names);
    const bytes = bytesOf(objects, name);
    objects.set(name, bytes.subarray(0, roll(bytes.length)));
    return [name];
  },
  "bytes are appended": (objects, roll) => {
    const name = pick(roll, names);
    const more = pick(roll, ["\n", " ", "\0", "{}", "\x1f\x8b"]);
    objects.set(name, Buffer.concat([bytesOf(objects, name), Buffer.from(more)]));
    return [name];
  },
  "an object is renamed": (objects, roll) => {
    const name = pick(roll, names);
    const other = pick(roll, [`${name}.old`, `old/${name}`, chainManifestName(LAST + 1 + roll(9)), "manifests/1.json"]);
    objects.set(other, bytesOf(objects, name)).delete(name);
    return [name, other];
  },
  "an object is moved to another partition": (objects, roll) => {
    const name = pick(
      roll,
      names.filter((each) => each.includes("/dt=")),
    );
    const other = pick(
      roll,
      [
        name.replace(/dt=\d{4}/, "dt=2025"),
        name.replace("=push.example.", "=push.example2."),
        name.replace(/\/(\d\d)(\d\d)/, "/$2$1"),
      ].filter((each) => each !== name && !objects.has(each)),
    );
    objects.set(other, bytesOf(objects, name)).delete(name);
    return [name, other];
  },
  "an object is added": (objects, roll) => {
    const name = pick(roll, [
      `snapshots/domain=push.example.net/dt=2026-11-21/${10 + roll(10)}0000Z.ndjson.gz`,
      `manifests/${roll(1e9)}.json`,
      `events/dt=2026-11-20/2${roll(4)}0001Z.ndjson.gz`,
      "manifests/0000000000.json",
      "audit-key.pem",
    ]);
    objects.set(name, bytesOf(objects, pick(roll, names)));
    return [name];
  },
  "a link is added after the last one": (objects, roll) => {
    const name = chainManifestName(LAST + 1);
    if (roll(2) === 0) objects.set(name, bytesOf(objects, chainManifestName(1 + roll(LAST))));
    else rewrite(objects, LAST + 1, [{ ...manifestOf(LAST), slot: hour(34) }], keyOf(1 + roll(9) * 3)); // 1: the old key
    return [name];
  },
  "a link is replaced, and all after it hashed again and signed by another key": (objects, roll) => {
    const from = 1 + roll(LAST);
    const [first, ...rest] = allFrom(from);
    const forged = first?.kind === "audit" ? { ...first, policy: "f".repeat(64) } : { ...first, slot: hour(1, 1) };
    return rewrite(objects, from, [forged, ...rest], keyOf(9));
  },
  "a link is replaced, and all after it hashed again with their old signatures": (objects, roll) => {
    const from = 1 + roll(LAST - 1);
    const touched = [chainManifestName(from)];
    const edit = (number: number, change: object) => {
      const name = chainManifestName(number);
      const envelope = JSON.parse(bytesOf(objects, name).toString());
      const payload = Buffer.from(JSON.stringify({ ...manifestOf(number), ...change })).toString("base64");
      objects.set(name, Buffer.from(`${JSON.stringify({ ...envelope, payload })}\n`));
      touched.push(name);
    };
    edit(from, { writtenAt: hour(40) });
    for (let number = from + 1; number <= LAST; number++) {
      edit(number, { previous: sha256Hex(bytesOf(objects, chainManifestName(number - 1))) });
    }
    return touched;
  },
  "a slot is dropped, and all after it numbered and hashed again": (objects, roll) => {
    const dropped = 1 + roll(LAST);
    for (const name of objectsAt(dropped)) objects.delete(name);
    const touched = rewrite(objects, dropped, allFrom(dropped + 1), keyOf(9));
    objects.delete(chainManifestName(LAST));
    return [...touched, chainManifestName(dropped), chainManifestName(LAST)];
  },
  "a slot is dropped with all its objects": (objects, roll) => {
    const dropped = 2 + roll(LAST - 1); // without number 1 it would be an excerpt
    const touched = [chainManifestName(dropped), ...objectsAt(dropped)];
    for (const name of touched) objects.delete(name);
    return touched;
  },
  "the last slots are dropped with all their objects": (objects, roll) => {
    const from = 1 + roll(LAST);
    const touched: string[] = [];
    for (let number = from; number <= LAST; number++) touched.push(chainManifestName(number), ...objectsAt(number));
    for (const name of touched) objects.delete(name);
    return touched;
  },
  "all from a link on is signed again by another key under the name of the right one": (objects, roll) => {
    const from = 1 + roll(LAST);
    return rewrite(objects, from, allFrom(from), { ...keyOf(9), id: pick(roll, [keyOf(1), keyOf(2)]).id });
  },
  "all is signed again by another key, which lies beside it": (objects, roll) => {
    const seed = 10 + roll(100);
    objects.set(pick(roll, ["audit-key.pem", "manifests/key.pem", "0.pem"]), Buffer.from(publicKeyPem(keyOf(seed))));
    return rewrite(
      objects,
      1,
      allFrom(1).filter(({ kind }) => kind !== "rotation"),
      keyOf(seed),
    );
  },
};

describe("given the first key and the head, it is found and named when", () => {
  it.each(Object.keys(EDITS))("%s", async (kind) => {
    const edit = EDITS[kind];
    for (let seed = 1; seed <= EDITS_OF_A_KIND; seed++) {
      const objects = new Map(original);
      const touched = edit?.(objects, diceOf(seed * 1_000 + kind.length)) ?? [];
      const { findings } = await verify(objects);
      const tampering = findings.filter(isTampering);
      const named = tampering.filter(({ object }) => touched.includes(object));
      expect({ seed, named: named.length > 0, touched, tampering }).toMatchObject({ named: true });
    }
  });
});

it("there are at least 500 of them", () => {
  expect(Object.keys(EDITS).length * EDITS_OF_A_KIND).toBeGreaterThanOrEqual(often(500));
});

it("a chain that was rolled back and goes on otherwise is found by the head that somebody noted", async () => {
  const world = createChainWorld(new Map());
  for (let index = 0; index < 5; index++) await world.audit(hour(index));
  const noted = world.heads.at(-1)?.sha256 ?? "";
  const rolledBack = createChainWorld(new Map());
  for (let index = 0; index < 5; index++) await rolledBack.audit(hour(index), { complete: index !== 3 });
  const { findings } = await verify(rolledBack.objects, noted);
  expect(findings.filter(isTampering)).toEqual([
    { kind: "truncated", object: chainManifestName(6), message: expect.stringContaining("head") },
  ]);
});

it.each([1, 2])("of what nobody touched it says only what the audits said themselves, by key %i", async (seed) => {
  const { findings, summary } = await collectFindings(
    verifyBundle(bundleOf(original), { publicKey: keyOf(seed), head: sha256At(LAST), through: new Date(hour(33, 59)) }),
  );
  expect(findings.map(({ kind, object }) => `${kind} ${object}`)).toEqual([
    `incomplete ${chainManifestName(9)}`,
    `incomplete ${chainManifestName(10)}`,
    "incomplete snapshots/domain=push.example.com/dt=2026-11-21/080000Z.ndjson.gz",
    "incomplete snapshots/domain=push.example.org/dt=2026-11-21/080000Z.ndjson.gz",
    `incomplete ${chainManifestName(29)}`,
  ]);
  expect(summary).toMatchObject({
    ...{ entries: LAST, audits: 33, missed: 3, rotations: 1, isExcerpt: false, head: LAST },
    slots: { from: hour(0), until: hour(33) },
  });
  expect(names.filter((name) => chainNumberOf(name) !== undefined)).toHaveLength(LAST);
});
