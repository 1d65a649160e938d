/** Plays one incident: the operators plan, approve, apply, watch and undo it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { OPERATORS } from "../../demo/world.ts";
import { waitUntil } from "../collect.ts";
import type { Command } from "../evidence.ts";
import type { Stage } from "../stage.ts";
import type { Killer } from "./kill-workers.ts";
import { createOperator, type Operator } from "./operator.ts";
import { rotateKeys } from "./rotate-keys.ts";
import {
  AFTER_APPLY,
  AFTER_SECOND_UNDO,
  AFTER_UNDO,
  type Drill,
  type DrillOptions,
  type DrillRotation,
} from "./run.ts";
import { RAID, type Scene } from "./scene.ts";

export interface DrillStage extends Stage {
  readonly options: DrillOptions;
  readonly scene: Scene;
  /** Only if functions are to be killed. */
  readonly killer: Killer | undefined;
}

/** Shares of calls that Live refuses, and that it carries out without an answer. */
const THROTTLED = 0.05;
const LOST = 0.02;
/** The share of Live's quota that offair may use, as in serverless.yml: `liveQuotaShare`. */
const PACE_SHARE = 0.8;

const BECAUSE = ["--reason", "INC-881: a raid on live"];
/** As in a script: nobody is there to answer a question. */
const CONFIRMED = [...BECAUSE, "--yes"];
const SLOW_POLL_MS = 500;
/** An encoder reconnects every two seconds. */
const BACK_MS = 15_000;
const PATIENCE_MS = 10 * MINUTE_MS;

export async function play(stage: DrillStage): Promise<Drill> {
  const { stack, simulator, scene, killer } = stage;
  simulator.addEncoders(scene.encoders);
  await stack.runSchedule(); // counts the live streams
  const people = callOut(stage);
  const { alice, bob } = people;
  await alice.type("mode", "enforce", "--reason", "the drill").ended;
  simulator.addFault({
    ...{ id: "throttled", kind: "status", status: 429, code: "APIGW.0308", msg: "throttled" },
    probability: THROTTLED,
  });
  simulator.addFault({ id: "answer lost", kind: "drop-after-commit", probability: LOST });

  const startedAt = new Date().toISOString();
  const off = await planRaid(people);
  await alice.type("apply", ...off, ...CONFIRMED).ended; // refused, because the plan needs a second person
  await alice.type("approve", ...off, ...CONFIRMED).ended;
  await bob.type("approve", ...off, ...CONFIRMED).ended;
  const rotating = stage.options.rotate ? rotateInTheMiddle(stage) : undefined;
  await (killer ? applyThroughKills(off, people, killer, stage) : applyAndWatch(off, people));
  stage.noteLive(AFTER_APPLY);
  await alice.type("apply", ...off, ...CONFIRMED).ended; // refused, because a plan can be applied once
  const undo = await undoPlan(off, people);
  await allBack(stage);
  stage.noteLive(AFTER_UNDO);
  const again = killer && (await undoWhileItRuns(people, stage));
  const rotation = await rotating;
  const drained = await stage.drained(MINUTE_MS, "messages of killed workers"); // they return to the queue after their visibility timeout
  for (const { id, fired } of simulator.faults()) stage.note(id, fired);
  for (const [name, count] of Object.entries(killer?.killed ?? {})) stage.note(`${name} killed`, count);
  return {
    ...{ ...stage.options, targets: [...scene.targets], drained },
    writesAMinute: paceOf(stage),
    plans: { off: off[0], undo: undo[0], ...again },
    ...(rotation && { rotation }),
    ...{ startedAt, endedAt: new Date().toISOString() },
  };
}

/** Writes a minute of all users: their quotas, or the limit for all of them, if that is less. */
function paceOf({ simulator, options: { users } }: DrillStage): number {
  const { quotas, ceilings } = simulator.state().settings;
  return Math.min(users * quotas.writeBlocks, ceilings.writeBlocks) * PACE_SHARE;
}

/** Begins when a part of the raid's streams is off. */
async function rotateInTheMiddle(stage: DrillStage): Promise<DrillRotation> {
  const count = countDisabled(stage);
  await waitUntil(() => count() >= stage.options.streams * 0.1, PATIENCE_MS);
  return rotateKeys(stage, stage.killer);
}

interface People {
  readonly alice: Operator;
  readonly bob: Operator;
}

