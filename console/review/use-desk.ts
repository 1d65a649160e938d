/** The desk of this page. It outlives the review page, so that decisions are sent whatever page is shown. */
import { useEffect, useReducer, useState } from "preact/hooks";
import { useApp } from "../app-context.ts";
import type { Client } from "../http/client.ts";
import { createDesk, type Desk } from "./desk/desk.ts";

const desks = new WeakMap<Client, Desk>();

function deskOf(client: Client): Desk {
  const known = desks.get(client);
  if (known) return known;
  const desk = createDesk({
    client,
    now: () => Date.now(),
    clock: () => performance.now(),
    newId: () => crypto.randomUUID(),
    later(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  });
  desks.set(client, desk);
  addEventListener("pagehide", desk.leave);
  return desk;
}

/** Decisions that are not sent, or not answered. */
export const unsentOf = (client: Client): number => desks.get(client)?.state().outbox.length ?? 0;

export function useDesk(): Desk {
  const { client } = useApp();
  const desk = deskOf(client);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => desk.subscribe(() => redraw(0)), [desk]);
  return desk;
}

/**
 * How many decisions came back and were not looked at yet, for the navigation of every page. The tab asks before it is closed while a
 * decision that was sent has no answer.
 */
export function useReturned(client: Client): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const desk = deskOf(client);
    const unsubscribe = desk.subscribe(() => setCount(desk.state().returned.length));
    const ask = (event: BeforeUnloadEvent): void => {
      if (desk.state().outbox.some(({ state }) => state === "unanswered")) event.preventDefault();
    };
    addEventListener("beforeunload", ask);
    return () => {
      unsubscribe();
      removeEventListener("beforeunload", ask);
    };
  }, [client]);
  return count;
}

/** Runs once what was drawn last can be seen. */
export function afterPaint(act: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = act;
    port2.postMessage(null);
  });
}
