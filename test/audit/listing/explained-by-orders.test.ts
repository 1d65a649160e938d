import { describe, expect, it } from "@jest/globals";
import { createExplains, isExplainedBy } from "../../../lib/audit/listing/explained-by-orders.ts";
import type { RowChange } from "../../../lib/audit/listing/seen-rows.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import type { Order } from "../../../lib/orders/order.ts";
import { NOON } from "../../support/fixtures.ts";

const at = (minutes: number): string => new Date(NOON.getTime() + minutes * MINUTE_MS).toISOString();
const stream = { domain: "push.example.com", app: "live", stream: "room" };
const change = (kind: RowChange["kind"]): RowChange => ({
  ...{ kind, row: { ...stream, resumeTime: null, seenAt: at(0) }, since: at(0), until: at(2) },
});
const order = (action: Order["action"], minutes: number, given: Partial<Order> = {}): Order => ({
  ...{ stream, number: 1, action, reason: "", placedAt: at(0), attempts: [{ at: at(minutes), result: "sent" }] },
  authority: { kind: "rule", cause: "s#1", source: "s", rule: "r", policy: "p" },
  ...given,
});

describe("a change between two walks is explained", () => {
  it.each<[string, RowChange["kind"], Order, boolean]>([
    ["gone, by an enable that was sent in between", "gone", order("enable", 1), true],
    ["gone, by one whose answer is open", "gone", order("enable", 9, { attempts: [], sendingSince: at(1) }), true],
    ["came, by a disable", "came", order("disable", 1), true],
    ["another resume time, by a disable", "changed", order("disable", 1), true],
    ["gone, but the enable was hours ago", "gone", order("enable", -120), false],
    ["gone, but only a disable was sent", "gone", order("disable", 1), false],
    ["came, but only a pause was sent", "came", order("pause", 1), false],
    [
      "gone, but Live did not do it",
      "gone",
      order("enable", 1, { attempts: [{ at: at(1), result: "not-done" }] }),
      false,
    ],
  ])("%s", (_, kind, of, explained) => {
    expect(isExplainedBy(change(kind), [of])).toBe(explained);
  });
});

it("a ledger that cannot be read explains nothing", async () => {
  const away = createExplains(async () => {
    throw new OffairError("ERR_LEDGER", "away");
  });
  expect(await away(change("gone"))).toBe(false);
});

it("more than 500 changes of one audit are not asked about", async () => {
  let asked = 0;
  const explains = createExplains(async () => {
    asked += 1;
    return [order("enable", 1)];
  });
  for (let index = 0; index < 500; index++) expect(await explains(change("gone"))).toBe(true);
  expect(await explains(change("gone"))).toBe(false);
  expect(asked).toBe(500);
});
