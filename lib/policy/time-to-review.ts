/** The time that people have for a case: as the rule or the source says it, or as the kind of the source does. */
import { type Policy, type Rule, type SourceEntry, sourceOf } from "./policy.ts";
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
  const entries = sources.flatMap((name) => sourceOf(name, policy) ?? []);
  const ofRule = rule && "reviewWithin" in rule ? rule.reviewWithin : undefined;
  const said = [ofRule, ...entries.map(({ reviewWithin }) => reviewWithin)].filter((text) => text !== undefined);
  const kinds = entries.length > 0 ? entries.map(kindOf) : (["classifier"] as const);
  return Math.min(...(said.length > 0 ? said : kinds.map((kind) => WITHIN_BY_KIND[kind])).map(msOf));
}
