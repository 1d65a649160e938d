import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { Bundle } from "../../../lib/archive/bundle.ts";
import { toEntry } from "../../../lib/archive/chain-entry.ts";
import { PAYLOAD_TYPE, sealEnvelope } from "../../../lib/archive/dsse.ts";
import { type ChainManifest, chainManifestName, manifestSchema, objectsOf } from "../../../lib/archive/manifest.ts";
import { sha256Hex } from "../../../lib/core/sha256.ts";
import type { VerificationFinding } from "../../../lib/evidence/verify/finding.ts";
import { collectFindings, verifyBundle } from "../../../lib/evidence/verify/verify.ts";
import type { VerifyOptions } from "../../../lib/evidence/verify/verify-bounds.ts";
import { bundleOf, createChainWorld, keyOf, keysOf, type Objects } from "../../support/chain.ts";

const slot = (hour: number, minute = 0) => new Date(Date.UTC(2026, 10, 20, hour, minute)).toISOString();
const name = chainManifestName;

/** Numbers 1 to 4, 5 changes the key, 6 to 9, 10 changes it again, 11 to 13: the slots from 00:00 to 10:00. */
let whole: Objects;
beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const world = createChainWorld();
  const keysAt = (hour: number) => (hour < 4 ? keysOf(1) : hour < 8 ? keysOf(2, 1) : keysOf(3, 2));
  for (let hour = 0; hour < 11; hour++) await world.audit(slot(hour), { keys: keysAt(hour) });
  whole = world.objects;
});

const bytesOf = (number: number, objects = whole) => objects.get(name(number)) ?? Buffer.alloc(0);
const manifestOf = (number: number): ChainManifest => toEntry(number, bytesOf(number)).manifest;
const sha256Of = (number: number) => sha256Hex(bytesOf(number));

/** Links of these numbers, with their objects. */
function excerpt(...numbers: number[]): Objects {
  const names = numbers.flatMap((number) => [
    name(number),
    ...objectsOf(manifestOf(number)).map(({ object }) => object),
  ]);
  return new Map([...whole].filter(([each]) => names.includes(each)));
}

const verify = (objects: Objects | Bundle, options: Partial<VerifyOptions> = {}) =>
  collectFindings(verifyBundle("names" in objects ? objects : bundleOf(objects), { publicKey: keyOf(1), ...options }));
const told = async (objects: Objects | Bundle, options: Partial<VerifyOptions> = {}) =>
  (await verify(objects, options)).findings.map(({ kind, object }: VerificationFinding) => `${kind} ${object}`);

/** The chain up to this number, and after it a link that the holder of the key wrote. */
function continued(number: number, change: Partial<Record<string, unknown>>, seed = 1): Objects {
  const objects = excerpt(...Array.from({ length: number }, (_, index) => index + 1));
  const place = { number: number + 1, previous: sha256Of(number), slot: slot(number), writtenAt: slot(9) };
  const next = { ...manifestOf(number), ...place, ...change };
  return objects.set(name(number + 1), sealEnvelope(Buffer.from(JSON.stringify(next)), [keyOf(seed)]));
}

describe("whoever pins", () => {
  it.each([1, 2, 3])("the key of any time trusts the whole chain: %i", async (seed) => {
    const { findings, summary } = await verify(whole, { publicKey: keyOf(seed) });
    expect(findings).toEqual([]);
    expect(summary).toEqual({
      ...{ entries: 13, audits: 11, missed: 0, rotations: 2, objectsIntact: 44, isExcerpt: false },
      first: { number: 1, slot: slot(0), sha256: sha256Of(1), keyId: keyOf(1).id },
      last: { number: 13, slot: slot(10), sha256: sha256Of(13), keyId: keyOf(3).id },
      slots: { from: slot(0), until: slot(10) },
    });
  });

  it("another key trusts none of it", async () => {
    const { findings, summary } = await verify(whole, { publicKey: keyOf(9) });
    expect(findings).toHaveLength(13);
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(["unknown-key"]));
    expect(summary).toMatchObject({ entries: 13, audits: 0, objectsIntact: 0 });
    expect(summary.slots).toBeUndefined();
  });

  it.each([1, 2, 3])("a key of the chain does not trust an old one after it was replaced: %i", async (seed) => {
    const objects = new Map(whole);
    const forged = { ...manifestOf(13), number: 14, previous: sha256Of(13), slot: slot(11) };
    objects.set(name(14), sealEnvelope(Buffer.from(JSON.stringify(forged)), [keyOf(2)]));
    expect(await told(objects, { publicKey: keyOf(seed) })).toEqual([`unknown-key ${name(14)}`]);
  });

  it.each([1, 2, 3])("a key of the chain follows no rotation that an old one signed later: %i", async (seed) => {
    const objects = new Map(whole);
    const keys = { previousKey: keyOf(1).spki.toString("base64"), publicKey: keyOf(9).spki.toString("base64") };
    const rotation = { ...manifestOf(10), ...keys, number: 14, previous: sha256Of(13) };
    objects.set(name(14), sealEnvelope(Buffer.from(JSON.stringify(rotation)), [keyOf(1), keyOf(9)]));
    expect(await told(objects, { publicKey: keyOf(seed) })).toEqual([`unknown-key ${name(14)}`]);
  });

  it("a key does not trust who only claims that it follows", async () => {
    const keys = { previousKey: keyOf(1).spki.toString("base64"), publicKey: keyOf(9).spki.toString("base64") };
    const rotation = { ...manifestOf(5), ...keys };
    const sealed = sealEnvelope(Buffer.from(JSON.stringify(rotation)), [keyOf(9), keyOf(9)]);
    const objects = excerpt(1, 2, 3, 4).set(name(5), sealed);
    expect(await told(objects)).toEqual([`unknown-key ${name(5)}`]);
  });
});

