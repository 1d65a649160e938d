/**
 * Tells a report that is sent again from another report under the id of an earlier one. The translated reports are compared and not the
 * bodies: an honest retry may encode its body anew, or add the number of the attempt.
 */
import { sha256Hex } from "../core/sha256.ts";
import { streamKey } from "../core/stream.ts";
import { type Policy, ruleFor, sourceOf } from "../policy/policy.ts";
import type { Report } from "../reports/report.ts";

type Rules = Pick<Policy, "sources" | "rules">;

/** The vendor states no time, and its adapter took the time of receipt. */
const isTimed = ({ occurredAt, receivedAt }: Report): boolean => occurredAt !== receivedAt;

/** What a sender states who also states the time. */
function statedContent({ stream, category, score, occurredAt, reason, evidence = [] }: Report): string {
  const files = evidence.map(({ url, sha256 }) => [url, sha256]);
  return JSON.stringify([streamKey(stream), category, score, occurredAt, reason, files]);
}

/**
 * What counts of a report without the vendor's time. Such a vendor repeats a finding together with others, in other words and with the
 * highest score of all, so the score counts only as far as it chooses the rule.
 */
function decidedContent(report: Report, policy: Rules): string {
  const entry = sourceOf(report.source, policy);
  const rule = entry && ruleFor(report, entry.grade, policy);
  return JSON.stringify([streamKey(report.stream), report.category, rule?.id]);
}

/** Whether two reports with the same id are one report, delivered twice. */
export function isSameReport(one: Report, other: Report, policy: Rules): boolean {
  if (isTimed(one) || isTimed(other)) return statedContent(one) === statedContent(other);
  return decidedContent(one, policy) === decidedContent(other, policy);
}

/** The id under which another report with a used id is stored. No sender's id has a blank, so it is the id of no other report. */
export function idOfAnother(report: Report, policy: Rules): string {
  const content = isTimed(report) ? statedContent(report) : decidedContent(report, policy);
  return `${report.id} again ${sha256Hex(content).slice(0, 16)}`;
}
