/** The time that people have for a case: as the rule or the source says it, or as the kind of the source does. */
import type { Policy, Rule, SourceEntry } from "./policy.ts";
import { msOf, type SourceKind, WITHIN_BY_KIND } from "./review-within.ts";

/** The adapters of vendors report what a model found; anybody's own services and forms use `standard`. */
export const kindOf = ({ kind, adapter }: Pick<SourceEntry, "kind" | "adapter">): SourceKind =>
  kind ?? (adapter === "standard" ? "people" : "classifier");

/**
 * The time that people have for a case: the shortest that the rule and the sources say, or else the default of the sources' kinds. Of a
 * source that is no longer in the policy, and of what offair found itself, nobody said anything: a classifier's time.
 */
export function reviewWithinMs(
  rule: Rule | undefined,
  sources: readonly string[],
  policy: Pick<Policy, "sources">,
): number {
  const entries = sources.flatMap((name) => (Object.hasOwn(policy.sources, name) ? [policy.sources[name]] : []));
  const ofRule = rule && "reviewWithin" in rule ? rule.reviewWithin : undefined;
  const said = [ofRule, ...entries.map((entry) => entry?.reviewWithin)].flatMap((text) => (text ? [msOf(text)] : []));
  if (said.length > 0) return Math.min(...said);
  const kinds = entries.flatMap((entry) => (entry ? [kindOf(entry)] : []));
  return Math.min(...(kinds.length > 0 ? kinds : (["classifier"] as const)).map((kind) => msOf(WITHIN_BY_KIND[kind])));
}