describe("an excerpt", () => {
  it("whose begin the caller did not state may be a chain of which the first entries were removed", async () => {
    for (const first of [2, 3, 4]) {
      const kept = Array.from({ length: 14 - first }, (_, index) => first + index);
      expect(await told(excerpt(...kept), { head: sha256Of(13) })).toEqual([`excerpt ${name(first - 1)}`]);
    }
  });

  it("says where it begins, and nothing against that if the caller states it", async () => {
    const { findings, summary } = await verify(excerpt(2, 3, 4), { from: new Date(slot(1)) });
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ isExcerpt: true, first: { number: 2 }, slots: { from: slot(1), until: slot(3) } });
  });

  it("that has objects of the time before lacks their links", async () => {
    const objects = new Map(whole);
    objects.delete(name(1));
    expect(await told(objects)).toEqual(expect.arrayContaining([`missing ${name(1)}`]));
  });

  it("has to begin where the caller says", async () => {
    expect(await told(excerpt(2, 3, 4), { from: new Date(slot(1)) })).toEqual([]);
    expect(await told(excerpt(2, 3, 4), { from: new Date(slot(0, 59)) })).toEqual([`missing ${name(1)}`]);
    expect(await told(excerpt(1, 2), { from: new Date("2020-01-01T00:00:00Z") })).toEqual([]);
  });

  it.each([1, 2, 3])("with the rotations of other times is trusted by key %i, and they are no gap", async (seed) => {
    const stated = { publicKey: keyOf(seed), from: new Date(slot(5)) };
    const { findings, summary } = await verify(excerpt(5, 7, 8, 10), stated);
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ entries: 2, rotations: 0, slots: { from: slot(5), until: slot(6) } });
  });

  it.each([
    [1, undefined],
    [2, undefined],
    [3, 10],
  ])(
    "that key %i reaches only backwards over a rotation says which, for the replaced key could have written it too",
    async (seed, rotation) => {
      const { summary } = await verify(excerpt(5, 7, 8, 10), { publicKey: keyOf(seed) });
      expect(summary.replacedAt).toBe(rotation);
      expect((await verify(whole, { publicKey: keyOf(seed) })).summary.replacedAt).toBeUndefined();
    },
  );

  it("looks at the rotations of other times as at any link: each under its own number, signed in its order", async () => {
    const swapped = excerpt(5, 7, 8, 10).set(name(5), bytesOf(10)).set(name(10), bytesOf(5));
    expect(await told(swapped, { from: new Date(slot(5)) })).toEqual([`reordered ${name(5)}`, `reordered ${name(10)}`]);
    const { payload, signatures } = toEntry(5, bytesOf(5)).envelope;
    const turned = {
      payloadType: PAYLOAD_TYPE,
      payload: payload.toString("base64"),
      signatures: signatures.toReversed(),
    };
    const objects = excerpt(5, 7, 8).set(name(5), Buffer.from(`${JSON.stringify(turned)}\n`));
    expect(await told(objects, { from: new Date(slot(5)) })).toEqual([`unknown-key ${name(5)}`]);
  });

  it("without the rotation that leads to it is signed by an unknown key", async () => {
    expect(await told(excerpt(7, 8), { publicKey: keyOf(3) })).toEqual([
      `unknown-key ${name(7)}`,
      `unknown-key ${name(8)}`,
      `excerpt ${name(6)}`,
    ]);
  });
});

describe("how far the chain reaches", () => {
  it("is held against a time: the slot at or before it has to be there", async () => {
    expect(await told(whole, { through: new Date(slot(10, 59)) })).toEqual([]);
    expect(await told(whole, { through: new Date(slot(11)) })).toEqual([`truncated ${name(14)}`]);
  });

  it("is held against a head, and links after it are told of", async () => {
    const { findings, summary } = await verify(whole, { head: sha256Of(12) });
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ head: 12, last: { number: 13 } });
    expect(await told(excerpt(1, 2, 3), { head: sha256Of(4) })).toEqual([`truncated ${name(4)}`]);
  });

  it("is nowhere in a bundle without a chain", async () => {
    expect(await told(new Map())).toEqual([`missing ${name(1)}`]);
    expect(await told(new Map([["readme.txt", Buffer.from("hello")]]))).toEqual([
      `missing ${name(1)}`,
      "appended readme.txt",
    ]);
  });
});

