/** Groups a classifier's findings into one claim per category, with its highest score and its labels. */
import type { Issue } from "../core/issues.ts";
import type { Stream } from "../core/stream.ts";
import { type Category, type Claim, claimSchema } from "../reports/claim.ts";
import { invalid, readAs } from "./invalid.ts";
import type { Unclear } from "./stream-url.ts";

export interface VendorLabel {
  readonly category: Category;
  /** The label, quoted for a person. */
  readonly words: string;
  /** 0 to 1. */
  readonly score?: number | undefined;
  /** Position in the stream, in the vendor's unit. */
  readonly position?: number | undefined;
}

export interface Gathered {
  readonly claims: readonly Claim[];
  /** Names each claim within the vendor's job id; absent if a finding has no position. */
  readonly parts?: readonly string[];
}

/** Labels named in a reason; a message may have thousands. */
const MAX_LISTED = 8;

/**
 * Groups findings into claims.
 *
 * @param vendor - the beginning of the reason: `Sightengine`.
 * @param note - the end of the reason.
 * @throws OffairError `ERR_REPORT_INVALID`
 */
export function gatherClaims(
  findings: readonly VendorLabel[],
  { stream, now, vendor, note = "" }: { stream: Stream; now: Date; vendor: string; note?: string },
): Gathered {
  // Findings with and without a score are grouped apart: a low score must not decide for a finding that has none.
  const alike = Map.groupBy(findings, ({ category, score }) => `${category} ${score !== undefined}`);
  const groups = [...alike.values()].flatMap((found) => (found[0] ? [{ category: found[0].category, found }] : []));
  const occurredAt = now.toISOString(); // none of these vendors signs a better time
  const claims = groups.map(({ category, found }) => {
    const reason = `${vendor}: ${listed(found.map(({ words }) => words))}${note}`;
    const claim = { occurredAt, stream, category, score: highestOf(found), reason };
    return readAs(claimSchema, claim, "the findings make no report");
  });
  const parts = groups.flatMap(({ category, found }) => partOf(category, found) ?? []);
  return { claims, ...(parts.length === claims.length && { parts }) };
}

/**
 * Names a claim by its content: the latest position of its category and the score there. A vendor that repeats all findings, for example
 * at the end of a stream, then repeats the same names in any order, and the reports are not acted on twice.
 */
function partOf(category: Category, found: readonly VendorLabel[]): string | undefined {
  const latest = latestOf(found);
  if (latest === undefined) return undefined;
  return [latest, category, highestOf(found.filter(({ position }) => position === latest)) ?? "unscored"].join("/");
}

/** The latest position; undefined if a finding has none. */
export function latestOf(found: readonly { readonly position?: number | undefined }[]): number | undefined {
  const positions = found.flatMap(({ position }) => position ?? []);
  if (positions.length === 0 || positions.length < found.length) return undefined;
  return positions.reduce((later, position) => Math.max(later, position));
}

/** Lists each label once, up to eight, with the number of the others. */
export function listed(words: readonly string[]): string {
  const distinct = [...new Set(words)];
  const more = distinct.length - MAX_LISTED;
  return distinct.slice(0, MAX_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** The issue of a report whose stream is unclear. It names what is reported, so that a person knows how much it matters. */
export const unclearStream = (pointer: string, issue: string, categories: readonly (Category | undefined)[]): Issue => {
  const known = listed(categories.flatMap((category) => category ?? []));
  return { pointer, message: known === "" ? issue : `${issue}; reported: ${known}` };
};

/** The stream of these findings. @throws OffairError `ERR_REPORT_INVALID` if it is unclear, with the other issues of the message. */
export function knownStream(
  found: Stream | Unclear,
  pointer: string,
  findings: readonly Pick<VendorLabel, "category">[],
  others: readonly Issue[] = [],
): Stream {
  if (!("issue" in found)) return found;
  const categories = findings.map(({ category }) => category);
  throw invalid([unclearStream(pointer, found.issue, categories), ...others]);
}

/** Quotes a vendor's label, which is needed to correct the policy. It may be unsigned, so only a short printable one is quoted. */
export const quoteLabel = (label: string): string =>
  /^[\x21\x23-\x7e]{1,64}$/.test(label) ? `"${label}"` : "a label that is not plain and short";

const highestOf = (found: readonly VendorLabel[]): number | undefined =>
  found.reduce<number | undefined>(
    (highest, { score }) => (score === undefined ? highest : Math.max(score, highest ?? 0)),
    undefined,
  );