function callOut({ stack, noteCommand, tell }: Stage): People {
  const onEnded = (command: Command) => {
    noteCommand(command);
    tell(`${command.who}: offair ${command.args[0]} (exit code ${command.exit})`);
  };
  const at = { url: stack.gatewayUrl, onEnded };
  return { alice: createOperator("alice", OPERATORS.alice, at), bob: createOperator("bob", OPERATORS.bob, at) };
}

/** The arguments of a plan: `ID --sha256 HEX`. */
type PlanWords = readonly [orderId: string, flag: "--sha256", sha256: string];

async function planRaid({ alice }: People): Promise<PlanWords> {
  const { domain, app, name, client } = RAID;
  const where = ["--live", domain, "--app", app, "--name", name, "--client", client];
  return wordsOf(await alice.type("plan", "--disable", "--for", "24h", ...BECAUSE, ...where).ended);
}

/** Reads the plan's id and hash from the command's output, as the second person does. */
function wordsOf({ stdout, stderr, args }: Command): PlanWords {
  const [, orderId] = /^PLAN (op-\S+):/m.exec(stdout) ?? [];
  const [, sha256] = /^sha256 +([0-9a-f]{64})$/m.exec(stdout) ?? [];
  if (orderId === undefined || sha256 === undefined) throw new Error(`offair ${args[0]} made no plan: ${stderr}`);
  return [orderId, "--sha256", sha256];
}

async function applyAndWatch(off: PlanWords, { alice }: People): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "offair-drill-"));
  await patiently(alice.type("apply", ...off, ...CONFIRMED, "--out", join(directory, "results.ndjson")));
  rmSync(directory, { recursive: true, force: true });
}

/** Kills the applying function, a worker during its work, and the terminal of the operator who watches. */
async function applyThroughKills(off: PlanWords, { alice, bob }: People, killer: Killer, stage: DrillStage) {
  const { stack, simulator, options } = stage;
  const slow = simulator.addFault({ id: "slow while killed", kind: "delay", ms: 40 }); // so that the kill hits work in progress
  const count = countDisabled(stage);
  killer.killAtNextMessage(stack, "incident"); // the batch is queued, and the plan is not yet marked as applied
  const applying = alice.type("apply", ...off, ...CONFIRMED);
  await waitUntil(() => count() >= options.streams * 0.2, PATIENCE_MS);
  await killer.kill(stack, "worker");
  await waitUntil(() => count() >= options.streams * 0.4, PATIENCE_MS);
  stage.note("terminal killed", 1);
  applying.kill();
  await applying.ended;
  await patiently(bob.type("watch", off[0]));
  simulator.removeFaults(slow.id);
}

async function undoPlan(off: PlanWords, { alice, bob }: People): Promise<PlanWords> {
  const because = ["--reason", "INC-881 is over"];
  const undo = wordsOf(await alice.type("undo", off[0], ...because).ended);
  await bob.type("approve", ...undo, ...because, "--yes").ended;
  await patiently(alice.type("apply", ...undo, ...because, "--yes"));
  return undo;
}

async function undoWhileItRuns(people: People, stage: DrillStage): Promise<Partial<Drill["plans"]>> {
  const { alice, bob } = people;
  const { simulator } = stage;
  const off = await planRaid(people);
  await bob.type("approve", ...off, ...CONFIRMED).ended;
  const slow = simulator.addFault({ id: "slow while undone", kind: "delay", ms: 250 });
  const count = countDisabled(stage);
  await alice.type("apply", ...off, ...CONFIRMED, "--no-watch").ended;
  await waitUntil(() => count() >= 1, PATIENCE_MS);
  const undo = await undoPlan(off, people);
  simulator.removeFaults(slow.id);
  await patiently(bob.type("watch", off[0]));
  await allBack(stage);
  stage.noteLive(AFTER_SECOND_UNDO);
  return { offAgain: off[0], undoAgain: undo[0] };
}

/** Counts the disables that Live carries out from now on. */
function countDisabled({ simulator }: Stage): () => number {
  const since = simulator.calls().at(-1)?.seq ?? 0;
  return () =>
    simulator
      .calls(since)
      .filter(({ method, path, committed }) => method === "POST" && path === "stream/blocks" && committed).length;
}

async function patiently({ ended, kill }: ReturnType<Operator["type"]>): Promise<void> {
  const limit = setTimeout(kill, PATIENCE_MS);
  await ended.finally(() => clearTimeout(limit));
}

const allBack = ({ simulator }: Stage): Promise<boolean> =>
  waitUntil(() => simulator.state().encoders.every(({ online }) => online), BACK_MS, SLOW_POLL_MS);
