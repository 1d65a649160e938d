/** What a classifier found, gathered into one claim a category: its highest score, and the labels that speak for it. */
import { OffairError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";
import type { Stream } from "../core/stream.ts";
import { type Category, type Claim, claimSchema } from "../reports/claim.ts";

export interface VendorLabel {
  readonly category: Category;
  /** What speaks for it, as a person is to read it: a quoted label. */
  readonly words: string;
  /** 0 to 1. */
  readonly score?: number | undefined;
  /** How far into the stream, in the vendor's own unit. */
  readonly position?: number | undefined;
}

export interface Gathered {
  readonly claims: readonly Claim[];
  /** What names each claim within the vendor's id of its job; absent where a finding has no moment. */
  readonly parts?: readonly string[];
}

/** So many say what was seen; a message may hold thousands. */
const MAX_LISTED = 8;

/**
 * @param says - who found it, before the words in the reason: `Sightengine`.
 * @param note - what else a person is to know, after them.
 * @throws OffairError `ERR_REPORT_INVALID`
 */
export function gatherClaims(
  findings: readonly VendorLabel[],
  { stream, now, says, note = "" }: { stream: Stream; now: Date; says: string; note?: string },
): Gathered {
  // Apart from those with a score: a rule with a minScore meets a low one, and what came without would be ignored with it.
  const alike = Map.groupBy(findings, ({ category, score }) => `${category} ${score !== undefined}`);
  const groups = [...alike.values()].flatMap((found) => (found[0] ? [{ category: found[0].category, found }] : []));
  const claims = groups.map(({ category, found }) => {
    const { data, error } = claimSchema.safeParse({
      occurredAt: now.toISOString(), // no vendor of these signs a better time
      stream,
      category,
      score: highestOf(found),
      reason: `${says}: ${listed(found.map(({ words }) => words))}${note}`,
    });
    if (error) throw new OffairError("ERR_REPORT_INVALID", "makes no report", { issues: issuesOf(error) });
    return data;
  });
  const parts = groups.flatMap(({ category, found }) => partOf(category, found) ?? []);
  return { claims, ...(parts.length === claims.length && { parts }) };
}

/**
 * What names a claim by what it says: the latest moment of its category, and the score then. A vendor that tells again of all that it found,
 * as at the end of a stream, thereby says nothing new of any category, in whatever order it lists them.
 */
function partOf(category: Category, found: readonly VendorLabel[]): string | undefined {
  const latest = latestOf(found);
  if (latest === undefined) return undefined;
  return [latest, category, highestOf(found.filter(({ position }) => position === latest)) ?? "unscored"].join("/");
}

/** @returns undefined where one has no moment. */
export function latestOf(found: readonly { readonly position?: number | undefined }[]): number | undefined {
  const positions = found.flatMap(({ position }) => position ?? []);
  if (positions.length === 0 || positions.length < found.length) return undefined;
  return positions.reduce((later, position) => Math.max(later, position));
}

/** Each once, and how many more there are. */
export function listed(words: readonly string[]): string {
  const distinct = [...new Set(words)];
  const more = distinct.length - MAX_LISTED;
  return distinct.slice(0, MAX_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** A vendor's label is needed to mend the policy. Where nothing signs it, it may be anything: it is quoted if it is plain and short. */
export const quoteLabel = (label: string): string =>
  /^[\x21\x23-\x7e]{1,64}$/.test(label) ? `"${label}"` : "a label that is not plain and short";

const highestOf = (found: readonly VendorLabel[]): number | undefined =>
  found.reduce<number | undefined>(
    (highest, { score }) => (score === undefined ? highest : Math.max(score, highest ?? 0)),
    undefined,
  );
