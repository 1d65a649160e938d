import { describe, expect, it } from "@jest/globals";
import { groupsOf, isBy } from "../../../console/off/groups.ts";
import type { Result } from "../../../lib/operator/contract/response-schema.ts";

type Order = NonNullable<Result["order"]>;
const ARN = "arn:aws:iam::123456789012:user/ops/alice";

const order = (change: Partial<Order> = {}): Order => ({
  ...{ number: 1, action: "disable", reason: "a raid", placedAt: "2026-03-14T09:00:00.000Z", by: ARN },
  ...{ orderId: "op-1", outcome: "verified", resumeTime: "2026-03-15T09:00:00Z" },
  ...change,
});
const row = (name: string, change: Partial<Result> = {}): Result => ({
  stream: { domain: "push.example.com", app: "live", stream: name },
  resumeTime: "2026-03-15T09:00:00Z",
  order: order(),
  ...change,
});
const { orderId: _, ...withoutId } = order();
const byRule = (rule: string, report: string): Order => ({
  ...withoutId,
  ...{ by: `rule ${rule}, report ${report}`, rule, report, placedAt: "2026-03-14T10:00:00.000Z" },
});

describe("the groups of streams that are off the air", () => {
  it("are by order, rule, canary and what is not by offair, the latest order first", () => {
    const groups = groupsOf([
      row("foreign", { order: null }),
      row("canary", { order: { ...byRule("canary", "canary#1"), canary: true } }),
      row("raid-10"),
      row("raid-2"),
      row("nude-1", { order: byRule("severe", "hive#1") }),
      row("nude-2", { order: byRule("severe", "hive#2") }),
    ]);
    expect(groups.map(({ kind, rows }) => [kind, ...rows.map(({ stream }) => stream.stream)])).toEqual([
      ["rule", "nude-1", "nude-2"],
      ["operator", "raid-2", "raid-10"],
      ["canary", "canary"],
      ["foreign", "foreign"],
    ]);
  });

  it("say the first and the last end, and count the streams without one", () => {
    const [group] = groupsOf([
      row("a", { resumeTime: "2026-03-16T09:00:00Z" }),
      row("b", { resumeTime: "2026-03-15T09:00:00Z" }),
      row("c", { resumeTime: null }),
    ]);
    expect(group).toMatchObject({
      ends: { first: "2026-03-15T09:00:00Z", last: "2026-03-16T09:00:00Z" },
      endless: 1,
      orderId: "op-1",
    });
  });

  it("count outcomes, of which an order without one is in progress", () => {
    const { outcome: _none, ...open } = order();
    const [group] = groupsOf([row("a"), row("b"), row("c", { order: open })]);
    expect(group?.outcomes).toEqual([
      ["verified", 2],
      ["in progress", 1],
    ]);
  });

  it("have no outcome and no person if no order of offair explains them", () => {
    expect(groupsOf([row("a", { order: null })])).toMatchObject([{ outcomes: [], reasons: [] }]);
  });

  it("hold an order without an id together by person and reason, as an older deployment sends it", () => {
    const old = (name: string, reason: string) => row(name, { order: { ...withoutId, reason } });
    expect(groupsOf([old("a", "one"), old("b", "other"), old("c", "one")]).map(({ rows }) => rows.length)).toEqual([
      2, 1,
    ]);
  });
});

it.each([
  ["alice", true],
  ["user/ops", true],
  ["bob", false],
])("a person is found by a part of the name: %s", (part, isFound) => {
  expect(isBy(row("a"), part, "not by offair")).toBe(isFound);
});

it("a row without an order is found by how it is called, also in another language", () => {
  expect(isBy(row("a", { order: null }), "非 offair", "非 offair 所为")).toBe(true);
  expect(isBy(row("a"), "not by", "not by offair")).toBe(false);
});
