/** The rules of the outbox, held against the events of items as they live. */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { markOfPut, markOfUpdate } from "../../../../lib/aws/dynamodb/notify/outbox-marks.ts";
import { eventsOf } from "../../../../lib/events/events-of.ts";
import type { LedgerItem } from "../../../../lib/events/ledger-item.ts";
import { life } from "../../../events/lives.ts";
import { NOON } from "../../../support/fixtures.ts";
import { often, runs } from "../../../support/runs.ts";
import { keyOf, type Written } from "../../../support/written-items.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** The attributes that are written to the item itself; undefined of a key, which another file marks (admission-store.ts). */
function attributesOf(item: LedgerItem): Attributes | undefined {
  switch (item.kind) {
    case "order":
      return { ...item.order };
    case "report":
      return { ...item.report };
    case "untranslated":
      return { ...item.untranslated };
    case "plan":
      return { head: JSON.stringify(item.plan) };
    case "plan-state":
      return { ...item.state };
    case "change":
      return item.change;
    case "notice":
      return { ...item.notice };
    case "key":
      return undefined;
  }
}
const writtenOf = (item: LedgerItem): Written =>
  item.kind === "plan-state" ? { kind: "plan-state", orderId: item.plan.orderId, state: item.state } : item;

/** How an item is stored at first: a plan's state is made by the update that has something to say. */
const isMarkedAtFirst = (item: LedgerItem, attributes: Attributes): boolean => {
  const key = keyOf(writtenOf(item));
  const mark =
    item.kind === "plan-state"
      ? markOfUpdate(key, Object.keys(attributes), NOON)
      : markOfPut({ ...attributes, ...key }, NOON);
  return mark !== undefined;
};
const changedOf = (before: Attributes, after: Attributes): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
const idsOf = (item: LedgerItem): string[] => eventsOf(item).map(({ id }) => id);

describe("the rules of the outbox", () => {
  it("mark each write that gives an item an event which it did not have", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(life, ([first, ...later]) => {
        let before = first;
        const attributes = attributesOf(first);
        if (!attributes) return;
        if (idsOf(first).length > 0)
          expect({ first, is: isMarkedAtFirst(first, attributes) }).toMatchObject({ is: true });
        for (const after of later) {
          const known = new Set(idsOf(before));
          const changed = changedOf(attributesOf(before) ?? {}, attributesOf(after) ?? {});
          // What only the results of a batch show is looked at again later, without a write to the plan's state.
          const isNew = idsOf(after).some((id) => !known.has(id)) && changed.length > 0;
          const mark = markOfUpdate(keyOf(writtenOf(after)), changed, NOON);
          if (isNew) {
            seen.set(after.kind, (seen.get(after.kind) ?? 0) + 1);
            expect({ changed, before, after, mark }).toMatchObject({ mark: expect.anything() });
          }
          before = after;
        }
      }),
      { numRuns: runs(3_000) },
    );
    for (const kind of ["order", "report"]) expect(seen.get(kind) ?? 0).toBeGreaterThan(often(100));
  });

  it("mark nothing of the canary, and nothing that gives no event", () => {
    const at = { outcome: "accepted" };
    expect(markOfPut({ pk: "REPORT#canary#1", sk: "REPORT", ...at }, NOON)).toBeUndefined();
    expect(markOfUpdate({ pk: "REPORT#canary#1", sk: "REPORT" }, ["outcome"], NOON)).toBeUndefined();
    for (const key of [
      { pk: "STREAM#0", sk: "LOCK" },
      { pk: "STREAM#0", sk: "SEEN#0" },
      { pk: "OPERATOR#op-1", sk: "ORDER#000000" },
      { pk: "OPERATOR#op-1", sk: "PART#0000" },
      { pk: "CONTROL", sk: "MODE" },
      { pk: "REPORT#standard#1", sk: "BY" },
      { pk: "EVENT#type.key.blocked", sk: "N#0000000001" },
      { pk: "AUDIT", sk: "HEAD" },
    ]) {
      expect(markOfPut({ ...key, ...at }, NOON)).toBeUndefined();
      expect(markOfUpdate(key, ["outcome", "verdict", "applied", "head"], NOON)).toBeUndefined();
    }
  });

  it("give two writes of one millisecond different marks, which sort by their time", () => {
    const key = { pk: "REPORT#standard#1", sk: "REPORT" };
    const [one, other] = [markOfUpdate(key, ["outcome"], NOON), markOfUpdate(key, ["outcome"], NOON)];
    expect(one).not.toEqual(other);
    const later = markOfUpdate(key, ["outcome"], new Date(NOON.getTime() + 1));
    for (const mark of [one, other]) expect(String(mark?.outboxAt) < String(later?.outboxAt)).toBe(true);
  });
});
