/** The compiled policy at run time: its type, and lookups in it. */
import type * as z from "zod";
import { CANARY_SOURCE } from "../core/canary.ts";
import { sha256Hex } from "../core/sha256.ts";
import { type Stream, streamKey } from "../core/stream.ts";
import type { Report } from "../reports/report.ts";
import { type Grade, isAtLeast } from "./grade.ts";
import type { policyShape } from "./schema.ts";

export type Policy = z.infer<typeof policyShape>;
export type Rule = Policy["rules"][number];
export type SourceEntry = Policy["sources"][string];

/** SHA-256 (hexadecimal) of the compiled policy in its own key order; stored with every decision. */
export const hashOf = (policy: Policy): string => sha256Hex(JSON.stringify(policy));

/**
 * Whether the stream's domain and app are in scope. Nobody can act on a stream out of scope. Domains are in lower case, apps
 * case-sensitive.
 */
export const inScope = (stream: Pick<Stream, "domain" | "app">, policy: Pick<Policy, "scope">): boolean =>
  policy.scope.some(({ domain, apps }) => domain === stream.domain && apps.includes(stream.app));

export interface Playback {
  readonly ingest: string;
  /** A stream is also played under its name, an underscore and one of these. */
  readonly renditions: readonly string[];
  /** Whether there are no other renditions, so that any other name with an underscore is a stream's own. */
  readonly complete: boolean;
}

/** @param domain - in lower case. */
export function playbackOf(domain: string, { playback }: Pick<Policy, "playback">): Playback | undefined {
  const entry = Object.hasOwn(playback, domain) ? playback[domain] : undefined;
  if (entry === undefined) return undefined;
  if (typeof entry === "string") return { ingest: entry, renditions: [], complete: false };
  const { ingest, renditions, complete } = entry;
  return renditions === "none" ? { ingest, renditions: [], complete: true } : { ingest, renditions, complete };
}

export const ingestDomains = (policy: Policy): string[] => [...new Set(policy.scope.map(({ domain }) => domain))];

/** Whether the stream is protected: no rule acts on it, and an operator needs a second person. */
export const isProtected = (stream: Stream, policy: Pick<Policy, "protected">): boolean =>
  policy.protected.some(
    (entry) =>
      entry.domain === stream.domain &&
      (entry.app === undefined || entry.app === stream.app) &&
      (entry.stream === undefined || entry.stream === stream.stream),
  );

export const sourceOf = (source: string, policy: Pick<Policy, "sources">): SourceEntry | undefined =>
  Object.hasOwn(policy.sources, source) ? policy.sources[source] : undefined;

/** Whether rules decide on what the source sends. Huawei's push status reports re-publishes only, and appeals wait for a person. */
export const sendsReports = ({ adapter, kind }: Pick<SourceEntry, "adapter" | "kind">): boolean =>
  adapter !== "huawei-push" && kind !== "appeal";

/** The policy with the canary's source, if the stage has the canary. Without it the canary's reports have no known source. */
export const withCanary = (policy: Policy, canary: "on" | "off"): Policy =>
  canary === "off"
    ? policy
    : { ...policy, sources: { ...policy.sources, [CANARY_SOURCE]: { adapter: "standard", grade: "A" } } };

/** The stream that is reserved for the canary. */
export function canaryStream({ canary, scope }: Pick<Policy, "canary" | "scope">): Stream {
  const { domain = "", apps = [] } = scope[0] ?? {};
  return canary ?? { domain, app: apps[0] ?? "", stream: "offair-canary" };
}

/** Whether the report is the canary's, and not on the canary's stream. */
export const isStrayCanary = ({ source, stream }: Pick<Report, "source" | "stream">, policy: Policy): boolean =>
  source === CANARY_SOURCE && streamKey(stream) !== streamKey(canaryStream(policy));

/**
 * The only rule for the canary's reports. A quarter of an hour: longer than a run, which enables the stream again, and over before the next
 * run if nothing did.
 */
const CANARY_RULE: Rule = {
  id: CANARY_SOURCE,
  categories: ["other"],
  urgent: true,
  action: "disable",
  disableHours: 0.25,
};

/** The rules for reports of a source: the policy's, and for the canary its own. */
export const rulesFor = (source: string | undefined, { rules }: Pick<Policy, "rules">): readonly Rule[] =>
  source === CANARY_SOURCE ? [CANARY_RULE] : rules;

/** The facts of a report that conditions of rules read. */
export type RuleFacts = Pick<Report, "category" | "score">;

/** The conditions of a rule that a report does not meet, in words; empty if the rule matches. */
export function unmet(rule: Rule, { category, score }: RuleFacts, grade: Grade): string[] {
  const { categories, minScore, minGrade } = rule;
  const reasons: string[] = [];
  if (!categories.includes(category)) reasons.push(`category ${category} is not one of ${categories.join(", ")}`);
  if (minScore !== undefined && score === undefined) reasons.push(`there is no score, minScore is ${minScore}`);
  if (minScore !== undefined && score !== undefined && score < minScore)
    reasons.push(`score ${score} is below minScore ${minScore}`);
  if (minGrade !== undefined && !isAtLeast(grade, minGrade))
    reasons.push(`grade ${grade} is below minGrade ${minGrade}`);
  return reasons;
}

/** The first rule that matches. */
export const ruleFor = (
  report: RuleFacts & { readonly source?: string },
  grade: Grade,
  policy: Pick<Policy, "rules">,
): Rule | undefined => rulesFor(report.source, policy).find((rule) => unmet(rule, report, grade).length === 0);
