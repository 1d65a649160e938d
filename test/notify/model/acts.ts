/** What happens in a story. */
import fc from "fast-check";
import { SECOND_MS } from "../../../lib/core/time.ts";
import type { ItemKey } from "../../../lib/notify/stores.ts";
import type { Action, Outcome } from "../../../lib/orders/order.ts";
import type { Mode } from "./receiver.ts";
import type { World } from "./world.ts";

export type Act =
  | {
      readonly kind: "order";
      readonly which: number;
      readonly action: Action;
      readonly outcome: Outcome;
      readonly wake: string;
    }
  | { readonly kind: "prove" | "report" | "verdict" | "plan" | "other"; readonly which: number; readonly wake: string }
  | { readonly kind: "result"; readonly which: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "hours"; readonly hours: number }
  | { readonly kind: "hostile"; readonly does: Mode }
  | { readonly kind: "kill"; readonly after: number }
  | { readonly kind: "ledger"; readonly does: "failed" | "lost"; readonly requests: number }
  | { readonly kind: "lag"; readonly ms: number }
  | { readonly kind: "resume" }
  | { readonly kind: "deploy"; readonly hasHostile: boolean };

const which = fc.nat({ max: 8 });
/** A message that wakes `notify`: the writer dies before it sends one, or the queue delivers it late or twice. */
const wake = fc.constantFrom("sent", "sent", "sent", "lost", "late", "twice");
const modes: readonly Mode[] = [
  ...(["works", "works", "drops", "late", "slow", "down", "hangs", "errors"] as const),
  ...(["garbage", "gone", "poison", "mixed", "mixed"] as const),
];

export const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("order"),
      which,
      action: fc.constantFrom<Action>("pause", "disable", "enable"),
      outcome: fc.constantFrom<Outcome>("accepted", "accepted", "unknown", "failed"),
      wake,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom("prove", "report", "verdict", "plan", "other"), which, wake }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("result"), which }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.constantFrom(10, 40, 200, 5_000, 30_000, 90_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hours"), hours: fc.constantFrom(1, 5, 26, 80) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("hostile"), does: fc.constantFrom(...modes) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("kill"), after: fc.nat({ max: 25 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("ledger"),
      does: fc.constantFrom("failed", "lost"),
      requests: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lag"), ms: fc.constantFrom(0, 500, 4_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("resume") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("deploy"), hasHostile: fc.boolean() }) },
);

export async function play(world: World, each: Act): Promise<void> {
  const { history } = world;
  switch (each.kind) {
    case "order":
      return wakeFor(world, await history.order(each.which, each.action, each.outcome), each.wake);
    case "prove":
    case "report":
    case "verdict":
    case "other":
      return wakeFor(world, await history[each.kind](each.which), each.wake);
    case "plan":
      return wakeFor(world, await history.plan(1 + (each.which % 3)), each.wake);
    case "result":
      return history.result(each.which, "accepted");
    case "wait":
      return world.advance(each.ms);
    case "hours":
      return world.passHours(each.hours);
    case "hostile":
      world.receivers.hostile.does(each.does);
      return;
    case "kill":
      return world.kill(each.after);
    case "ledger":
      return world.fail(each.does, each.requests);
    case "lag":
      world.lag.ms = each.ms;
      return;
    case "resume":
      return world.resume();
    case "deploy":
      return world.deploy(each.hasHostile);
  }
}

function wakeFor(world: World, key: ItemKey | undefined, fate: string): void {
  if (!key || fate === "lost") return;
  if (fate !== "late") world.history.noteWoken();
  world.wake(key, fate === "late" ? 40 * SECOND_MS : 5);
  if (fate === "twice") world.wake(key, 30);
}
