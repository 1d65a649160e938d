/** The posts of an attacker with a stolen source key: a report for every stream, some twice. Pure: the seed determines everything. */

import type { Stream } from "../../../lib/core/stream.ts";
import { SECOND_MS } from "../../../lib/core/time.ts";
import { isAtLeast } from "../../../lib/policy/grade.ts";
import { type Policy, ruleFor } from "../../../lib/policy/policy.ts";
import type { Category } from "../../../lib/reports/claim.ts";
import { CATEGORIES } from "../../../lib/reports/claim.ts";
import { SOURCE } from "../../demo/world.ts";
import { createRandom, pick, shuffle } from "../../kit/random.ts";
import type { ReportPlan } from "../senders.ts";

/** Score of the forged reports. */
const SCORE = 0.99;

export interface LoadProfile {
  readonly streams: readonly Stream[];
  /** In order of time after the first post, evenly distributed. */
  readonly reports: readonly (ReportPlan & { readonly atMs: number })[];
}

export interface FloodSize {
  readonly reports: number;
  /** At most the number of reports, so that each stream is reported at least once. */
  readonly streams: number;
  readonly seconds: number;
  readonly seed: number;
}

/** Categories on which the policy acts at once on a report of this source alone; an attacker may know the policy. */
export function actingCategories(policy: Policy): Category[] {
  const { grade } = policy.sources[SOURCE] ?? {};
  if (grade === undefined || !isAtLeast(grade, "C")) return [];
  return CATEGORIES.filter((category) => {
    const rule = ruleFor({ category, score: SCORE }, grade, policy);
    return (rule?.action === "pause" || rule?.action === "disable") && !rule.corroboration;
  });
}

export function planFlood(size: FloodSize, categories: readonly Category[]): LoadProfile {
  const random = createRandom(size.seed);
  const streams = Array.from({ length: size.streams }, (_, index) => {
    return { domain: "publish.example.huawei.com", app: "live", stream: `room-${String(index + 1).padStart(5, "0")}` };
  });
  const again = Array.from({ length: size.reports - size.streams }, () => pick(random, streams));
  const reports = shuffle([...streams, ...again], random).map((stream, index) => ({
    ...{ id: `msg_flood-${size.seed}-${index + 1}`, stream, score: SCORE, ageMs: 0 },
    category: pick(random, categories),
    atMs: (index * size.seconds * SECOND_MS) / size.reports,
  }));
  return { streams, reports };
}
