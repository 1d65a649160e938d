/** What a drill left in the ledger and at Live. Reads the table itself, not through lib/. */
import * as z from "zod";
import { nameOf, streamSchema } from "../../../lib/core/stream.ts";
import type { Simulator } from "../../live/simulator-types.ts";
import type { Stack } from "../../stack/stack.ts";
import { itemsOf } from "../gameday/collect.ts";
import type { Item } from "../gameday/inputs.ts";
import type { DrillMaterial, LiveState, OrderItem, PlanItem, ResultItem } from "./inputs.ts";

const text = z.string();
const headSchema = z.object({
  ...{ orderId: text, action: text, requestedBy: text },
  undoes: text.optional(),
});
const stateSchema = z.object({
  applied: z.object({ appliedAt: text, appliedBy: text, approvedBy: text.optional() }).optional(),
  cancelled: z.object({ cancelledAt: text }).optional(),
});
const resultSchema = z.object({
  orderId: text,
  index: z.number(),
  outcome: text,
  endedAt: text,
  orderNumber: z.number().optional(),
});
const orderSchema = z.object({
  stream: streamSchema,
  number: z.number(),
  action: text,
  outcome: text.optional(),
  attempts: z.array(z.unknown()),
  sendingSince: text.optional(),
  authority: z.object({ orderId: text.optional(), requestedBy: text.optional(), approvedBy: text.optional() }),
});

export async function readLedger(stack: Stack): Promise<Pick<DrillMaterial, "planItems" | "results" | "orders">> {
  const items = await itemsOf(stack);
  const results = items
    .filter(({ pk, sk }) => pk.startsWith("BATCH#") && sk.startsWith("RESULT#"))
    .map((item): ResultItem => resultSchema.parse(item));
  const orders = items
    .filter(({ pk, sk }) => pk.startsWith("STREAM#") && sk.startsWith("ORDER#"))
    .map((item): OrderItem => {
      const { attempts, sendingSince, authority, ...order } = orderSchema.parse(item);
      return { ...order, ...authority, attempts: attempts.length + (sendingSince === undefined ? 0 : 1) };
    });
  return { planItems: plansIn(items), results, orders };
}

function plansIn(items: readonly Item[]): PlanItem[] {
  const byKey = new Map(items.map((item) => [`${item.pk} ${item.sk}`, item]));
  return items
    .filter(({ pk, sk }) => pk.startsWith("OPERATOR#") && sk === "PLAN")
    .map(({ pk, head }): PlanItem => {
      const streams = items
        .filter((item) => item.pk === pk && item.sk.startsWith("PART#"))
        .sort((one, other) => (one.sk < other.sk ? -1 : 1))
        .flatMap((part) => z.array(streamSchema).parse(JSON.parse(text.parse(part.text))));
      const { applied, cancelled } = stateSchema.parse(byKey.get(`${pk} STATE`) ?? {});
      return { ...headSchema.parse(JSON.parse(text.parse(head))), streams, ...applied, ...cancelled };
    });
}

export function readLive(simulator: Simulator): LiveState {
  const { time, encoders, disabled } = simulator.state();
  return {
    at: time,
    disabled: disabled.map(nameOf),
    encoders: encoders.map((encoder) => ({ stream: nameOf(encoder), online: encoder.online, pushes: encoder.pushes })),
  };
}
