/** The state of a stream before an order, by the ledger. */
import { definedOnly } from "../core/defined-only.ts";
import { mayHaveActed } from "../orders/attempts.ts";
import type { Order } from "../orders/order.ts";
import type { DataOf } from "./catalogue.ts";

type Previous = DataOf<"stream.paused">["previous"];

const EFFECTS = ["accepted", "verified", "unverified", "unknown"] as const;
export type Effect = (typeof EFFECTS)[number];

/** The outcome, if Live carried the order out or may have. */
export const effectOf = ({ outcome }: Pick<Order, "outcome">): Effect | undefined =>
  EFFECTS.find((each) => each === outcome);

/** @param earlier - the stream's orders before this one, newest first; the oldest may be missing. */
export function previousState(order: Order, earlier: readonly Order[]): Previous {
  const atMs = Date.parse(order.endedAt ?? order.placedAt);
  const effective = earlier.filter(
    (each) => effectOf(each) !== undefined || (each.outcome === undefined && mayHaveActed(each)),
  );
  const [latest] = effective;
  if (!latest) return { state: earlier.length >= order.number - 1 ? "enabled" : "unknown" };
  const lasting = effective.find(({ action }) => action !== "pause"); // a pause changes no state
  const isUnknown = lasting?.outcome === undefined || lasting.outcome === "unknown";
  if (lasting?.action === "disable" && Date.parse(lasting.resumeTime ?? "") > atMs) {
    return definedOnly({
      state: isUnknown ? "unknown" : "disabled",
      order: lasting.number,
      until: lasting.resumeTime,
    });
  }
  if (latest.action === "pause") return definedOnly({ state: "paused", order: latest.number, since: latest.endedAt });
  return { state: isUnknown && latest.action === "enable" ? "unknown" : "enabled", order: latest.number };
}
