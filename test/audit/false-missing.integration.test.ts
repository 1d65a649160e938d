/** The world goes on while it is audited. */
import { expect, it } from "@jest/globals";
import { createExplains } from "../../lib/audit/listing/explained-by-orders.ts";
import type { DisabledPage } from "../../lib/audit/listing/list-disabled.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toSecondsUtc } from "../../lib/core/time.ts";
import type { Order } from "../../lib/orders/order.ts";
import { createRandom } from "../../local/kit/random.ts";
import { SWITCHES } from "../../local/live/simulator.ts";
import { DOMAIN, useAuditWorld } from "../support/audit-world.ts";
import { runs } from "../support/runs.ts";

const SEEDS = runs(30);
const world = useAuditWorld();

it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
  "world %d: no stream is called missing that is not, and no row was never listed",
  async (seed) => {
    const random = createRandom(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const oneOf = <T>(values: readonly T[]): T => values[below(values.length)] as T;
    const switches = {
      total: oneOf(SWITCHES.total),
      order: oneOf(SWITCHES.order),
      pagePastEnd: oneOf(SWITCHES.pagePastEnd),
    };
    world.live.changeSettings({ switches });
    const named = (stream: string) => ({ domain: DOMAIN, app: "live", stream });
    const now = () => new Date(world.clock).toISOString();
    const ever = new Set<string>();
    /** Ours, and taken away by somebody else. */
    const enabledElsewhere = new Set<string>();
    const numbers = new Map<string, number>();
    const off = () => world.live.state().disabled.map(({ stream }) => stream);

    function place(stream: string, action: "disable" | "enable", endMs: number): void {
      const number = (numbers.get(stream) ?? 0) + 1;
      numbers.set(stream, number);
      const resumeTime = toSecondsUtc(new Date(endMs));
      const placed: Order = {
        ...{
          stream: named(stream),
          number,
          action,
          outcome: "verified",
          reason: "spam",
          placedAt: now(),
          endedAt: now(),
        },
        ...(action === "disable" && { resumeTime }),
        attempts: [{ at: now(), result: "sent" }],
        authority: { kind: "rule", cause: `s#${stream}#${number}`, source: "s", rule: "r", policy: "p" },
      };
      world.ledger.push({ at: now(), order: placed });
      world.live.removeDisabled(named(stream));
      if (action === "disable") world.live.addDisabled([{ ...named(stream), resume_time: resumeTime }]);
      if (action === "disable") ever.add(stream);
      enabledElsewhere.delete(stream);
    }
    const change = () => {
      const stream = `room-${below(260)}`;
      const isOurs = numbers.has(stream) && off().includes(stream);
      const kind = random();
      if (kind < 0.35) place(stream, "disable", world.clock + oneOf([2 * MINUTE_MS, HOUR_MS, 7 * DAY_MS]));
      else if (kind < 0.6 && isOurs) place(stream, "enable", 0);
      else if (kind < 0.8 && isOurs) {
        world.live.removeDisabled(named(stream));
        enabledElsewhere.add(stream);
      } else if (!numbers.has(stream)) {
        world.live.addDisabled([{ ...named(stream), resume_time: toSecondsUtc(new Date(world.clock + DAY_MS)) }]);
        ever.add(stream);
      }
      world.clock += below(20 * SECOND_MS);
    };
    world.clock -= 30 * MINUTE_MS;
    for (let index = 0; index < 200 + below(100); index++) place(`room-${index}`, "disable", world.clock + 7 * DAY_MS);
    for (let index = 0; index < 60; index++) change();
    world.live.addFault({ kind: "status", status: 503, probability: oneOf([0, 0.05]) });

    const recentOrders = async (stream: { stream: string }) =>
      world.ledger
        .map(({ order }) => order)
        .filter((order) => order.stream.stream === stream.stream)
        .reverse();
    async function* listDisabled(domain: string, size: number): AsyncGenerator<DisabledPage> {
      for await (const page of world.pages(domain, size)) {
        yield page;
        if (random() < 0.6) change();
      }
    }
    const listing = () => ({
      ...{ listDisabled, random, explains: createExplains(recentOrders), now: () => new Date(world.clock) },
      ...{ sleep: async () => {}, timeIsUp: () => false },
    });
    const result = await world.audit(0, { domains: [DOMAIN], listing });
    if (!result.written) throw new Error("the slot was free");
    const missing = result.drift.filter(({ kind }) => kind === "missing").map(({ stream }) => stream);
    expect(missing.filter((stream) => !enabledElsewhere.has(stream))).toEqual([]);
    const rows = world.lines(result.manifest.snapshots[0]?.object).map(({ stream }) => String(stream));
    expect(rows.filter((stream) => !ever.has(stream))).toEqual([]);
    if (result.manifest.findings?.drift && result.manifest.findings.unasked === 0) {
      // And the check can fail: what was lifted well before the export and the list is found.
      const known = world.lines(result.manifest.expected?.object).map(({ stream }) => String(stream));
      const gone = [...enabledElsewhere].filter(
        (stream) => known.includes(stream) && !off().includes(stream) && !rows.includes(stream),
      );
      expect(missing).toEqual(
        expect.arrayContaining(gone.filter((stream) => isSettled(stream, recentOrdersOf(stream)))),
      );
    }
  },
);

const recentOrdersOf = (stream: string) =>
  world.ledger.map(({ order }) => order).filter((order) => order.stream.stream === stream);
/** Its resume time is not so near that clocks could disagree. */
const isSettled = (_: string, orders: readonly Order[]): boolean =>
  Date.parse(orders.at(-1)?.resumeTime ?? "") > world.clock + 10 * MINUTE_MS;
