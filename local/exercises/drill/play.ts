/** One incident on a running world, by the people who are on call: planned, approved, applied, watched to its end, taken back. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { OPERATORS } from "../../demo/world.ts";
import type { Simulator } from "../../live/simulator-types.ts";
import type { Stack } from "../../stack/stack.ts";
import { countDeadLetters } from "../flood/gather.ts";
import { queuesAreEmpty } from "../gameday/collect.ts";
import { readLedger, readLive } from "./gather.ts";
import type { DrillMaterial, Plans, Run } from "./inputs.ts";
import type { Killer } from "./kill-workers.ts";
import { createOperator, type Operator, type Typed } from "./operator.ts";
import { RAID, type Scene, type SceneSize } from "./scene.ts";

export interface PlayDeps {
  readonly stack: Stack;
  readonly simulator: Simulator;
  readonly size: SceneSize;
  readonly scene: Scene;
  readonly writesAMinute: number;
  /** Only where somebody is to kill. */
  readonly killer?: Killer | undefined;
  /** For files that the operators write; empty. */
  readonly directory: string;
  readonly tell: (line: string) => void;
}

/** Of all calls, those that Live turns down, and those that it does without a word. */
const THROTTLED = 0.05;
const LOST = 0.02;

const BECAUSE = ["--reason", "INC-881: a raid on live"];
const POLL_MS = 20;
const SLOW_POLL_MS = 500;

/** An encoder tries again every two seconds. */
const BACK_MS = 15_000;
const PATIENCE_MS = 10 * MINUTE_MS;

export async function play(deps: PlayDeps): Promise<DrillMaterial> {
  const { stack, simulator, size, scene, killer } = deps;
  simulator.addEncoders(scene.encoders);
  await stack.runSchedule(); // counts what is live
  const people = callOut(deps);
  await people.alice.type("mode", "enforce", "--reason", "the drill").ended;
  simulator.addFault({
    ...{ id: "throttled", kind: "status", status: 429, code: "APIGW.0308", msg: "throttled" },
    probability: THROTTLED,
  });
  simulator.addFault({ id: "answer lost", kind: "drop-after-commit", probability: LOST });

  const startedAt = new Date().toISOString();
  const off = await planRaid(people);
  await people.alice.type("apply", ...off, ...BECAUSE).ended; // alone she may not
  await people.alice.type("approve", ...off, ...BECAUSE).ended;
  await people.bob.type("approve", ...off, ...BECAUSE).ended;
  await (killer ? applyThroughKills(off, people, killer, deps) : applyAndWatch(off, people, deps));
  const afterApply = readLive(simulator);
  await people.alice.type("apply", ...off, ...BECAUSE).ended; // a plan is used once
  const undo = await takeBack(off, people);
  await allBack(deps);
  const afterUndo = readLive(simulator);
  const again = killer && (await undoWhileItRuns(people, deps));
  await calm(stack);

  const run: Run = {
    ...{ ...size, kill: killer !== undefined, writesAMinute: deps.writesAMinute },
    ...{ startedAt, endedAt: new Date().toISOString() },
  };
  const plans: Plans = { off: off[0], undo: undo[0], ...again };
  return {
    ...{ run, plans, targets: scene.targets, typed: people.typed },
    ...{ afterApply, afterUndo, afterSecondUndo: again && readLive(simulator) },
    ...(await readLedger(stack)),
    ...{ calls: simulator.calls(), deadLetters: await countDeadLetters(stack) },
    struck: { ...Object.fromEntries(simulator.faults().map(({ id, fired }) => [id, fired])), ...killer?.struck() },
  };
}

interface People {
  readonly alice: Operator;
  readonly bob: Operator;
  readonly typed: readonly Typed[];
}

function callOut({ stack, tell }: PlayDeps): People {
  const typed: Typed[] = [];
  const at = {
    url: stack.gatewayUrl,
    tell(each: Typed) {
      typed.push(each);
      tell(`${each.who}: offair ${each.args[0]} (exit code ${each.exit}, ${(each.tookMs / 1_000).toFixed(1)} s)`);
    },
  };
  const { alice, bob } = OPERATORS;
  return { alice: createOperator("alice", alice, at), bob: createOperator("bob", bob, at), typed };
}

/** As it is typed: `ID --sha256 HEX`. */
type PlanWords = readonly [orderId: string, flag: "--sha256", sha256: string];

