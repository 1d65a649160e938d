import { describe, expect, it } from "@jest/globals";
import { entryOf, isSelectable, matching, NO_FILTER, sorted } from "../../../console/live/entries.ts";
import { planRequest, questionsOf, selectorOf } from "../../../console/live/plan-request.ts";
import { MAX_PLANNED, notListed, toggled, withAll } from "../../../console/live/selection.ts";
import { operatorEventSchema } from "../../../lib/operator/contract/request.ts";
import type { LiveRow } from "../../../lib/operator/contract/response-schema.ts";
import { MAX_PLAN_STREAMS } from "../../../lib/plans/plan.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const row = (stream: string, change: Partial<LiveRow> = {}): LiveRow => ({
  ...{ domain: "push.example.com", app: "live", stream, clientAddress: "192.0.2.1", startTime: "2026-11-21T11:30:00Z" },
  ...change,
});
const rows = [
  row("raid-1", { clientAddress: "198.51.100.7", startTime: "2026-11-21T11:58:00Z" }),
  row("raid-2", { app: "games" }),
  row("Cooking", { domain: "push2.example.com", startTime: "2026-11-20T11:30:00Z" }),
].map(entryOf);
const names = (list: readonly { readonly stream: { readonly stream: string } }[]) =>
  list.map(({ stream }) => stream.stream);
const found = (change: object) => names(matching(rows, { ...NO_FILTER, ...change }, NOW));

describe("live streams", () => {
  it.each<[object, string[]]>([
    [{}, ["raid-1", "raid-2", "Cooking"]],
    [{ name: "raid-?" }, ["raid-1", "raid-2"]],
    [{ name: "raid" }, []],
    [{ search: "cook" }, ["Cooking"]],
    [{ search: "198.51" }, ["raid-1"]],
    [{ domain: "push2.example.com" }, ["Cooking"]],
    [{ app: "games" }, ["raid-2"]],
    [{ address: "192.0.2." }, ["raid-2", "Cooking"]],
    [{ minutes: 5 }, ["raid-1"]],
    [{ minutes: 60, app: "live" }, ["raid-1"]],
  ])("with the filter %j are %j", (filter, expected) => {
    expect(found(filter)).toEqual(expected);
  });

  it("without a start or an address match no filter for it", () => {
    const { clientAddress: _a, startTime: _s, ...bare } = row("bare");
    const list = [entryOf(bare)];
    expect(matching(list, { ...NO_FILTER, minutes: 60 }, NOW)).toEqual([]);
    expect(matching(list, { ...NO_FILTER, address: "1" }, NOW)).toEqual([]);
    expect(matching(list, NO_FILTER, NOW)).toEqual(list);
  });

  it("are sorted by name as people count", () => {
    const list = ["room-10", "room-9", "Room-1"].map((name) => entryOf(row(name)));
    expect(names(sorted(list, "name"))).toEqual(["Room-1", "room-9", "room-10"]);
    expect(names(sorted(list, "oldest"))).toEqual(["Room-1", "room-9", "room-10"]);
  });

  it.each<[LiveRow["leftOut"], boolean]>([
    [undefined, true],
    ["protected-stream", true],
    ["unusable-name", false],
    ["out-of-scope", false],
  ])("that a plan leaves out as %s can be selected: %s", (leftOut, can) => {
    expect(isSelectable({ leftOut })).toBe(can);
  });
});

describe("what is selected", () => {
  it("stays selected when it is not listed any more", () => {
    const [one, two, three] = rows;
    if (!one || !two || !three) throw new Error("no rows");
    const chosen = withAll(toggled(new Map(), one), [two, three]);
    expect(names(notListed(chosen, new Set([one.key, two.key])))).toEqual(["Cooking"]);
    expect([...toggled(chosen, one).keys()]).toEqual([two.key, three.key]);
  });

  it("is at most what a plan can hold", () => {
    expect(MAX_PLANNED).toBe(MAX_PLAN_STREAMS);
  });
});

describe("a plan", () => {
  const choices = {
    ...({ wanted: "disable", hours: 24, reason: "INC-1", overrideProtected: false, undocumentedNames: false } as const),
  };
  const parsed = (request: object) => operatorEventSchema.safeParse({ ...request, requestedBy: "ana" });

  it("of a selection names exactly its streams", () => {
    const request = planRequest({ entries: rows }, choices);
    expect(request.streams).toEqual(rows.map(({ stream }) => stream));
    expect(parsed(request).success).toBe(true);
    expect(planRequest({ entries: rows }, { ...choices, wanted: "pause" })).not.toHaveProperty("hours");
  });

  it("by the filter has a selector that the deployment accepts", () => {
    const filter = { ...NO_FILTER, domain: "push.example.com", name: "raid-*", address: "192.0.2.1", minutes: 30 };
    const selector = selectorOf(filter, NOW);
    expect(selector).toEqual({
      ...{ domain: "push.example.com", name: "raid-*", clientAddress: "192.0.2.1" },
      startedSince: "2026-11-21T11:30:00.000Z",
    });
    if (selector) expect(parsed(planRequest({ selector }, choices)).success).toBe(true);
  });

  it.each([{ domain: "" }, { search: "x" }, { address: "192.0." }, { address: "2001:db8:" }])(
    "by a filter with %j is not offered: no selector says the same",
    (change) => {
      expect(selectorOf({ ...NO_FILTER, domain: "push.example.com", ...change }, NOW)).toBeUndefined();
    },
  );

  it("asks about protected streams and undocumented names", () => {
    const entries = [row("a"), row("b", { leftOut: "protected-stream" }), row("a b"), row("é")].map(entryOf);
    expect(questionsOf(entries)).toEqual({ protectedCount: 1, undocumentedCount: 2 });
  });
});
