/** What happens in a story: each scene has streams of its own, and gives events of other types. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Stream } from "../../../lib/core/stream.ts";
import type { Simulator } from "../../../local/live/simulator-types.ts";
import { type People, VENDOR } from "./people.ts";

export interface Scene {
  readonly people: People;
  readonly simulator: Simulator;
  /** Unique in the run. */
  readonly name: string;
}

/** Live calls back about pushes to this domain, and not about pushes to the other one. */
export const CALLS_BACK = "push.example.com";
const SILENT = "publish.example.huawei.com";
/** A push that comes back sooner might be the one that was cut. */
const COMES_BACK_AFTER_MS = 2_050;
const WAITS_MS = 5_000;

function pushed({ simulator, name }: Scene, which: string, domain = SILENT, reconnectAfterMs = 400): Stream {
  const stream = { domain, app: "live", stream: `${name}-${which}` };
  simulator.addEncoders([{ ...stream, reconnectAfterMs }]);
  return stream;
}

/** Paused, disabled on the repeat, enabled by a person, and disabled again by one. */
async function repeated(scene: Scene): Promise<void> {
  const { people, name } = scene;
  const stream = pushed(scene, "repeated");
  await people.ended(await people.report(`${name}-r1`, stream, "nudity", 0.93));
  await people.ended(await people.report(`${name}-r2`, stream, "nudity", 0.95));
  await people.ask("alice", { action: "enable", streams: [stream], dryRun: false });
  await people.ask("bob", { action: "disable", streams: [stream], hours: 24, dryRun: false });
}

/** Disabled by a rule; the broadcaster appeals, and another person grants it. */
async function appealed(scene: Scene): Promise<void> {
  const { people, name } = scene;
  const stream = pushed(scene, "appealed");
  await people.ended(await people.report(`${name}-a1`, stream, "csam", 0.97));
  const key = await people.appeal(`${name}-a2`, stream, 1);
  await people.ended(key);
  await people.ask("bob", { action: "review", report: key, verdict: "approve", because: "context", dryRun: false });
}

/** A batch with a plan. */
async function planned(scene: Scene): Promise<void> {
  const { people } = scene;
  const streams = ["p1", "p2", "p3"].map((which) => pushed(scene, which));
  const { plan } = await people.ask("alice", { action: "plan", wanted: "disable", streams, hours: 24 });
  if (!plan) return;
  await people.ask("alice", { action: "apply", orderId: plan.orderId, planSha256: plan.sha256 });
}

/** Two cases for a person: one is approved, one rejected. */
async function reviewed(scene: Scene): Promise<void> {
  const { people, name } = scene;
  for (const [which, verdict] of [["v1", "approve"] as const, ["v2", "reject"] as const]) {
    const key = await people.report(`${name}-${which}`, pushed(scene, which), "csam", 0.3);
    await people.ended(key);
    const more = verdict === "approve" && { as: "disable", hours: 24 };
    await people.ask("alice", { action: "review", report: key, verdict, ...more, dryRun: false });
  }
}

/** What a frozen source reports is held for a person. */
async function frozen({ people, name, ...scene }: Scene): Promise<void> {
  const freeze = (state: boolean) =>
    people.ask("alice", { action: "mode", source: VENDOR, frozen: state, dryRun: false });
  await freeze(true);
  const stream = pushed({ people, name, ...scene }, "frozen");
  await people.ended(await people.report(`${name}-f1`, stream, "weapons", 0.95, VENDOR));
  await freeze(false);
}

/** Paused, pushed again, and paused again on Live's callback. */
async function republished(scene: Scene): Promise<void> {
  const { people, name } = scene;
  const stream = pushed(scene, "again", CALLS_BACK, COMES_BACK_AFTER_MS);
  await people.ended(await people.report(`${name}-p1`, stream, "nudity", 0.93));
  await sleep(WAITS_MS);
  scene.simulator.removeEncoders(stream);
}

export const SCENES = [repeated, appealed, planned, reviewed, frozen, republished] as const;