async function planRaid({ alice }: People): Promise<PlanWords> {
  const { domain, app, name, client } = RAID;
  const where = ["--live", domain, "--app", app, "--name", name, "--client", client];
  return wordsOf(await alice.type("plan", "--disable", "--for", "24h", ...BECAUSE, ...where).ended);
}

/** What the next person copies from what the first one was shown. */
function wordsOf({ said, warned, args }: Typed): PlanWords {
  const [, orderId] = /^PLAN (op-\S+):/m.exec(said) ?? [];
  const [, sha256] = /^sha256 +([0-9a-f]{64})$/m.exec(said) ?? [];
  if (orderId === undefined || sha256 === undefined) throw new Error(`offair ${args[0]} made no plan: ${warned}`);
  return [orderId, "--sha256", sha256];
}

async function applyAndWatch(off: PlanWords, { alice }: People, { directory }: PlayDeps): Promise<void> {
  const file = join(directory, "results.ndjson");
  await patiently(alice.type("apply", ...off, ...BECAUSE, "--out", file));
}

/** The function that applies, a worker in the middle of its work, and the terminal of whoever watches. */
async function applyThroughKills(off: PlanWords, { alice, bob }: People, killer: Killer, deps: PlayDeps) {
  const slow = deps.simulator.addFault({ id: "slow while killed", kind: "delay", ms: 40 }); // so that there is a middle
  const count = countDisabled(deps);
  killer.atNextOrder("incident"); // the message of the batch is on its queue, and the plan is not applied yet
  const applying = alice.type("apply", ...off, ...BECAUSE);
  await until(() => count() >= deps.size.streams * 0.2);
  await killer.kill("worker");
  await until(() => count() >= deps.size.streams * 0.4);
  killer.note("terminal");
  applying.kill();
  await applying.ended;
  await patiently(bob.type("watch", off[0]));
  deps.simulator.removeFaults(slow.id);
}

async function takeBack(off: PlanWords, { alice, bob }: People): Promise<PlanWords> {
  const because = ["--reason", "INC-881 is over"];
  const undo = wordsOf(await alice.type("undo", off[0], ...because).ended);
  await bob.type("approve", ...undo, ...because).ended;
  await patiently(alice.type("apply", ...undo, ...because));
  return undo;
}

async function undoWhileItRuns(people: People, deps: PlayDeps): Promise<Pick<Plans, "offAgain" | "undoAgain">> {
  const { alice, bob } = people;
  const off = await planRaid(people);
  await bob.type("approve", ...off, ...BECAUSE).ended;
  const slow = deps.simulator.addFault({ id: "slow while undone", kind: "delay", ms: 250 });
  const count = countDisabled(deps);
  await alice.type("apply", ...off, ...BECAUSE, "--no-watch").ended;
  await until(() => count() >= 1);
  const undo = await takeBack(off, people);
  deps.simulator.removeFaults(slow.id);
  await patiently(bob.type("watch", off[0]));
  await allBack(deps);
  return { offAgain: off[0], undoAgain: undo[0] };
}

/** Disables that Live has done from now on. */
function countDisabled({ simulator }: PlayDeps): () => number {
  let seq = simulator.calls().at(-1)?.seq ?? 0;
  let count = 0;
  return () => {
    for (const call of simulator.calls(seq)) {
      seq = call.seq;
      if (call.method === "POST" && call.committed) count += 1;
    }
    return count;
  };
}

/** The story goes on in any case: that something did not happen, the scorecard will say. */
async function until(
  isSo: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
  everyMs = POLL_MS,
): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (!(await isSo()) && Date.now() < giveUpAt) await sleep(everyMs);
}

async function patiently(typing: ReturnType<Operator["type"]>): Promise<Typed> {
  const limit = setTimeout(typing.kill, PATIENCE_MS);
  return typing.ended.finally(() => clearTimeout(limit));
}

const allBack = ({ simulator }: PlayDeps): Promise<void> =>
  until(() => simulator.state().encoders.every(({ online }) => online), BACK_MS, SLOW_POLL_MS);

/** What was killed comes back onto its queue when its time is over. */
const calm = (stack: Stack): Promise<void> => until(() => queuesAreEmpty(stack), MINUTE_MS, SLOW_POLL_MS);
