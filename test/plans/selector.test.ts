import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { matchesGlob } from "../../lib/core/stream-name.ts";
import type { OnlineRow } from "../../lib/orders/live-lists.ts";
import { canonicalAddress } from "../../lib/plans/ip-address.ts";
import { select } from "../../lib/plans/selector.ts";
import { HOSTILE_TEXTS } from "../support/hostile-names.ts";
import { often, runs } from "../support/runs.ts";

const domain = "push.example.com";
const row = (stream: string, change: Partial<OnlineRow> = {}): OnlineRow => ({
  ...{ domain, app: "live", stream, startTime: "2026-11-21T11:00:00Z", clientAddress: "192.0.2.1" },
  ...change,
});
const found = (selector: object, rows: OnlineRow[]) =>
  select({ domain, ...selector }, rows).candidates.map(({ stream }) => stream);

const quoted = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

describe("a pattern over names", () => {
  it("means what the same pattern means to a regular expression", () => {
    // Few letters, so that they meet; two of them beyond 16 bits, or more than one code point.
    const letter = fc.constantFrom("a", "b", "A", "🎥", "é", "e\u0301", ".", "\n");
    const text = fc.array(letter, { maxLength: 7 }).map((letters) => letters.join(""));
    const pattern = fc
      .array(fc.oneof(letter, fc.constantFrom("*", "?", "*", "[", "\\")), { maxLength: 7 })
      .map((parts) => parts.join(""));
    const reached = { yes: 0, no: 0 };
    fc.assert(
      fc.property(text, pattern, (name, glob) => {
        const source = [...glob].map((each) => (each === "*" ? ".*" : each === "?" ? "." : quoted(each)));
        const expected = new RegExp(`^${source.join("")}$`, "su").test(name);
        reached[expected ? "yes" : "no"]++;
        expect(matchesGlob(name, glob)).toBe(expected);
      }),
      { numRuns: runs(3_000) },
    );
    expect(Math.min(reached.yes, reached.no)).toBeGreaterThan(often(100));
  });

  it.each(HOSTILE_TEXTS)("matches a name with $what as itself, and no other", ({ name }) => {
    expect(matchesGlob(name, name)).toBe(true);
    expect(matchesGlob(`${name}x`, name)).toBe(name.endsWith("*"));
    expect(matchesGlob(`room-${name}`, "room-*")).toBe(true);
  });
});

describe("an address", () => {
  it.each([
    ["2001:db8::1", "2001:0DB8:0:0::0001"],
    ["192.0.2.1", "::ffff:192.0.2.1"],
    ["192.0.2.1", "::FFFF:c000:0201"],
    ["::", "0:0:0:0:0:0:0:0"],
  ])("is the same however it is spelled: %s, %s", (one, other) => {
    expect(canonicalAddress(other)).toBe(canonicalAddress(one));
  });

  it.each([
    ["192.0.2.1", "192.0.2.11"],
    ["192.0.2.1", "::c000:201"],
    ["2001:db8::1", "2001:db8::10"],
    ["::1", "::1]@evil/"],
    ["::1", "fe80::1%eth0"],
    ["::1", ""],
  ])("is another one: %s, %s", (one, other) => {
    expect(canonicalAddress(other)).not.toBe(canonicalAddress(one));
  });
});

describe("a selector finds among what is live", () => {
  it("all that fits, each once, in the order of their names, however often and in what order Live lists it", () => {
    const rows = [row("b"), row("a"), row("b"), row("c", { app: "vod" }), row("d", { domain: "PUSH.example.com" })];
    const { candidates, liveCount } = select({ domain }, rows);
    expect(candidates.map(({ app, stream }) => `${app}/${stream}`)).toEqual(["live/a", "live/b", "live/d", "vod/c"]);
    expect(liveCount).toBe(4);
  });

  it("nothing of another ingest domain, though Live should list it", () => {
    expect(found({}, [row("a", { domain: "other.example.com" }), row("b")])).toEqual(["b"]);
  });

  it("only what fits in everything that is asked", () => {
    const rows = [
      row("room-1"),
      row("room-2", { clientAddress: "192.0.2.2" }),
      row("Room-3"),
      row("room-4", { app: "x" }),
    ];
    expect(found({ app: "live", name: "room-*", clientAddress: "192.0.2.1" }, rows)).toEqual(["room-1"]);
  });

  it("what was begun at that moment or later, by the instant and not by its spelling", () => {
    const rows = [
      row("a", { startTime: "2026-11-21T10:59:59Z" }),
      row("b", { startTime: "2026-11-21T13:00:00+02:00" }),
    ];
    expect(found({ startedSince: "2026-11-21T12:00:00+01:00" }, rows)).toEqual(["b"]);
  });

  it("and tells of each what Live tells of it", () => {
    expect(select({ domain }, [row("a"), row("b", { clientAddress: null, startTime: null })]).candidates).toEqual([
      { domain, app: "live", stream: "a", startTime: "2026-11-21T11:00:00Z", clientAddress: "192.0.2.1" },
      { domain, app: "live", stream: "b" },
    ]);
  });

  it("and says of what it cannot know that it cannot", () => {
    const rows = [
      row("a", { clientAddress: null }),
      row("b", { startTime: "yesterday" }),
      row("b-no-day", { startTime: "2026-11-31T12:00:00Z" }),
      row("b-no-zone", { startTime: "2026-11-21T12:00:00" }),
      row("c", { clientAddress: null, app: "vod" }),
      row("d"),
    ];
    const selector = { domain, app: "live", clientAddress: "192.0.2.1", startedSince: "2026-11-21T10:00:00Z" };
    expect(select(selector, rows)).toMatchObject({
      candidates: [{ stream: "d" }],
      skipped: [
        { stream: { stream: "a" }, because: "not-returned-by-live" },
        { stream: { stream: "b" }, because: "not-returned-by-live" },
        { stream: { stream: "b-no-day" }, because: "not-returned-by-live" },
        { stream: { stream: "b-no-zone" }, because: "not-returned-by-live" },
      ],
    });
  });

  it.each(["*", "a\u001b[2J", "\ud800", "", "x".repeat(513)])(
    "and says of a name by which Live cannot be asked that nobody can act on it: %j",
    (name) => {
      expect(select({ domain }, [row(name), row("a")])).toMatchObject({
        candidates: [{ stream: "a" }],
        skipped: [{ stream: { domain, app: "live", stream: name }, because: "unusable-name" }],
        liveCount: 2,
      });
    },
  );
});
