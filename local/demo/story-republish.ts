/**
 * The last steps of the story, on a second stream: it is paused and re-published. Live calls back about each push, so the stream is cut
 * again, and is disabled after the policy's number of re-publishes.
 */

import {
  effects,
  endedOrder,
  expectThat,
  fault,
  giveLimitsBack,
  handled,
  incident,
  nextEvent,
  openScene,
  pausedByRule,
  readEvent,
  type Scene,
  type Step,
  sendReport,
  tellOfPushes,
  toldOf,
  until,
} from "./scene.ts";
import { PUSH_SOURCE } from "./world.ts";

/**
 * More than two seconds, because callbacks and Live's answers have whole seconds only: a push that began sooner after the cut, whose answer was
 * slow, might be the one that was cut, and would not count as a re-publish.
 */
const COMES_BACK_AFTER_MS = 2_050;

function republishingOf({ republishing }: Scene): Scene {
  if (!republishing) throw new Error("the second stream has no encoder");
  return republishing;
}

/** Restores the state that the next run of the story expects. */
async function close(scene: Scene): Promise<void> {
  const { simulator, stream } = republishingOf(scene);
  simulator.changeSettings({ notifications: [] });
  simulator.removeEncoders(stream);
  // Enables by an order, because the audit of a later run would report a change without one as drift.
  const answer = await incident(scene, { ...(await readEvent("incident-enable")), streams: [stream] });
  expectThat(answer.ok && answer.results[0]?.outcome === "verified", "it is enabled again", answer);
  await giveLimitsBack(scene);
}

export const REPUBLISH_STEPS: readonly Step[] = [
  {
    name: "told",
    title: "Live calls back about another stream's push: no order is in force, so nothing is written",
    async play(scene) {
      const { world, simulator, stream } = scene;
      const before = await effects(scene);
      const done = handled(scene, (key) => key.startsWith(`${PUSH_SOURCE}#`));
      done.catch(() => undefined); // awaited below, unless the callback itself was refused
      tellOfPushes(scene);
      const second = { ...stream, stream: `${stream.stream}-again` };
      scene.republishing = openScene(world, simulator, second, COMES_BACK_AFTER_MS);
      const { status } = await toldOf(scene.republishing, await nextEvent(scene.republishing, "started"));
      expectThat(status === 200, "its callback is answered with 200", { status });
      const { outcome } = await done;
      const after = await effects(scene);
      expectThat(JSON.stringify(before) === JSON.stringify(after), "nothing was added", { before, after, outcome });
      return `PUBLISH of ${second.stream}: 200, ${outcome}`;
    },
    sabotage({ sender }) {
      sender.pushKey = "a-key-that-the-source-does-not-have";
    },
  },
  {
    name: "paused-too",
    title: "that stream is reported, and paused by the rule",
    async play(scene) {
      const republishing = republishingOf(scene);
      await sendReport(republishing);
      return pausedByRule(republishing);
    },
    sabotage: (scene) => fault(scene, "POST", "stream/block-once", { kind: "ignore-write" }),
  },
  {
    name: "republish",
    title: "it is re-published, and cut again on Live's callback",
    async play(scene) {
      const republishing = republishingOf(scene);
      const back = await nextEvent(republishing, "reconnected");
      const cut = await nextEvent(republishing, "cut");
      const { sentAt } = await toldOf(republishing, back);
      const { action, outcome, authority } = await endedOrder(republishing, 2);
      const isFirst = authority.republish?.after === 1 && authority.republish.times === 1;
      const seen = { action, outcome, authority };
      expectThat(
        action === "pause" && (outcome === "accepted" || outcome === "verified") && isFirst,
        "order 2 belongs to the first re-publish",
        seen,
      );
      return `${Date.parse(cut.time) - Date.parse(sentAt ?? "")} ms from the callback to the cut`;
    },
    sabotage: ({ simulator }) => simulator.changeSettings({ callbacks: { drop: 1 } }),
  },
  {
    name: "off-for-good",
    title: "it is re-published once more, and disabled; the ledger has every step",
    async play(scene) {
      const republishing = republishingOf(scene);
      await nextEvent(republishing, "reconnected");
      await nextEvent(republishing, "cut");
      const { resumeTime } = await endedOrder(republishing, 3);
      const orders = await until("Live has reported the end of both pushes", async () => {
        const all = (await republishing.ledger.recentOrders(republishing.stream)).toReversed();
        return all.some(({ outcome }) => outcome === "accepted") ? undefined : all;
      });
      const rules = orders.map(({ authority }) => authority.kind === "rule" && authority.rule);
      const story = orders.map(({ action, outcome, authority: { republish } }) =>
        republish ? `${action} at re-publish ${republish.times} ${outcome}` : `${action} ${outcome}`,
      );
      expectThat(
        story.join(", ") === "pause verified, pause at re-publish 1 verified, disable at re-publish 2 verified" &&
          new Set(rules).size === 1,
        "the ledger has the proven pause and both re-publishes, by one rule",
        orders,
      );
      await close(scene);
      return `off until ${resumeTime}: ${story.join(", ")}`;
    },
    sabotage: (scene) => fault(scene, "POST", "stream/blocks", { kind: "ignore-write" }),
  },
];
