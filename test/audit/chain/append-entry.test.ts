import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { readEntry } from "../../../lib/archive/chain-entry.ts";
import type { ChainHead } from "../../../lib/archive/chain-head.ts";
import { isSignedBy, sealEnvelope } from "../../../lib/archive/dsse.ts";
import { chainManifestName } from "../../../lib/archive/manifest.ts";
import {
  type AuditDraft,
  appendToChain,
  type ChainDeps,
  findPosition,
  missedBefore,
} from "../../../lib/audit/chain/append-entry.ts";
import { findEnd } from "../../../lib/audit/chain/chain-end.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { collectFindings, verifyBundle } from "../../../lib/evidence/verify/verify.ts";
import { bundleOf, createMemoryArchive, keyOf, keysOf, type Objects } from "../../support/chain.ts";
import { runs } from "../../support/runs.ts";

const logged: unknown[] = [];
beforeEach(() => {
  logged.length = 0;
  for (const level of ["info", "warn", "error"] as const) {
    jest.spyOn(console, level).mockImplementation((line) => void logged.push(line));
  }
});

const NOW = new Date("2026-11-22T12:00:20Z");
const slot = (hour: number, minute = 0) => new Date(Date.UTC(2026, 10, 20, hour, minute)).toISOString();
const draft = (change: Partial<AuditDraft> = {}): AuditDraft => ({
  ...{ kind: "audit", slot: slot(7), scheduled: true, policy: "p", build: "b", snapshots: [] },
  ...change,
});

function createDeps(change: Partial<ChainDeps> = {}): ChainDeps & { objects: Objects; heads: ChainHead[] } {
  const objects: Objects = new Map();
  const heads: ChainHead[] = [];
  return {
    objects,
    heads,
    archive: createMemoryArchive(objects),
    head: { read: async () => heads.at(-1), write: async (head) => void heads.push(head) },
    keys: keysOf(1),
    now: () => NOW,
    ...change,
  };
}

async function kindsOf({ archive }: ChainDeps): Promise<string[]> {
  const kinds: string[] = [];
  for (let number = 1; ; number++) {
    const entry = await readEntry(archive, number);
    if (!entry) return kinds;
    kinds.push(`${entry.manifest.kind} ${entry.manifest.slot}`);
  }
}

const findingsOf = async ({ objects }: { objects: Objects }, seed = 1) =>
  (await collectFindings(verifyBundle(bundleOf(objects), { publicKey: keyOf(seed) }))).findings;

it("begins with number 1, which nothing comes before", async () => {
  const deps = createDeps();
  const appended = await appendToChain(draft(), deps);
  expect(appended).toMatchObject({
    number: 1,
    manifest: { version: 2, number: 1, previous: null, slot: slot(7), writtenAt: NOW.toISOString() },
  });
  expect([...deps.objects.keys()]).toEqual(["manifests/0000000001.json"]);
});

it("goes on with the hash of the link before", async () => {
  const deps = createDeps();
  await appendToChain(draft(), deps);
  await appendToChain(draft({ slot: slot(8) }), deps);
  const [first, second] = [await readEntry(deps.archive, 1), await readEntry(deps.archive, 2)];
  expect(second?.manifest.previous).toBe(first?.sha256);
  expect(await findingsOf(deps)).toEqual([]);
});

