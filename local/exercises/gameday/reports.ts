/** The reports of a day outside the scenes: every category of the policy, repeated reports of a stream, repeated posts. */
import { pick } from "../../kit/random.ts";
import type { ReportPlan } from "../senders.ts";
import { OUTSIDE, room, type ScriptWriter } from "./script-writer.ts";

type Random = () => number;

const between = (random: Random, low: number, high: number) =>
  Math.round((low + random() * (high - low)) * 1_000) / 1_000;

const HARMFUL = ["self-harm", "violence", "weapons", "nudity", "hate"] as const;
const SEVERE = ["csam", "terrorism"] as const;

type Claim = Pick<ReportPlan, "category" | "score">;

/** By policy.yml most cause a pause or a disable, some a review, and some no action. */
const CLAIMS: readonly (readonly [weight: number, claim: (random: Random) => Claim])[] = [
  [36, (random) => ({ category: pick(random, HARMFUL), score: between(random, 0.8, 1) })], // paused, disabled on repeat
  [18, (random) => ({ category: pick(random, SEVERE), score: between(random, 0.5, 1) })], // disabled
  [6, (random) => ({ category: pick(random, SEVERE), score: between(random, 0, 0.499) })], // review
  [12, (random) => ({ category: pick(random, HARMFUL), score: between(random, 0.5, 0.799) })],
  [10, (random) => ({ category: pick(random, HARMFUL), score: between(random, 0, 0.499) })], // ignored
  [8, (random) => ({ category: pick(random, ["harassment", "fraud", "ip"]) })], // a person's report: review
  [6, (random) => ({ category: pick(random, ["spam", "other"]) })], // no rule
];

function claim(random: Random): Claim {
  let left = random() * CLAIMS.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of CLAIMS) {
    left -= weight;
    if (left < 0) return make(random);
  }
  return { category: "other" };
}

export function addBackground(writer: ScriptWriter, count: number): void {
  const { random, scale, timetable } = writer;
  const rooms = Array.from({ length: Math.max(8, Math.ceil(count / 2)) }, (_, index) => room(`room-${index + 1}`));
  for (const each of rooms) writer.push(each);
  for (let index = 0; index < count; index++) {
    const stream = random() < 0.03 ? OUTSIDE : (rooms[Math.floor(random() * rooms.length)] ?? OUTSIDE);
    // Earlier harm is often posted later: posts are not in order of occurrence.
    const report = { id: writer.reportId(), stream, ...claim(random), ageMs: Math.floor(random() * 60_000) };
    const atMs = Math.floor(random() * scale.lengthMs);
    const signedWith = writer.keyAt(atMs);
    writer.post(atMs, report, { copies: random() < 0.08 ? 2 : 1 });
    if (random() < 0.1) {
      const laterMs = atMs + 500 + Math.floor(random() * 4_000);
      if (signedWith === "newSource" || laterMs < timetable.overlapToMs) writer.post(laterMs, report, { signedWith });
    }
    if (signedWith === "newSource" && random() < 0.15) writer.postAgainAtTheEnd(report.id);
  }
}