describe("of links that the holder of the key wrote it is said", () => {
  it.each<[string, object, string[]]>([
    ["nothing, where they are in order", {}, []],
    ["that slots are missing", { slot: slot(6) }, [`missing ${name(4)}`]],
    ["that a slot comes again", { slot: slot(2) }, [`reordered ${name(4)}`]],
    ["that a slot is none of the schedule", { slot: slot(3, 30) }, [`altered ${name(4)}`, `missing ${name(4)}`]],
    ["that they were written before their slot", { writtenAt: slot(2) }, [`altered ${name(4)}`]],
    ["that the number is another", { number: 7 }, [`reordered ${name(4)}`]],
    ["that they follow another link", { previous: "0".repeat(64) }, [`altered ${name(3)}`]],
    ["that they follow none", { previous: null }, [`altered ${name(4)}`]],
    ["that they cannot be read", { kind: "other" }, [`unreadable ${name(4)}`]],
  ])("%s", async (_, change, expected) => {
    expect(await told(continued(3, change))).toEqual(expected);
  });

  it("what the audit says that it lacks", async () => {
    const lacks = [{ part: "drift", error: "ERR_LIVE_UNAVAILABLE" }];
    const { findings } = await verify(continued(3, { lacks }));
    expect(findings).toEqual([
      { kind: "incomplete", object: name(4), message: "lacks its drift: ERR_LIVE_UNAVAILABLE" },
    ]);
  });

  it("that events of the ledger are in no export, and nothing of events that are in two", async () => {
    const events = (from: string) => {
      const before = manifestOf(3);
      return { events: before.kind === "audit" && { ...before.events, from, until: slot(3) } };
    };
    const object = objectsOf(manifestOf(3)).find(({ object: each }) => each.startsWith("events/"))?.object;
    expect(await told(continued(3, events(slot(1, 55))))).toEqual([]);
    expect(await told(continued(3, events(slot(1, 50))))).toEqual([]);
    expect(await told(continued(3, events(slot(1, 56))))).toEqual([`incomplete ${object}`]);
  });
});

it("a link that is there to fill the memory is none, before its elements are looked at", async () => {
  const snapshots = Array.from({ length: 300_000 }, () => ({}));
  const { findings } = await verify(continued(3, { snapshots }));
  expect(findings).toEqual([expect.objectContaining({ kind: "unreadable", object: name(4) })]);
  expect(() => manifestSchema.parse({ ...manifestOf(3), snapshots })).toThrow(
    expect.objectContaining({ issues: [expect.objectContaining({ code: "too_big", path: ["snapshots"] })] }),
  );
});

describe("an object", () => {
  const snapshot = "snapshots/domain=push.example.com/dt=2026-11-20/020000Z.ndjson.gz";
  const changed = (edit: (bytes: Buffer) => Buffer): Objects =>
    new Map(whole).set(snapshot, edit(Buffer.from(whole.get(snapshot) ?? [])));

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ["shorter than it was is truncated", (bytes) => bytes.subarray(0, -1), "truncated"],
    ["with more after its end is appended to", (bytes) => Buffer.concat([bytes, bytes]), "appended"],
    ["longer and other than it was is altered", (bytes) => Buffer.concat([Buffer.of(0), bytes]), "altered"],
    ["of other rows is altered", () => gzipSync(""), "truncated"],
  ])("%s", async (_, edit, kind) => {
    expect(await told(changed(edit))).toEqual([`${kind} ${snapshot}`]);
  });

  it("that the container cannot give is unreadable, and the others are looked at", async () => {
    const bundle = bundleOf(whole);
    const read = async (each: string) => {
      if (each === snapshot) throw new Error("EIO");
      return bundle.read(each);
    };
    const { findings, summary } = await verify({ ...bundle, read });
    expect(findings).toEqual([{ kind: "unreadable", object: snapshot, message: "cannot be read" }]);
    expect(summary.objectsIntact).toBe(43);
  });

  it("is asked for only by names that the bundle has, whatever a manifest names", async () => {
    const asked: string[] = [];
    const page = { object: "../../etc/passwd", sha256: "0".repeat(64), bytes: 1 };
    const bundle = bundleOf(continued(3, { page }, 9));
    const read = async (each: string) => {
      asked.push(each);
      return bundle.read(each);
    };
    expect(await told({ ...bundle, read })).toEqual([`unknown-key ${name(4)}`]);
    expect(asked).not.toContain("../../etc/passwd");
  });
});

it("tells of what the container itself holds that is no object", async () => {
  const issues = [{ object: "manifests/link", message: "is neither a file nor a folder" }];
  expect((await verify({ ...bundleOf(whole), issues })).findings).toEqual([
    { kind: "unreadable", object: "manifests/link", message: "is neither a file nor a folder" },
  ]);
});