it("tells each head to the ledger and the log", async () => {
  const deps = createDeps();
  await appendToChain(draft(), deps);
  await appendToChain(draft({ slot: slot(9) }), deps);
  const sha256 = (await readEntry(deps.archive, 3))?.sha256;
  expect(deps.heads.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(deps.heads.at(-1)).toEqual({ number: 3, sha256, slot: slot(9), writtenAt: NOW.toISOString() });
  expect(logged.at(-1)).toEqual({ event: "audit.head", ...deps.heads.at(-1) });
});

describe("slots of the schedule", () => {
  it("in which no audit ran are told of, in their order, before the next one", async () => {
    const deps = createDeps();
    await appendToChain(draft(), deps);
    await appendToChain(draft({ slot: slot(8, 20), scheduled: false }), deps);
    await appendToChain(draft({ slot: slot(10) }), deps);
    expect(await kindsOf(deps)).toEqual([
      `audit ${slot(7)}`,
      `audit ${slot(8, 20)}`,
      `missed ${slot(8)}`,
      `missed ${slot(9)}`,
      `audit ${slot(10)}`,
    ]);
  });

  it("are left alone by a person's audit", async () => {
    const deps = createDeps();
    await appendToChain(draft(), deps);
    await appendToChain(draft({ slot: slot(11, 20), scheduled: false }), deps);
    expect(await kindsOf(deps)).toEqual([`audit ${slot(7)}`, `audit ${slot(11, 20)}`]);
    expect(deps.heads.at(-1)?.slot).toBe(slot(7));
  });

  it.each([slot(6), slot(7)])("that are over stay as they are: %s after 07:00", async (late) => {
    const deps = createDeps();
    await appendToChain(draft(), deps);
    const before = new Map(deps.objects);
    expect(await appendToChain(draft({ slot: late, policy: "other" }), deps)).toBeUndefined();
    expect(deps.objects).toEqual(before);
  });

  it("are none before the first one", () => {
    expect(missedBefore({ scheduled: true, slot: slot(7) })).toEqual([]);
  });
});

describe("the key", () => {
  async function rotated() {
    const deps = createDeps();
    await appendToChain(draft(), deps);
    await appendToChain(draft({ slot: slot(9) }), { ...deps, keys: keysOf(2, 1) });
    return deps;
  }

  it("changes by a link that both have signed, and what comes after is signed by the new one", async () => {
    const deps = await rotated();
    expect(await kindsOf(deps)).toEqual([
      `audit ${slot(7)}`,
      `rotation ${slot(8)}`,
      `missed ${slot(8)}`,
      `audit ${slot(9)}`,
    ]);
    const signers = await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const envelope = (await readEntry(deps.archive, number))?.envelope;
        return [1, 2].filter((seed) => envelope && isSignedBy(envelope, keyOf(seed)));
      }),
    );
    expect(signers).toEqual([[1], [1, 2], [2], [2]]);
    expect((await findingsOf(deps)).map(({ kind }) => kind)).toEqual(["incomplete"]);
  });

  it("changes once, however long the old one stays in the secret", async () => {
    const deps = await rotated();
    await appendToChain(draft({ slot: slot(10) }), { ...deps, keys: keysOf(2, 1) });
    await appendToChain(draft({ slot: slot(11) }), { ...deps, keys: keysOf(2) });
    expect((await kindsOf(deps)).slice(4)).toEqual([`audit ${slot(10)}`, `audit ${slot(11)}`]);
  });

  it.each([
    ["the old one alone, in an environment that has not noticed", [1]],
    ["another one", [3]],
    ["another one beside the old one", [3, 1]],
  ])("that signed last has to be in the secret: not %s", async (_, seeds) => {
    const deps = await rotated();
    const attempt = appendToChain(draft({ slot: slot(10) }), { ...deps, keys: keysOf(...seeds) });
    await expect(attempt).rejects.toMatchObject({ code: "ERR_SECRET" });
    expect(deps.objects.size).toBe(4);
  });
});

