/** What can happen, one thing a command. A pick is counted round, so that a smaller list of commands is a story too. */
import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import type { Stream } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, toSecondsUtc } from "../../lib/core/time.ts";
import type { OperatorOrder } from "../../lib/orders/operator-order.ts";
import { planSchema } from "../../lib/plans/plan.ts";
import type { Report } from "../../lib/reports/report.ts";
import type { Mode } from "../../lib/safeguards/mode.ts";
import { weaponsReport } from "../support/fixtures.ts";
import { ALICE, aPlan } from "../support/plans.ts";
import type { Fate } from "../support/steps.ts";
import { reportsMessage, type World } from "./world.ts";

/** What a command must know to be possible at all. */
export interface Sketch {
  readonly streams: readonly Stream[];
  readonly reports: Report[];
  /** Order ids of plans, and of orders that somebody asked for by hand. */
  readonly orderIds: string[];
}

type Command = fc.AsyncCommand<Sketch, World>;

const WORKERS_AT_MOST = 4;

const command = (told: string, act: (world: World, sketch: Sketch) => Promise<unknown> | unknown): Command => ({
  check: () => true,
  async run(sketch, world) {
    await act(world, sketch);
    await world.account.look();
    if (world.account.broken.length > 0) throw new Error(world.account.broken.join("\n"));
  },
  toString: () => told,
});

const at = <T>(list: readonly T[], pick: number): T | undefined => list[pick % list.length];
const fates = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>("do") },
  { weight: 3, arbitrary: fc.constantFrom<Fate>("lost", "vanished") },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fate>("unavailable", "throttled", "signature", "rejected", "missing"),
  },
);
const pick = fc.nat({ max: 11 });

/** Two streams that may be acted on, mostly; one out of scope, one whose name is a pattern. */
const streamPick = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constantFrom(2, 3) },
);

const report = fc
  .record({
    streamPick,
    category: fc.constantFrom("weapons", "weapons", "csam", "spam", "fraud"),
    score: fc.constantFrom(0.9, 0.9, 0.6),
    ageMs: fc.constantFrom(0, 0, 0, 9.9 * MINUTE_MS, 10 * MINUTE_MS + 1),
    together: fc.boolean(),
  })
  .map(({ streamPick, category, score, ageMs, together }) =>
    command(
      `report(${category} ${score}, stream ${streamPick}, ${ageMs} ms old${together ? ", two" : ""})`,
      (world, sketch) => {
        const stream = sketch.streams[streamPick];
        if (!stream) return;
        const occurredAt = new Date(world.now().getTime() - ageMs).toISOString();
        const receivedAt = world.now().toISOString();
        const reports = Array.from({ length: together ? 2 : 1 }, () =>
          weaponsReport({ stream, category, score, occurredAt, receivedAt }),
        );
        for (const each of reports) world.account.accepted(each);
        sketch.reports.push(...reports);
        world.send(reportsMessage(reports));
        return world.deliver(world.letters() - 1);
      },
    ),
  );

/** Live says that a stream is pushed, at once or a while after, and not since when. It may be a forgery. */
const publish = fc.tuple(streamPick, fc.constantFrom(0, 0, SECOND_MS, MINUTE_MS)).map(([streamPick, lateMs]) =>
  command(`publish(stream ${streamPick}, ${lateMs} ms late)`, (world, { streams }) => {
    const stream = streams[streamPick];
    if (!stream) return;
    const receivedAt = new Date(world.now().getTime() - lateMs).toISOString();
    const publish = { source: "push", id: randomUUID(), stream, receivedAt, bodySha256: "0".repeat(64) };
    world.account.published(publish);
    world.send({ kind: "publish", publish });
    return world.deliver(world.letters() - 1);
  }),
);

/** Somebody pushes a stream, anew if it is pushed already; or stops. */
const push = fc.tuple(streamPick, fc.boolean(), fc.boolean()).map(([streamPick, begins, isTold]) =>
  command(
    `push(stream ${streamPick}, ${begins ? "begins" : "ends"}${isTold ? ", told at once" : ""})`,
    (world, { streams }) => {
      const stream = streams[streamPick];
      if (!stream) return;
      if (begins) world.live.push(stream);
      else world.live.pushes.end(stream);
      if (isTold) return world.callBack(world.live.pushes.callbacks.length - 1);
    },
  ),
);

