/** Collects the rows and counts of the page while the audit compares its lists, so that they are not read again. */

import { topReasons } from "../../archive/figures.ts";
import type { AuditFinding } from "../../archive/findings.ts";
import type { CompleteList } from "../../archive/snapshot.ts";
import { isOfCanary } from "../../core/canary.ts";
import { type Stream, streamKey, streamOf } from "../../core/stream.ts";
import { type DisabledOnPage, type FindingOnPage, MAX_LISTED } from "./model.ts";

type OrderOnPage = NonNullable<DisabledOnPage["order"]>;

/**
 * Collects the disabled streams with who put them there: the first MAX_LISTED as rows, all of them as counts. A stream of which neither an
 * order nor somebody else is noted is not attributed.
 */
export function createDisabledOnPage(lists: ReadonlyMap<string, CompleteList>) {
  const shown = new Map<
    string,
    { readonly resumeTime: string | null; order?: OrderOnPage; isOthers?: true; isCanary?: true }
  >();
  const reasons = new Map<string, number>();
  let listed = 0;
  let explained = 0;
  let notByOffair = 0;
  /** Rows of the canary's orders, by domain. */
  const canary = new Map<string, number>();
  for (const [, list] of lists) {
    listed += list.listed.size;
    for (const [key, { resumeTime }] of list.listed) {
      if (shown.size === MAX_LISTED) break;
      shown.set(key, { resumeTime });
    }
  }

  return {
    /** Notes the order that a listed stream is disabled by. */
    note({ placedAt, reason, by, cause, ...stream }: Stream & OrderOnPage & { readonly cause: string }): void {
      const row = shown.get(streamKey(stream));
      if (row) row.order = { placedAt, reason, by };
      explained += 1;
      if (isOfCanary(cause)) {
        if (row) row.isCanary = true;
        canary.set(stream.domain, (canary.get(stream.domain) ?? 0) + 1);
        return;
      }
      const kind = kindOfReason(reason);
      reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
    },
    /** Notes that no order explains a listed stream: the ledger was read for this stream, after the list. */
    others(stream: Stream): void {
      const row = shown.get(streamKey(stream));
      if (row) row.isOthers = true;
      notByOffair += 1;
    },
    rows: (): DisabledOnPage[] => [...shown].map(([key, row]) => ({ ...streamOf(key), ...row })),
    canaryOf: (domain: string): number => canary.get(domain) ?? 0,
    counts: () => ({ ...topReasons(reasons), notByOffair, notAttributed: listed - explained - notByOffair }),
  };
}

/** Removes what differs between orders of one kind: the score, and the number of the order that was repeated. */
export const kindOfReason = (reason: string): string =>
  reason.replace(DONE_AGAIN, "").replace(/ \d+(\.\d+)? reported by /, " reported by ");

/** The beginning of the reasons that repairs and re-published streams get from the worker. */
const DONE_AGAIN =
  /^((re-published \(\d+\)|missing at Live, disabled again|about to expire, renewed) after order \d+: )+/;

/** A finding as the page shows it, with its evidence in words. */
export function findingOnPage(finding: AuditFinding): FindingOnPage {
  const { kind, domain, app, stream } = finding;
  return { kind, domain, app, stream, ...evidenceOf(finding) };
}

function evidenceOf(finding: AuditFinding): Pick<FindingOnPage, "listed" | "expected" | "note"> {
  const by = "by" in finding ? `order ${finding.number} by ${finding.by}: ${finding.reason}` : "";
  switch (finding.kind) {
    case "disabled":
      return { listed: finding.resumeTime };
    case "enabled":
      return { expected: finding.resumeTime, note: finding.expired ? "its resume time came" : "enabled again" };
    case "changed":
      return { listed: finding.resumeTime, expected: finding.before };
    case "missing":
      return { expected: finding.expectedResumeTime, note: `${by}; Live did not list it at ${finding.askedAt}` };
    case "wrong-resume-time":
    case "expiring":
      return { listed: finding.resumeTime, expected: finding.expectedResumeTime, note: by };
    case "outlived":
      return { listed: finding.resumeTime, note: `disabled by order ${finding.disabledBy}, enabled by ${by}` };
    case "unexpected":
      return { listed: finding.resumeTime, note: unexpectedNote(finding.number) };
  }
}

const unexpectedNote = (number: number | undefined): string =>
  number === undefined ? "no offair order" : `order ${number} is offair's last one, and does not explain it`;