describe("at the same time", () => {
  it("audits of any number end in one chain without a fork, each slot in it once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 5 }), async (s, hours) => {
        const deps = createDeps();
        const archive = {
          read: s.scheduleFunction(deps.archive.read),
          store: s.scheduleFunction(deps.archive.store),
        };
        const runs = hours.map((hour, index) =>
          appendToChain(draft({ slot: slot(hour), policy: String(index) }), { ...deps, archive }),
        );
        const results = await s.waitFor(Promise.all(runs));
        const slots = results.flatMap((entry) => entry?.manifest.slot ?? []);
        expect(slots).toHaveLength(new Set(slots).size);
        const evil = (await findingsOf(deps)).filter(({ kind }) => kind !== "incomplete");
        expect(evil).toEqual(hours.length === 0 ? [expect.objectContaining({ kind: "missing" })] : []);
        const written = (await kindsOf(deps)).filter((kind) => kind.startsWith("audit"));
        expect(written).toEqual(slots.sort().map((each) => `audit ${each}`));
      }),
      { numRuns: runs(150) },
    );
  });

  it("an audit appends where it began without looking again, and after another's entries if there are some", async () => {
    const deps = createDeps();
    await appendToChain(draft(), deps);
    const [first, second] = [
      await findPosition(draft({ slot: slot(9) }), deps),
      await findPosition(draft({ slot: slot(10) }), deps),
    ];
    const read = jest.fn(deps.archive.read);
    await appendToChain(draft({ slot: slot(9) }), { ...deps, archive: { ...deps.archive, read } }, first);
    expect(read).not.toHaveBeenCalled();
    await appendToChain(draft({ slot: slot(10) }), deps, second);
    expect(await appendToChain(draft({ slot: slot(9), policy: "other" }), deps, first)).toBeUndefined();
    expect(await kindsOf(deps)).toEqual([
      `audit ${slot(7)}`,
      `missed ${slot(8)}`,
      `audit ${slot(9)}`,
      `audit ${slot(10)}`,
    ]);
    expect((await findingsOf(deps)).map(({ kind }) => kind)).toEqual(["incomplete"]);
  });

  it("somebody who takes every number ends it with an error", async () => {
    const conflict = async () => {
      throw new OffairError("ERR_ARCHIVE_CONFLICT", "taken");
    };
    const deps = createDeps({ archive: { read: async () => undefined, store: conflict } });
    await expect(appendToChain(draft(), deps)).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
  });
});

describe("an answer that is lost", () => {
  it("of the archive leaves the link, and the repeated slot finds it", async () => {
    const deps = createDeps();
    const { store } = deps.archive;
    const lossy: ChainDeps["archive"] = {
      ...deps.archive,
      async store(...args) {
        await store(...args);
        throw new OffairError("ERR_ARCHIVE", "no answer");
      },
    };
    await expect(appendToChain(draft(), { ...deps, archive: lossy })).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
    expect(await appendToChain(draft(), deps)).toBeUndefined();
    expect(deps.objects.size).toBe(1);
  });

  it("of the ledger changes nothing: the next audit looks further than its hint", async () => {
    const head = {
      read: async () => undefined,
      write: async () => Promise.reject(new OffairError("ERR_LEDGER", "down")),
    };
    const deps = createDeps({ head });
    for (let hour = 0; hour < 20; hour++) await appendToChain(draft({ slot: slot(hour) }), deps);
    expect(await findingsOf(deps)).toEqual([]);
    expect(deps.objects.size).toBe(20);
    expect(logged).toContainEqual({ event: "audit.head-not-saved", number: 20, error: "ERR_LEDGER", message: "down" });
  });
});

