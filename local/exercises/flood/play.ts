/** Plays one flood: all streams are live, an audit counts them, the mode is enforce, the attacker posts, and all work ends. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { SOURCE_SECRET } from "../../demo/world.ts";
import type { Stack } from "../../stack/stack.ts";
import type { Stage } from "../stage.ts";
import type { LoadProfile } from "./load-profile.ts";
import type { Flood, floodOptions } from "./run.ts";

/** A busy machine handles a few reports a second. */
const PATIENCE_MS_A_REPORT = 250;
/** Maximum number of posts in flight; more would wait inside the local stack and time out. */
const CONCURRENCY = 32;

export interface FloodSetup {
  readonly options: z.output<typeof floodOptions>;
  readonly profile: LoadProfile;
  readonly limits: Flood["limits"];
}

export async function play(stage: Stage, { options, profile, limits }: FloodSetup): Promise<Flood> {
  const { stack, simulator } = stage;
  simulator.addEncoders(profile.streams);
  await stack.runSchedule(); // counts the live streams
  await stage.enforce("flood");

  const startedAt = new Date();
  await sendLoad(profile, stage);
  const postedAt = new Date().toISOString();
  const patienceMs = MINUTE_MS + PATIENCE_MS_A_REPORT * options.reports;
  const drained = await stage.drained(patienceMs, "messages left on the queues");
  const endedAt = new Date().toISOString();
  stage.noteLive("the end"); // first, because the rest takes time and encoders reconnect meanwhile
  stage.noteReviews(await listReviews(stack));
  return { ...options, limits, startedAt: startedAt.toISOString(), postedAt, endedAt, drained };
}

/** Resolves when every post is answered. On a slow machine it takes longer, but no report is left out. */
async function sendLoad({ reports }: LoadProfile, { senders, tell }: Stage): Promise<void> {
  const startedMs = Date.now();
  const queue = reports.entries();
  const key = { name: "stolen", secret: SOURCE_SECRET };
  async function sender(): Promise<void> {
    for (const [index, report] of queue) {
      const earlyMs = report.atMs - (Date.now() - startedMs);
      if (earlyMs > 0) await sleep(earlyMs);
      await senders.post(report, key, "posted");
      if (index % 50 === 0) tell("the flood");
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
}

const pageSchema = z.object({
  ok: z.literal(true),
  reviews: z.array(z.object({ key: z.string() })),
  next: z.string().optional(),
});

/** Reads all pages of the list, as an operator would. */
export async function listReviews(stack: Pick<Stack, "invoke">): Promise<string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  do {
    const event = { action: "review", reason: "flood", requestedBy: "ana@example.com", ...(after && { after }) };
    const { reviews, next } = pageSchema.parse(await stack.invoke("incident", event));
    keys.push(...reviews.map(({ key }) => key));
    after = next;
  } while (after !== undefined);
  return keys;
}
