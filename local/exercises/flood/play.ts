/** One flood on a running world: everybody pushes, the audit counts them, a person says enforce, the thief posts, and all of it is waited for. */
import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import { SOURCE_SECRET } from "../../demo/world.ts";
import type { Simulator } from "../../live/simulator-types.ts";
import type { Stack } from "../../stack/stack.ts";
import { queuesAreEmpty } from "../gameday/collect.ts";
import { countDeadLetters, listReviews, readLedger, readLive } from "./gather.ts";
import type { FloodMaterial, Run } from "./inputs.ts";
import { type FloodPlan, type FloodSize, SOURCE } from "./load-profile.ts";
import { pour } from "./send-load.ts";

const DRAIN_POLL_MS = 500;

/** A busy machine handles a few reports a second. */
const PATIENCE_MS_A_REPORT = 250;

export interface PlayOptions {
  readonly size: FloodSize;
  readonly plan: FloodPlan;
  readonly limits: Run["limits"];
  /** Filled while the flood goes on. */
  readonly alerts: readonly { readonly name: string }[];
  /** For whoever watches. */
  readonly tell: (line: string) => void;
}

export async function play(
  { stack, simulator }: { readonly stack: Stack; readonly simulator: Simulator },
  { size, plan, limits, alerts, tell }: PlayOptions,
): Promise<FloodMaterial> {
  simulator.addEncoders(plan.streams);
  await stack.runSchedule(); // counts what is live
  await stack.invoke("incident", {
    ...{ action: "mode", mode: "enforce", dryRun: false },
    ...{ reason: "flood", requestedBy: "ana@example.com" },
  });

  const startedMs = Date.now();
  const handled = countHandled(stack);
  let posted = 0;
  let accepted = 0;
  const say = (what: string) =>
    tell(
      `${((Date.now() - startedMs) / SECOND_MS).toFixed(0).padStart(4)} s  ${what}: ${posted} posted, ${accepted} accepted, ` +
        `${handled.count()} handled`,
    );
  const posts = await pour(plan.reports, {
    ...{ gatewayUrl: stack.gatewayUrl, stolenKey: SOURCE_SECRET },
    onPosted({ status }) {
      posted += 1;
      if (status === 202) accepted += 1;
      if (posted % 50 === 0) say("the flood");
    },
  });
  const pouredAt = new Date().toISOString();
  const giveUpMs = Date.now() + MINUTE_MS + PATIENCE_MS_A_REPORT * size.reports;
  let calm = 0;
  while (calm < 2 && Date.now() < giveUpMs) {
    await sleep(DRAIN_POLL_MS);
    calm = (await queuesAreEmpty(stack)) ? calm + 1 : 0;
    say("what is left on the queues");
  }
  handled.stop();
  const endedAt = new Date().toISOString();
  const startedAt = new Date(startedMs).toISOString();
  const live = readLive(simulator); // before the rest, for it lasts: encoders come back meanwhile
  tell("the ledger and the list of what waits for a person are read");
  return {
    run: { ...size, limits, startedAt, pouredAt, endedAt, drained: calm === 2 },
    ...{ posts, ...live, ...(await readLedger(stack)), reviews: await listReviews(stack) },
    ...{ deadLetters: await countDeadLetters(stack), alerts: alerts.map(({ name }) => name) },
  };
}

/** By the worker's own lines, for whoever watches; the scorecard does not rest on it. */
function countHandled(stack: Pick<Stack, "onLog">) {
  let count = 0;
  const stop = stack.onLog(({ line }) => {
    if (line.includes("message.handled") && line.includes(`${SOURCE}#`)) count += 1;
  });
  return { stop, count: () => count };
}
