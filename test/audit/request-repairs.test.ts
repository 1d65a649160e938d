import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { DriftFinding } from "../../lib/archive/findings.ts";
import type { AuditResult } from "../../lib/audit/audit.ts";
import { logAudit, metricsOfAudit, summarise } from "../../lib/audit/audit-summary.ts";
import { repairsOf, requestRepairs } from "../../lib/audit/request-repairs.ts";
import { OffairError } from "../../lib/core/errors.ts";
import type { Message } from "../../lib/queue/message.ts";

const HOSTILE = '\u001b[31m<img onerror=1>\u202e=HYPERLINK("x")';
const SLOT = "2026-11-21T12:00:00.000Z";
const named = (stream: string) => ({ domain: "push.example.com", app: "live", stream });
const ours = { number: 3, by: "ana", reason: "INC-1", cause: "op-1", expectedResumeTime: SLOT };
const missing = (stream: string): DriftFinding => ({ kind: "missing", ...named(stream), ...ours, askedAt: SLOT });
const seen = { resumeTime: SLOT, seenAt: SLOT };
const expiring = (stream: string, cause = "standard#1"): DriftFinding => ({
  ...{ kind: "expiring", ...named(stream), ...ours, cause, ...seen },
});
const unexpected = (stream: string): DriftFinding => ({ kind: "unexpected", ...named(stream), ...seen, askedAt: SLOT });

const counts = { missing: 1, unexpected: 2, expiring: 4, "wrong-resume-time": 8, outlived: 16 };
const stored = { object: "findings/x.ndjson.gz", sha256: "0".repeat(64), bytes: 1 };
const result = (drift: readonly DriftFinding[]): AuditResult => ({
  ...{ written: true, number: 7, sha256: "1".repeat(64), drift, headAltered: false },
  manifest: {
    ...{ version: 2, kind: "audit", number: 7, previous: null, slot: SLOT, writtenAt: SLOT, scheduled: true },
    ...{ policy: "p", build: "b", snapshots: [] },
    findings: { ...stored, disabled: 0, enabled: 0, changed: 0, drift: counts, unasked: 5 },
    lacks: [{ part: "page", error: "ERR_INTERNAL" }],
  },
});
const both = { missing: true, expiring: true };

beforeAll(() => {
  for (const method of ["info", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});
});

describe("repairs", () => {
  const drift = [expiring("a"), unexpected("b"), missing("c")];

  it.each([
    [{ missing: false, expiring: false }, []],
    [{ missing: true, expiring: false }, [{ stream: named("c"), number: 3, why: "missing" }]],
    [{ missing: false, expiring: true }, [{ stream: named("a"), number: 3, why: "expiring" }]],
  ])("are asked for as the policy has it: %j", (wanted, repairs) => {
    expect(repairsOf(result(drift), wanted)).toEqual(repairs);
  });

  it("of what a person disabled until a time of theirs are never for longer", () => {
    expect(repairsOf(result([expiring("a", "op-1"), missing("c")]), both)).toMatchObject([{ stream: named("c") }]);
  });

  it("come with what is missing first, and no more than 500 from one audit", () => {
    const many = Array.from({ length: 600 }, (_, index) => expiring(`room-${index}`));
    const asked = repairsOf(result([...many, missing("c")]), both);
    expect(asked).toHaveLength(500);
    expect(asked[0]).toMatchObject({ why: "missing" });
  });

  it("travel on the bulk queue", async () => {
    const sent: [string, Message][] = [];
    await requestRepairs(result(drift), both, async (queue, message) => void sent.push([queue, message]));
    expect(sent.map(([queue, message]) => [queue, message.kind])).toEqual([
      ["bulk", "repair"],
      ["bulk", "repair"],
    ]);
  });

  it("that the queue does not take are left to the next audit", async () => {
    const enqueue = async () => {
      throw new OffairError("ERR_QUEUE", "the queue is away");
    };
    await expect(requestRepairs(result(drift), both, enqueue)).resolves.toBeUndefined();
  });

  it("of a slot that was over are none", () => {
    expect(repairsOf({ written: false, slot: SLOT }, both)).toEqual([]);
  });
});

describe("what an audit tells", () => {
  it("is a metric of each kind of drift, and one of all that somebody has to look at", () => {
    expect(metricsOfAudit(result([]))).toEqual({
      ...{ SnapshotsComplete: 0, SnapshotsIncomplete: 0, AuditPartsMissing: 1, ChainHeadsAltered: 0 },
      ...{
        Drift: 27,
        DriftMissing: 1,
        DriftUnexpected: 2,
        DriftWrongResumeTime: 8,
        DriftOutlived: 16,
        DriftExpiring: 4,
      },
    });
    expect(metricsOfAudit({ written: false, slot: SLOT })).toEqual({});
  });

  it("is the age of the chain only after a missed audit: more than one and a half hours", () => {
    const aged = (chainAgeMs: number) => metricsOfAudit({ ...result([]), chainAgeMs } as AuditResult);
    expect(aged(5_400_000)).not.toHaveProperty("ChainAge");
    expect(aged(5_400_001)).toMatchObject({ ChainAge: 5_400.001 });
  });

  it("is one line in the log with the first fifty findings, names and all, as data", () => {
    const error = jest.spyOn(console, "error").mockClear();
    logAudit(result([expiring("a"), missing(HOSTILE), ...Array.from({ length: 60 }, () => unexpected("b"))]));
    expect(error).toHaveBeenCalledTimes(1);
    const [line] = error.mock.calls[0] ?? [];
    expect(line).toMatchObject({ event: "audit.drift", number: 7, missing: 1, unexpected: 2, unasked: 5, more: 11 });
    expect(line).toMatchObject({ first: expect.arrayContaining([missing(HOSTILE)]) });
    expect(JSON.stringify(line).length).toBeLessThan(256 * 1_024);
  });

  it("is nothing to be woken by where all that was found is expiring", () => {
    const error = jest.spyOn(console, "error").mockClear();
    logAudit(result([expiring("a")]));
    expect(error).not.toHaveBeenCalled();
  });

  it("is an answer that fits into a terminal: counts and names of objects", () => {
    expect(summarise(result([missing("c")]))).toEqual({
      ...{ written: true, slot: SLOT, scheduled: true, number: 7, sha256: "1".repeat(64), snapshots: [] },
      findings: { object: stored.object, disabled: 0, enabled: 0, changed: 0, drift: counts, unasked: 5 },
      lacks: [{ part: "page", error: "ERR_INTERNAL" }],
    });
  });
});
