/** The reports of a day that are no scene of their own: every category of the policy, streams that come again, senders that repeat. */
import type { Stream } from "../../../lib/core/stream.ts";
import type { Scale } from "./scale.ts";
import type { ReportPlan, SourceKey, Step, Timetable } from "./script-types.ts";

/** What one source of the story adds to it. */
export interface Part {
  readonly steps: readonly Step[];
  readonly reports: readonly ReportPlan[];
  readonly streams: readonly Stream[];
  readonly postedAgain: readonly string[];
}

type Random = () => number;

export const room = (name: string): Stream => ({ domain: "publish.example.huawei.com", app: "live", stream: name });

export const pick = <T>(random: Random, list: readonly [T, ...T[]]): T =>
  list[Math.floor(random() * list.length)] ?? list[0];

const between = (random: Random, low: number, high: number) =>
  Math.round((low + random() * (high - low)) * 1_000) / 1_000;

const HARMFUL = ["self-harm", "violence", "weapons", "nudity", "hate"] as const;
const SEVERE = ["csam", "terrorism"] as const;

type Claim = Pick<ReportPlan, "category" | "score">;

/** By policy.yml: most ask for a pause or a disable, some for a person, some for nothing. */
const CLAIMS: readonly (readonly [weight: number, claim: (random: Random) => Claim])[] = [
  [36, (random) => ({ category: pick(random, HARMFUL), score: between(random, 0.8, 1) })], // paused; on repeat disabled
  [18, (random) => ({ category: pick(random, SEVERE), score: between(random, 0.5, 1) })], // disabled
  [6, (random) => ({ category: pick(random, SEVERE), score: between(random, 0, 0.499) })], // a person looks
  [12, (random) => ({ category: pick(random, HARMFUL), score: between(random, 0.5, 0.799) })],
  [10, (random) => ({ category: pick(random, HARMFUL), score: between(random, 0, 0.499) })], // ignored
  [8, (random) => ({ category: pick(random, ["harassment", "fraud", "ip"]) })], // by people: a person looks
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

export const idOf = (random: Random): string =>
  `msg_${Array.from({ length: 3 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0"),
  ).join("")}`;

/** Posted while the overlap of the webhook's secrets lasts, or well away from its ends. */
export const keyAt = (atMs: number, { senderRotatesMs }: Timetable): SourceKey =>
  atMs < senderRotatesMs ? "oldSource" : "newSource";

const OUTSIDE: Stream = { domain: "elsewhere.example.net", app: "live", stream: "not-ours" };

export function background(count: number, { lengthMs }: Scale, timetable: Timetable, random: Random): Part {
  const rooms = Array.from({ length: Math.max(8, Math.ceil(count / 2)) }, (_, index) => room(`room-${index + 1}`));
  const steps: Step[] = [];
  const reports: ReportPlan[] = [];
  const postedAgain: string[] = [];
  for (let index = 0; index < count; index++) {
    const stream = random() < 0.03 ? OUTSIDE : (rooms[Math.floor(random() * rooms.length)] ?? OUTSIDE);
    // What was seen earlier is often posted later: the order of posts is not the order of the harms.
    const report = { id: idOf(random), stream, ...claim(random), ageMs: Math.floor(random() * 60_000) };
    const atMs = Math.floor(random() * lengthMs);
    const signedWith = keyAt(atMs, timetable);
    const copies = random() < 0.08 ? 2 : 1;
    reports.push(report);
    steps.push({ atMs, deed: { kind: "post", report, copies, signedWith } });
    if (random() < 0.1) {
      const laterMs = atMs + 500 + Math.floor(random() * 4_000);
      if (signedWith === "newSource" || laterMs < timetable.overlapToMs)
        steps.push({ atMs: laterMs, deed: { kind: "post", report, copies: 1, signedWith } });
    }
    if (signedWith === "newSource" && random() < 0.15) postedAgain.push(report.id);
  }
  return { steps, reports, streams: rooms, postedAgain };
}
