/** `subscribers`: the state of each subscriber: the bus, those of the policy, and those that the policy no longer has. */
import { definedOnly } from "../../core/defined-only.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { BUS } from "../../events/types/bus.ts";
import type { Delivery, SubscriberState } from "../../notify/records.ts";
import { isDown } from "../../notify/subscriber-health.ts";
import type { OperatorResponse, SubscriberRow } from "../contract/response-schema.ts";
import type { EventDeps } from "./deps.ts";

type Deps = Pick<EventDeps, "store" | "subscribers">;

/** Deliveries that are retried, of all subscribers. */
const MAX_FAILING = 2_000;
const MAX_GIVEN_UP = 100;
const MAX_REPLAYS = 20;
const CONCURRENCY = 5;

export async function listSubscribers(deps: Deps): Promise<OperatorResponse> {
  return { ok: true, results: [], errors: [], subscribers: await readSubscriptions(deps) };
}

export async function readSubscriptions(deps: Deps): Promise<SubscriberRow[]> {
  const { store, subscribers } = deps;
  const [states, failing] = await Promise.all([store.listSubscribers(), store.listFailing(MAX_FAILING)]);
  const byName = new Map(states.map((state) => [state.name, state]));
  const names = [...new Set([BUS, ...Object.keys(subscribers), ...states.map(({ name }) => name).sort()])];
  return mapConcurrently(names, CONCURRENCY, (name) => {
    const its = failing.filter(({ subscriber }) => subscriber === name);
    return describe(name, byName.get(name), its, deps);
  });
}

async function describe(
  name: string,
  state: SubscriberState | undefined,
  deliveries: readonly Delivery[],
  { store, subscribers }: Deps,
): Promise<SubscriberRow> {
  const [givenUp, replays] = await Promise.all([
    store.listGivenUp(name, MAX_GIVEN_UP + 1),
    store.listReplays(name, MAX_REPLAYS),
  ]);
  const failing = deliveries.flatMap((delivery) => delivery.failing ?? []).sort((a, b) => (a.since < b.since ? -1 : 1));
  const [oldest] = failing;
  const { url, events } = (Object.hasOwn(subscribers, name) ? subscribers[name] : undefined) ?? {};
  const { since, ended, backOff, behind, lastDeliveredAt, resumed } = state ?? {};
  return definedOnly({
    name,
    state: stateOf(state, failing.length),
    url: url && new URL(url).origin, // a path or query may hold a token
    events,
    ...{ since, lastDeliveredAt, ended, backOff, behind, resumed },
    failing: failing.length,
    ...{ oldestFailingSince: oldest?.since, problem: oldest?.problem },
    givenUp: Math.min(givenUp.length, MAX_GIVEN_UP),
    givenUpMore: givenUp.length > MAX_GIVEN_UP || undefined,
    lastGivenUpAt: givenUp[0]?.at,
    replays: replays.filter(({ finishedAt }) => finishedAt === undefined).map(({ subscriber: _, ...replay }) => replay),
  });
}

function stateOf(state: SubscriberState | undefined, failing: number): SubscriberRow["state"] {
  if (state?.ended) return "ended";
  if (state && isDown(state)) return "backing-off";
  return state?.lastDeliveredAt === undefined && failing === 0 ? "never" : "active";
}
