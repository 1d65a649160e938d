import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Listed, SnapshotRow } from "../../../lib/archive/snapshot.ts";
import { diff } from "../../../lib/audit/drift/snapshot-diff.ts";
import { streamKey } from "../../../lib/core/stream.ts";
import { collect } from "../../support/collect.ts";
import "../../support/runs.ts";

const DOMAIN = "push.example.com";
const NOON = "2026-11-21T12:00:00Z";

/** Of the later snapshot, by our clock; Live's may be ahead. */
const ENDED_AT = "2026-11-21T12:04:00Z";
const END = "2026-11-21T12:04:30Z";
const LATER = "2026-11-28T12:00:00Z";
const row = (stream: string, resumeTime: string | null = LATER): SnapshotRow => ({
  ...{ domain: DOMAIN, app: "live", stream, resumeTime, seenAt: NOON },
});
const listed = (...rows: SnapshotRow[]): Listed =>
  new Map(rows.map((each) => [streamKey(each), { resumeTime: each.resumeTime, seenAt: each.seenAt }]));
const named = (stream: string) => ({ domain: DOMAIN, app: "live", stream });

describe("between two snapshots", () => {
  it.each<[string, SnapshotRow[], SnapshotRow[], object[]]>([
    ["nothing changed", [row("a")], [row("a")], []],
    ["a stream was disabled", [], [row("a")], [{ kind: "disabled", ...named("a"), resumeTime: LATER }]],
    ["one was enabled", [row("a")], [], [{ kind: "enabled", ...named("a"), resumeTime: LATER, expired: false }]],
    ["one ran out", [row("a", NOON)], [], [{ kind: "enabled", ...named("a"), resumeTime: NOON, expired: true }]],
    [
      "one ran out while Live was asked",
      [row("a", END)],
      [],
      [{ kind: "enabled", ...named("a"), resumeTime: END, expired: true }],
    ],
    ["one had no end", [row("a", null)], [], [{ kind: "enabled", ...named("a"), resumeTime: null, expired: false }]],
    [
      "the resume time changed",
      [row("a", NOON)],
      [row("a", LATER)],
      [{ kind: "changed", ...named("a"), resumeTime: LATER, before: NOON }],
    ],
    [
      "the end is gone",
      [row("a", NOON)],
      [row("a", null)],
      [{ kind: "changed", ...named("a"), resumeTime: null, before: NOON }],
    ],
    ["one moment is spelt in another way", [row("a", "2026-11-28T13:00:00+01:00")], [row("a", LATER)], []],
  ])("%s", async (_, before, now, findings) => {
    expect(await collect(diff(DOMAIN, before, listed(...now), ENDED_AT))).toEqual(findings);
  });

  it("names that look alike are different streams", async () => {
    const found = await collect(diff(DOMAIN, [row("a/b")], listed({ ...row("b"), app: "live/a" }), ENDED_AT));
    expect(found.map(({ kind, app, stream }) => [kind, app, stream])).toEqual([
      ["enabled", "live", "a/b"],
      ["disabled", "live/a", "b"],
    ]);
  });
});

it("applied to the earlier snapshot, the findings give the later one, whatever the names and the order", async () => {
  const rows = fc.uniqueArray(
    fc.record({ stream: fc.string({ unit: "binary", maxLength: 3 }), end: fc.constantFrom(NOON, LATER, null) }),
    { selector: ({ stream }) => stream, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(rows, rows, async (earlier, later) => {
      const state = new Map<string, string | null>(earlier.map(({ stream, end }) => [stream, end]));
      const now = listed(...later.map(({ stream, end }) => row(stream, end)));
      for await (const finding of diff(
        DOMAIN,
        earlier.map(({ stream, end }) => row(stream, end)),
        now,
        ENDED_AT,
      )) {
        if (finding.kind === "enabled") state.delete(finding.stream);
        else state.set(finding.stream, finding.resumeTime);
      }
      expect(state).toEqual(new Map(later.map(({ stream, end }) => [stream, end])));
    }),
  );
});
