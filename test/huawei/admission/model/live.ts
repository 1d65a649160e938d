/** Live as the stories need it: when each call arrives, what it answers, and every rule that a call broke. */
import type { Answered, HttpRequest, Lost } from "../../../../lib/core/http-exchange.ts";
import type { CallLane } from "../../../../lib/huawei/admission/admission.ts";
import { type Quota, quotaOf } from "../../../../lib/huawei/admission/rate-slices.ts";
import type { VirtualTime } from "../../../notify/model/virtual-time.ts";

/** Two environments of the urgent queue, two of bulk. */
export const isUrgent = (slot: number): boolean => slot < 2;

interface Flight {
  readonly slot: number;
  readonly lane: CallLane;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface ModelLive {
  /** The version of each user's secret that Live accepts. */
  readonly accepted: Map<string, number>;
  readonly broken: string[];
  /** Calls that were sent; of these through borrowed lanes, and with a wrong key. */
  readonly counts: { calls: number; borrowed: number; refused: number };
  exchange(slot: number, lane: CallLane, request: HttpRequest): Promise<Answered | Lost>;
  /** When a call of each environment was last refused. */
  readonly refusedAtMs: Map<number, number>;
  /** When the calls of borrowed lanes end that were sent by this time, or that had their lease. */
  clearAtMs(user: string, atMs: number): number;
  readonly arrivals: { readonly quota: Quota; readonly user: string; readonly atMs: number }[];
}

const TIMEOUT_MS = 4_000;
/** From a lease in the ledger to its call. */
const LEASED_MS = 50;
const answer = (status: number, body?: object): Answered => ({
  ...{ kind: "answered", status, headers: {} },
  body: Buffer.from(body ? JSON.stringify(body) : ""),
});

export function createModelLive(time: VirtualTime, dice: () => number, isRough: boolean): ModelLive {
  const flights = new Map<string, Set<Flight>>();
  const failures = new Map<string, number>();
  /** By user, also those that have ended. */
  const borrowed = new Map<string, Flight[]>();
  const done = new Set<string>();
  const lastOf = new Map<string, number>();
  const nowMs = (): number => time.now().getTime();
  const flightsOf = (user: string): Set<Flight> => {
    const found = flights.get(user) ?? new Set<Flight>();
    flights.set(user, found);
    return found;
  };

  const live: ModelLive = {
    ...{
      accepted: new Map(),
      refusedAtMs: new Map(),
      broken: [],
      arrivals: [],
      counts: { borrowed: 0, calls: 0, refused: 0 },
    },
    clearAtMs: (user, atMs) =>
      Math.max(
        atMs,
        ...(borrowed.get(user) ?? [])
          .filter(({ sinceMs }) => sinceMs <= atMs + LEASED_MS)
          .map(({ untilMs }) => untilMs),
      ),
    async exchange(slot, lane, { method, target, headers }) {
      const user = /Access=([\w-]+)/.exec(headers.authorization ?? "")?.[1] ?? "";
      const url = new URL(target, "https://live.test");
      const [stream = "", number = ""] = (url.searchParams.get("call") ?? "").split("/");
      let isLost = isRough && dice() < 0.03;
      const tookMs = isLost ? TIMEOUT_MS : dice() < 0.04 ? 1_000 + dice() * 2_800 : 20 + dice() * 130;
      const flight = { slot, lane, sinceMs: nowMs(), untilMs: nowMs() + tookMs };
      flightsOf(user).add(flight);
      live.counts.calls += 1;
      if (lane === "borrowed") {
        live.counts.borrowed += 1;
        const before = (borrowed.get(user) ?? []).filter(({ untilMs }) => untilMs > nowMs() - 10_000);
        borrowed.set(user, [...before, flight]);
      }
      judgeFlights(user);
      await time.sleep(tookMs * dice());
      const arrived = isLost && dice() < 0.5 ? answer(504) : arrive();
      await time.sleep(flight.untilMs - nowMs());
      flightsOf(user).delete(flight);
      return isLost ? { kind: "lost", reason: "time-out", maybeSent: true } : arrived;

      function arrive(): Answered {
        const path = url.pathname.replace(/^\/v1\/[^/]+/, "");
        live.arrivals.push({ quota: quotaOf(method as "GET", path), user, atMs: nowMs() });
        if (Number(headers["x-security-token"]) !== live.accepted.get(user)) {
          const inARow = (failures.get(user) ?? 0) + 1;
          failures.set(user, inARow);
          live.counts.refused += 1;
          live.refusedAtMs.set(slot, nowMs());
          isLost = false; // not covered: nobody hears of the failure (docs/adr/0009)
          if (inARow > 5) live.broken.push(`the key of ${user} failed ${inARow} times in a row`);
          return answer(401, { error_code: "APIGW.0301", error_msg: "verify aksk signature fail" });
        }
        failures.set(user, 0);
        if (isRough && dice() < 0.03) return answer(429, { error_code: "APIGW.0308", error_msg: "throttled" });
        if (isRough && dice() < 0.02) return answer(503);
        if (done.has(`${stream}/${number}`)) live.broken.push(`call ${number} of ${stream} was carried out twice`);
        done.add(`${stream}/${number}`);
        if ((lastOf.get(stream) ?? 0) > Number(number)) live.broken.push(`call ${number} of ${stream} was overtaken`);
        lastOf.set(stream, Number(number));
        return method === "GET" ? answer(200, {}) : answer(204);
      }
    },
  };

  function judgeFlights(user: string): void {
    const all = [...flightsOf(user)];
    if (all.length > 4) live.broken.push(`${all.length} calls of ${user} are in flight`);
    if (new Set(all.map(({ slot, lane }) => `${slot} ${lane}`)).size < all.length)
      live.broken.push(`two calls of ${user} use one lane`);
    if (all.some(({ lane }) => lane === "borrowed") && all.some(({ slot }) => isUrgent(slot)))
      live.broken.push(`an urgent call of ${user} is in flight with a borrowed one`);
  }
  return live;
}