/** Live calls back about the start or the end of any push so far: late, early, again, or before another one. */
const callback = fc.tuple(fc.boolean(), pick).map(([newest, which]) =>
  command(`callback(${newest ? "newest" : ""} ${which})`, (world) => {
    const { length } = world.live.pushes.callbacks;
    if (length === 0) return;
    return world.callBack(newest ? length - 1 - (which % Math.min(length, 3)) : which % length);
  }),
);

/** A worker gets the newest letter and does all of it. */
async function workOff(world: World, fate: Fate = "do"): Promise<void> {
  const worker = world.processes.at(-1);
  while (worker && world.processes.includes(worker)) {
    const isAnswer = worker.next()?.endsWith("is answered") === true;
    await world.step(world.processes.indexOf(worker), isAnswer ? fate : "do");
  }
}

/** A stream is pushed, taken off the air, and pushed again and again; its callbacks come late, early, twice, or not at all. */
const comesBack = fc
  .record({
    streamPick: fc.constantFrom(0, 0, 1),
    category: fc.constantFrom("weapons", "weapons", "csam"),
    pushedForMs: fc.constantFrom(0, SECOND_MS, 5 * SECOND_MS, MINUTE_MS),
    fate: fc.constantFrom<Fate>("do", "do", "do", "lost"),
    ignored: fc.constantFrom(false, false, false, true),
    rounds: fc.array(
      fc.record({
        afterMs: fc.constantFrom(0, SECOND_MS, 3 * SECOND_MS, 10 * SECOND_MS, MINUTE_MS),
        told: fc.array(fc.tuple(fc.nat({ max: 4 }), fc.constantFrom(0, 0, SECOND_MS, 5 * SECOND_MS)), { maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ streamPick, category, pushedForMs, fate, ignored, rounds }) => {
    const told = rounds.map(({ afterMs, told: calls }) => `${afterMs} ms: ${calls.map(([which]) => which)}`).join("; ");
    const name = `comesBack(stream ${streamPick}, ${category}, pushed for ${pushedForMs} ms, ${fate}${ignored ? ", ignored" : ""}; ${told})`;
    return command(name, async (world, { streams, reports }) => {
      const stream = streams[streamPick];
      if (!stream || world.processes.length >= WORKERS_AT_MOST) return;
      world.live.push(stream);
      world.wait(pushedForMs);
      const at = world.now().toISOString();
      const report = weaponsReport({ stream, category, score: 0.9, occurredAt: at, receivedAt: at });
      world.account.accepted(report);
      reports.push(report);
      world.send(reportsMessage([report]));
      await world.deliver(world.letters() - 1);
      if (ignored) world.live.ignorePauses(stream, true);
      await workOff(world, fate);
      if (ignored) {
        world.wait(2 * MINUTE_MS);
        await world.deliver(world.letters() - 1); // the check of the pause, if there is one
        await workOff(world);
        world.live.ignorePauses(stream, false);
      }
      for (const { afterMs, told: calls } of rounds) {
        world.wait(afterMs);
        world.live.push(stream);
        for (const [which, lateMs] of calls) {
          const { length } = world.live.pushes.callbacks;
          if (world.processes.length >= WORKERS_AT_MOST || which >= length) continue;
          world.wait(lateMs);
          await world.callBack(length - 1 - which);
          await workOff(world);
        }
      }
    });
  });

const ignorePauses = fc.tuple(streamPick, fc.boolean()).map(([streamPick, ignored]) =>
  command(`ignorePauses(stream ${streamPick}, ${ignored})`, (world, { streams }) => {
    const stream = streams[streamPick];
    if (stream) world.live.ignorePauses(stream, ignored);
  }),
);

/** The sender did not get our answer, and sends the report again. */
const reportAgain = pick.map((which) =>
  command(`reportAgain(${which})`, (world, { reports }) => {
    const sent = at(reports, which);
    if (sent) world.send(reportsMessage([{ ...sent, receivedAt: world.now().toISOString() }]));
  }),
);

const operatorOrder = fc
  .record({
    streamPick,
    action: fc.constantFrom<OperatorOrder["action"]>("disable", "disable", "enable", "enable", "pause"),
    forMs: fc.constantFrom(MINUTE_MS, 200 * HOUR_MS),
    outranksMs: fc.constantFrom(0, 0, 24 * HOUR_MS),
  })
  .map(({ streamPick, action, forMs, outranksMs }) =>
    command(`operator(${action}, stream ${streamPick}, ${forMs} ms, outranks ${outranksMs} ms)`, (world, sketch) => {
      const stream = sketch.streams[streamPick];
      if (!stream) return;
      const nowMs = world.now().getTime();
      const order: OperatorOrder = {
        ...{ orderId: `op-${randomUUID()}`, index: 0, stream, action, reason: "INC-881", requestedBy: "ana" },
        ...(action === "disable" && { resumeTime: toSecondsUtc(new Date(nowMs + forMs)) }),
        requestedAt: world.now().toISOString(),
        overridesRulesUntil: new Date(nowMs + outranksMs).toISOString(),
      };
      world.account.asked(order);
      sketch.orderIds.push(order.orderId);
      return world.ask(order);
    }),
  );

/** Of some streams at once, one of them perhaps out of scope. */
const batch = fc
  .record({
    picks: fc.constantFrom([0, 1], [1, 0], [0], [2, 0, 3]),
    action: fc.constantFrom<OperatorOrder["action"]>("disable", "disable", "enable", "pause"),
    expiresMs: fc.constantFrom(SECOND_MS, 2 * MINUTE_MS),
  })
  .map(({ picks, action, expiresMs }) =>
    command(`batch(${action}, streams ${picks}, expires after ${expiresMs} ms)`, (world, { streams, orderIds }) => {
      const of = picks.flatMap((pick) => streams[pick] ?? []);
      const expiresAt = new Date(world.now().getTime() + expiresMs).toISOString();
      const plan = aPlan(of, world.now(), { action, expiresAt });
      const { resumeTime } = planSchema.parse(JSON.parse(plan.head));
      world.account.planned(
        of.map((stream, index) => ({
          ...{ orderId: plan.orderId, index, stream, action, reason: "INC-881", requestedBy: ALICE },
          ...(resumeTime !== undefined && { resumeTime }),
          ...{ requestedAt: "when it is applied", overridesRulesUntil: "a day later" },
        })),
      );
      orderIds.push(plan.orderId);
      return world.apply(plan);
    }),
  );

const cancel = pick.map((which) =>
  command(`cancel(${which})`, (world, { orderIds }) => {
    const orderId = at(orderIds, which);
    return orderId === undefined ? undefined : world.cancel(orderId);
  }),
);

/** What of a batch was to be put on the queue, or a stream of it, once more; or what it has not. */
const forgedBatch = fc.tuple(pick, fc.boolean(), fc.nat({ max: 3 })).map(([which, whole, index]) =>
  command(`forgedBatch(${which}, ${whole ? "from" : "order"} ${index})`, (world, { orderIds }) => {
    const orderId = at(orderIds, which);
    if (orderId === undefined) return;
    world.send(whole ? { kind: "batch", orderId, from: index } : { kind: "order", orderId, index }, true);
    return world.deliver(world.letters() - 1);
  }),
);

const forgedOrder = fc.constant(
  command("forgedOrder()", (world) => {
    world.send({ kind: "order", orderId: `op-${randomUUID()}`, index: 0 });
    return world.deliver(world.letters() - 1);
  }),
);

/** The newest message, or any that was ever sent: again, late, or for the first time. */
const deliver = fc.tuple(fc.boolean(), pick).map(([newest, which]) =>
  command(`deliver(${newest ? "the newest" : which})`, (world) => {
    if (world.processes.length >= WORKERS_AT_MOST || world.letters() === 0) return;
    return world.deliver(newest ? world.letters() - 1 : which % world.letters());
  }),
);

const STEPS_TO_THE_END = 40;

/** Some steps of one process, and what becomes of the last of them. */
const go = fc
  .tuple(pick, fc.oneof(fc.integer({ min: 1, max: 14 }), fc.constant(STEPS_TO_THE_END)), fates)
  .map(([which, steps, fate]) =>
    command(`go(process ${which}, ${steps} steps, ${fate})`, async (world) => {
      const process = at(world.processes, which);
      for (let step = 1; step <= steps && process && world.processes.includes(process); step++) {
        await world.step(world.processes.indexOf(process), step === steps ? fate : "do");
      }
    }),
  );

/** A worker gets a letter and does all of it, so many times in a row; what it sends has this fate, or is the last it does. */
const insist = fc
  .record({
    letter: fc.option(pick, { nil: -1 }),
    times: fc.integer({ min: 1, max: 5 }),
    everyMs: fc.constantFrom(0, 0, 25 * SECOND_MS, 3 * MINUTE_MS),
    fate: fates,
    dies: fc.boolean(),
  })
  .map(({ letter, times, everyMs, fate, dies }) =>
    command(`insist(letter ${letter}, ${times} times, every ${everyMs} ms, ${fate}, ${dies})`, async (world) => {
      for (let time = 0; time < times && world.letters() > 0; time++) {
        if (world.processes.length >= WORKERS_AT_MOST) return;
        await world.deliver(letter < 0 ? world.letters() - 1 : letter % world.letters());
        const worker = world.processes.at(-1);
        while (worker && world.processes.includes(worker)) {
          const index = world.processes.indexOf(worker);
          const isAnswer = worker.next()?.endsWith("is answered") === true;
          if (isAnswer && dies) world.crash(index, fate !== "vanished");
          else await world.step(index, isAnswer ? fate : "do");
        }
        world.wait(everyMs);
      }
    }),
  );

/** One process goes on until this would be its next step. */
const upTo = fc
  .tuple(
    pick,
    fc.constantFrom("decision is written", "order is placed", "intent is written", "leaves", "is answered", "is ended"),
  )
  .map(([which, name]) =>
    command(`upTo(process ${which}, ${name})`, async (world) => {
      const process = at(world.processes, which);
      while (process && world.processes.includes(process) && !process.next()?.endsWith(name)) {
        await world.step(world.processes.indexOf(process), "do");
      }
    }),
  );

const crash = fc.tuple(pick, fc.boolean()).map(([which, arrives]) =>
  command(`crash(process ${which}, its call ${arrives ? "arrives" : "is lost"})`, (world) => {
    if (world.processes.length > 0) world.crash(which % world.processes.length, arrives);
  }),
);

const wait = fc
  .constantFrom(
    ...[SECOND_MS, 5 * SECOND_MS, 11 * SECOND_MS, 25 * SECOND_MS, 90 * SECOND_MS, 3 * MINUTE_MS],
    ...[11 * MINUTE_MS, 25 * HOUR_MS],
  )
  .map((ms) => command(`wait(${ms} ms)`, (world) => world.wait(ms)));

const mode = fc
  .constantFrom<Mode>("observe", "enforce")
  .map((to) => command(`mode(${to})`, (world) => world.setMode(to)));

const freeze = fc.boolean().map((frozen) => command(`freeze(${frozen})`, (world) => world.setFrozen(frozen)));

export const stories = (maxCommands: number) =>
  fc.commands(
    [
      fc.oneof(
        { weight: 4, arbitrary: report },
        { weight: 2, arbitrary: reportAgain },
        { weight: 1, arbitrary: publish },
        { weight: 5, arbitrary: comesBack },
        { weight: 6, arbitrary: push },
        { weight: 6, arbitrary: callback },
        { weight: 1, arbitrary: ignorePauses },
        { weight: 4, arbitrary: operatorOrder },
        { weight: 3, arbitrary: batch },
        { weight: 1, arbitrary: cancel },
        { weight: 1, arbitrary: forgedBatch },
        { weight: 6, arbitrary: deliver },
        { weight: 10, arbitrary: go },
        { weight: 5, arbitrary: insist },
        { weight: 6, arbitrary: upTo },
        { weight: 3, arbitrary: crash },
        { weight: 4, arbitrary: wait },
        { weight: 2, arbitrary: mode },
        { weight: 1, arbitrary: freeze },
        { weight: 1, arbitrary: forgedOrder },
      ),
    ],
    { maxCommands, size: "max" },
  );
