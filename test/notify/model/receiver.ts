/** A subscriber's endpoint. It keeps what it was sent, and builds from it what it knows about streams; how it answers is the story's. */

import { SECOND_MS } from "../../../lib/core/time.ts";
import type { LoggedEvent } from "../../../lib/events/event.ts";
import type { SendEvent } from "../../../lib/notify/send.ts";
import type { VirtualTime } from "./virtual-time.ts";

/**
 * `drops`: takes the event, and its answer is lost. `late`: the request arrives after the sender gave up. `slow`: takes seconds. `down`: no
 * connection, or TLS fails. `hangs`: answers nothing. `errors`: 5xx. `garbage`: no HTTP. `poison`: refuses what it has not had of one key.
 */
export type Mode =
  | "works"
  | "drops"
  | "late"
  | "slow"
  | "down"
  | "hangs"
  | "errors"
  | "garbage"
  | "gone"
  | "poison"
  | "mixed";
const MIXED: readonly Mode[] = ["works", "works", "drops", "late", "errors", "down"];

export interface Arrival {
  readonly atMs: number;
  readonly event: LoggedEvent;
}

export function createReceiver(name: string, time: VirtualTime, random: () => number) {
  /** The first arrival of each event. */
  const arrivals = new Map<string, Arrival>();
  const newest = new Map<string, number>();
  const streams = new Map<string, unknown>();
  const broken: string[] = [];
  let mode: Mode = "works";

  function take(event: LoggedEvent): void {
    const before = arrivals.get(event.id);
    if (before) {
      if (before.event.number !== event.number) broken.push(`${name}: ${event.id} is in the log twice`);
      return;
    }
    const last = newest.get(event.orderingKey) ?? 0;
    if (event.number <= last) broken.push(`${name}: ${event.id} came after number ${last}, and is ${event.number}`);
    newest.set(event.orderingKey, Math.max(last, event.number));
    arrivals.set(event.id, { atMs: time.now().getTime(), event });
    const { order, action, outcome } = event.data;
    if (/^stream\.(paused|disabled|enabled)$/.test(event.type))
      streams.set(event.orderingKey, { order, action, outcome });
  }

  const send: SendEvent = async (_subscriber, event, { timeoutMs }) => {
    const does = mode === "mixed" ? (MIXED[Math.floor(random() * MIXED.length)] ?? "works") : mode;
    const quickMs = 5 + Math.floor(random() * 60);
    const fail = async (afterMs: number, problem: string, reached: boolean) => {
      await time.sleep(afterMs);
      return { result: "failed" as const, problem, reached };
    };
    switch (does) {
      case "down":
        return fail(quickMs, "no connection", false);
      case "hangs":
        return fail(timeoutMs, "no answer", false);
      case "errors":
        return fail(quickMs, "503", true);
      case "garbage":
        return fail(quickMs, "no HTTP", false);
      case "gone":
        await time.sleep(quickMs);
        return { result: "gone", problem: "410" };
      case "drops":
        await time.sleep(quickMs);
        take(event);
        return fail(timeoutMs - quickMs, "no answer", false);
      case "late":
        time.at(time.now().getTime() + timeoutMs + 20 * SECOND_MS * random(), () => take(event));
        return fail(timeoutMs, "no answer", false);
      case "poison":
        if (event.orderingKey.endsWith("7") || event.type === "stream.paused") return fail(quickMs, "422", true);
        break;
      case "slow":
        await time.sleep(Math.min(timeoutMs - 1, 1.5 * SECOND_MS));
        break;
      default:
    }
    await time.sleep(quickMs);
    take(event);
    return { result: "delivered", tookMs: quickMs };
  };

  return { name, send, arrivals, streams, broken, does: (next: Mode) => (mode = next) };
}
export type Receiver = ReturnType<typeof createReceiver>;
