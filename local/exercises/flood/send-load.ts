/** Posts every report at its time, each signed as it goes out. What is answered 5xx, 429 or not at all is sent again, the same bytes. */
import { setTimeout as sleep } from "node:timers/promises";
import { postReport, signReport } from "../../demo/send-report.ts";
import type { Post } from "./inputs.ts";
import { type PlannedReport, SCORE, SOURCE } from "./load-profile.ts";

/** Under way at once: more would only wait inside the machine instead of before it, and run into time-outs there. */
const MAX_AT_ONCE = 32;
const TRIES = 7;
const FIRST_WAIT_MS = 400;

export interface PourDeps {
  readonly gatewayUrl: string;
  /** `whsec_…`: the source's own. */
  readonly stolenKey: string;
  /** After each answer that is the last one. */
  readonly onPosted: (post: Post) => void;
}

/** Resolves when everything is answered. A machine that is slower than the plan takes longer; nothing is left out. */
export async function pour(reports: readonly PlannedReport[], deps: PourDeps): Promise<Post[]> {
  const startedMs = Date.now();
  const posts: Post[] = [];
  const queue = reports.values();
  async function sender(): Promise<void> {
    for (const report of queue) {
      const earlyMs = report.atMs - (Date.now() - startedMs);
      if (earlyMs > 0) await sleep(earlyMs);
      const post = await postOne(report, deps);
      posts.push(post);
      deps.onPosted(post);
    }
  }
  await Promise.all(Array.from({ length: MAX_AT_ONCE }, sender));
  return posts;
}

async function postOne({ id, stream, category }: PlannedReport, deps: PourDeps): Promise<Post> {
  const at = new Date();
  const signed = signReport({ occurredAt: at.toISOString(), stream, category, score: SCORE }, deps.stolenKey, {
    id,
    at,
  });
  for (let tries = 1; ; tries++) {
    const answer = await postReport(deps.gatewayUrl, SOURCE, signed).catch(() => undefined);
    const status = answer?.status ?? null;
    if (tries === TRIES || (status !== null && status < 500 && status !== 429)) {
      return { id, stream, category, at: at.toISOString(), answeredAt: new Date().toISOString(), status, tries };
    }
    await sleep(FIRST_WAIT_MS * 2 ** (tries - 1));
  }
}
