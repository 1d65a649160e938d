/** Entries that somebody without the key fills with as many faults as fit, so that their verification takes long. */
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { toEntry } from "../../../lib/archive/chain-entry.ts";
import { sealEnvelope } from "../../../lib/archive/dsse.ts";
import { parseEvent } from "../../../lib/archive/line-schemas.ts";
import { chainManifestName, parseManifest } from "../../../lib/archive/manifest.ts";
import { collectFindings, verifyBundle } from "../../../lib/evidence/verify/verify.ts";
import { bundleOf, createChainWorld, keyOf, type Objects } from "../../support/chain.ts";

/** A third of what an envelope may have. */
const MAX_PAYLOAD = 1_000_000;
/** Of the processor's time, so that a busy machine fails no test. An array of a million faults took 19 s while each of them was collected. */
const MOST_MS = 2_000;
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const name = chainManifestName;
let objects: Objects;
let honest: Record<string, unknown>;
beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const world = createChainWorld();
  await world.audit("2026-11-20T07:00:00.000Z");
  await world.audit("2026-11-20T08:00:00.000Z");
  ({ objects } = world);
  honest = { ...toEntry(2, objects.get(name(2)) ?? Buffer.alloc(0)).manifest };
});

/** As many of the text as fit. */
const many = (text: string, of = MAX_PAYLOAD): string =>
  `[${Array(Math.floor(of / (text.length + 1)))
    .fill(text)
    .join()}]`;
const pass = (member: string): string =>
  `{"startedAt":"2026-11-20T07:00:00Z","endedAt":"2026-11-20T07:00:00Z","pages":1,"listed":1,"totals":[],"requestIds":[],${member}}`;
const snapshot = (passes: string): string =>
  `{"object":"a","sha256":"${"0".repeat(64)}","bytes":1,"domain":"d","count":1,"complete":true,"because":"totals-agree","passes":${passes},"startedAt":"2026-11-20T07:00:00Z","endedAt":"2026-11-20T07:00:00Z"}`;

/** Members that replace those of an honest manifest. */
const FULL_OF_FAULTS: Record<string, () => string> = {
  "lists that are none": () => `"snapshots":${many("1")}`,
  "lists of which each lacks all": () => `"snapshots":${many("{}", 3_000)}`,
  "passes that are none, in every list": () =>
    `"snapshots":[${Array(1_000)
      .fill(snapshot(many("1", 2_500)))
      .join()}]`,
  "totals that are none, in every pass": () =>
    `"snapshots":[${Array(140)
      .fill(
        snapshot(
          `[${Array(50)
            .fill(pass(`"totals":${many("-1", 250)}`))
            .join()}]`,
        ),
      )
      .join()}]`,
  "request ids that are none": () => `"snapshots":[${snapshot(`[${pass(`"requestIds":${many("1")}`)}]`)}]`,
  "reasons that are none": () => `"figures":{"otherReasons":0,"timeToOff":[],"reasons":${many("1")}}`,
  "times that are none": () => `"figures":{"otherReasons":0,"reasons":[],"timeToOff":${many("-1")}}`,
  "left-overs that are none": () => `"leftovers":${many("1")}`,
  "lacks that are none": () => `"lacks":${many("{}")}`,
  "members that nobody knows": () => Array.from({ length: 60_000 }, (_, index) => `"m${index}":1`).join(),
  "arrays within arrays": () => `"snapshots":${"[".repeat(MAX_PAYLOAD / 2)}${"]".repeat(MAX_PAYLOAD / 2)}`,
  "what a rotation has": () => `"x":${many('{"kind":"rotation"}')},"snapshots":1`,
};
const payloadOf = (members: string): Buffer => Buffer.from(`${JSON.stringify(honest).slice(0, -1)},${members}}`);

async function verified(forged: Uint8Array) {
  const begin = cpuMs();
  const bundle = bundleOf(new Map(objects).set(name(2), forged));
  const { findings } = await collectFindings(verifyBundle(bundle, { publicKey: keyOf(1) }));
  expect(cpuMs() - begin).toBeLessThan(MOST_MS);
  return findings.filter(({ object }) => object === name(2)).map(({ kind }) => kind);
}

describe("the verification of a forged entry takes no time to speak of, whatever it is full of:", () => {
  it.each(Object.keys(FULL_OF_FAULTS))("%s", async (what) => {
    const payload = payloadOf(FULL_OF_FAULTS[what]?.() ?? "");
    expect(await verified(sealEnvelope(payload, [keyOf(9)]))).toEqual(["unknown-key"]);
    // Also where its key is the right one.
    const isValid = what === "members that nobody knows";
    expect(await verified(sealEnvelope(payload, [keyOf(1)]))).toEqual(isValid ? [] : ["unreadable"]);
  });

  it("whatever its signatures are", async () => {
    const payload = payloadOf(FULL_OF_FAULTS["what a rotation has"]?.() ?? "");
    const { id } = keyOf(1);
    expect(await verified(sealEnvelope(payload, [{ ...keyOf(9), id }]))).toEqual(["altered"]);
    expect(await verified(sealEnvelope(payload, [keyOf(9), keyOf(8)]))).toEqual(["unknown-key"]);
    expect(await verified(sealEnvelope(payload, [keyOf(1), keyOf(9)]))).toEqual(["unknown-key"]);
  });

  it("a million signatures", async () => {
    const forged = `{"payloadType":"application/vnd.offair.manifest+json","payload":"e30=","signatures":${many("1")}}\n`;
    expect(await verified(Buffer.from(forged))).toEqual(["unreadable"]);
    const repeated = `{"payloadType":"application/vnd.offair.manifest+json","payload":"e30=","signatures":${many('{"keyid":"","sig":""}')}}\n`;
    expect(await verified(Buffer.from(repeated))).toEqual(["unreadable"]);
  });
});

it("the first fault of an array is told, and no other", () => {
  const two = JSON.stringify({ ...honest, lacks: [{ part: "page", error: "e" }, { part: 1 }, { part: 2 }] });
  expect(() => parseManifest(Buffer.from(two))).toThrow(
    expect.objectContaining({
      cause: expect.objectContaining({ issues: [expect.objectContaining({ path: ["lacks", 1, "part"] })] }),
    }),
  );
});

it("a line of the ledger that is full of faults is refused at the first", () => {
  const stream = { domain: "d", app: "a", stream: "s" };
  const order = { stream, number: 1, action: "pause", reason: "r", placedAt: "2026-11-20T07:00:00Z" };
  const authority = { kind: "operator", cause: "c", orderId: "o", requestedBy: "r" };
  const attempts = Array.from({ length: 1_000_000 }, () => 1);
  const begin = cpuMs();
  expect(() => parseEvent({ kind: "order", order: { ...order, authority, attempts } })).toThrow();
  expect(cpuMs() - begin).toBeLessThan(MOST_MS);
});