describe("the end of the chain", () => {
  const chainOf = async (entries: number) => {
    const deps = createDeps();
    for (let hour = 0; hour < entries; hour++) await appendToChain(draft({ slot: slot(hour) }), deps);
    return deps;
  };

  it("is found from any hint", async () => {
    const deps = await chainOf(19);
    for (const hint of [undefined, ...deps.heads]) {
      const end = await findEnd({ archive: deps.archive, head: { read: async () => hint } });
      expect(end).toMatchObject({ number: 19, sha256: deps.heads[18]?.sha256, slot: slot(18) });
    }
  });

  it("is usually found by one look at a name that is free", async () => {
    const { archive, head } = await chainOf(5);
    const read = jest.fn(archive.read);
    await findEnd({ archive: { read }, head });
    expect(read.mock.calls.flat()).toEqual([chainManifestName(6), chainManifestName(5)]);
  });

  it.each([
    ["taken away", (objects: Objects) => objects.delete(chainManifestName(5))],
    ["exchanged", (objects: Objects) => objects.set(chainManifestName(5), sealEnvelope(Buffer.from("{}"), [keyOf(9)]))],
  ])("that was %s is remembered: the chain goes on after it, and every verification misses it", async (_, tamper) => {
    const deps = await chainOf(5);
    tamper(deps.objects);
    expect(await appendToChain(draft({ slot: slot(5) }), deps)).toMatchObject({ number: 6 });
    expect(logged).toContainEqual(expect.objectContaining({ event: "audit.head-altered", number: 5 }));
    expect(await findingsOf(deps)).toContainEqual(expect.objectContaining({ object: chainManifestName(5) }));
  });

  it.each([
    ["no link", "ERR_ARCHIVE", Buffer.from("{}")],
    ["signed by a stranger", "ERR_SECRET", undefined],
  ])("that somebody else wrote is not gone on from: %s", async (_, code, bytes) => {
    const deps = await chainOf(2);
    const stranger = createDeps({ keys: keysOf(9) });
    for (let hour = 0; hour < 3; hour++) await appendToChain(draft({ slot: slot(hour) }), stranger);
    deps.objects.set(chainManifestName(3), bytes ?? stranger.objects.get(chainManifestName(3)) ?? Buffer.alloc(0));
    await expect(appendToChain(draft({ slot: slot(5) }), deps)).rejects.toMatchObject({ code });
    expect(deps.objects.size).toBe(3);
  });

  it("has the slot that its links have, whatever the ledger says of it", async () => {
    const deps = await chainOf(3);
    await appendToChain(draft({ slot: slot(2, 20), scheduled: false }), deps);
    for (const { number, sha256, writtenAt } of deps.heads) {
      const lying = { number, sha256, writtenAt, slot: "9999-01-01T00:00:00Z" };
      const end = await findEnd({ archive: deps.archive, head: { read: async () => lying } });
      expect(end).toMatchObject({ number: 4, slot: slot(2) });
    }
  });

  it("that a stranger wrote ends no audits by its slot: it is told of", async () => {
    const deps = await chainOf(2);
    const stranger = createDeps({ keys: keysOf(9) });
    await appendToChain(draft({ slot: slot(0) }), stranger);
    await appendToChain(draft({ slot: slot(0, 20), scheduled: false }), stranger);
    await appendToChain(draft({ slot: slot(23) }), stranger);
    deps.objects.set(chainManifestName(3), stranger.objects.get(chainManifestName(3)) ?? Buffer.alloc(0));
    await expect(appendToChain(draft({ slot: slot(0) }), deps)).rejects.toMatchObject({ code: "ERR_SECRET" });
  });

  it("has the slot that the ledger remembers, where the link that had it is not readable any more", async () => {
    const deps = await chainOf(3);
    await appendToChain(draft({ slot: slot(2, 20), scheduled: false }), deps);
    deps.objects.set(chainManifestName(3), Buffer.from("{}"));
    expect(await findEnd(deps)).toMatchObject({ number: 4, slot: slot(2) });
  });

  it("is not guessed at while the archive does not answer", async () => {
    const deps = await chainOf(3);
    await appendToChain(draft({ slot: slot(2, 20), scheduled: false }), deps);
    const read = async (name: string) => {
      if (name === chainManifestName(3)) throw new OffairError("ERR_ARCHIVE", "503");
      return deps.archive.read(name);
    };
    const attempt = findEnd({ archive: { read }, head: { read: async () => deps.heads[3] } });
    await expect(attempt).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
  });

  it("that was taken away while the key changes is followed by the rotation all the same", async () => {
    const deps = await chainOf(4);
    deps.objects.delete(chainManifestName(4));
    await appendToChain(draft({ slot: slot(4) }), { ...deps, keys: keysOf(2, 1) });
    await appendToChain(draft({ slot: slot(5) }), { ...deps, keys: keysOf(2, 1) });
    for (const seed of [1, 2]) {
      const findings = await findingsOf(deps, seed);
      expect(findings).toEqual([expect.objectContaining({ kind: "missing", object: chainManifestName(4) })]);
    }
  });
});
