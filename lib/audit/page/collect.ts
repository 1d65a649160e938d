/** Collects the rows and counts of the page while the audit compares its lists, so that they are not read again. */

import type { Expected } from "../../archive/expected-disable.ts";
import type { AuditFinding } from "../../archive/findings.ts";
import type { CompleteList } from "../../archive/snapshot.ts";
import { streamKey, streamOf } from "../../core/stream.ts";
import { type DisabledOnPage, type FindingOnPage, MAX_LISTED } from "./model.ts";

type OrderOnPage = NonNullable<DisabledOnPage["order"]>;

/** The reason under which disabled streams without an offair order are counted. */
const NOT_BY_OFFAIR = "not by offair";

/** Collects the disabled streams with their orders: the first MAX_LISTED as rows, all of them as counts by reason. */
export function createDisabledOnPage(lists: ReadonlyMap<string, CompleteList>) {
  const shown = new Map<string, { readonly resumeTime: string | null; order?: OrderOnPage }>();
  const reasons = new Map<string, number>();
  let listed = 0;
  let explained = 0;
  for (const [, list] of lists) {
    listed += list.listed.size;
    for (const [key, { resumeTime }] of list.listed) {
      if (shown.size === MAX_LISTED) break;
      shown.set(key, { resumeTime });
    }
  }

  return {
    /** Takes an expected disable into account. It is counted if it is listed. */
    note(expected: Expected): void {
      const key = streamKey(expected);
      if (!lists.get(expected.domain)?.listed.has(key)) return;
      const { placedAt, reason, by } = expected;
      const row = shown.get(key);
      if (row) row.order = { placedAt, reason, by };
      explained += 1;
      const kind = kindOfReason(expected);
      reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
    },
    rows: (): DisabledOnPage[] => [...shown].map(([key, row]) => ({ ...streamOf(key), ...row })),
    reasons: (): ReadonlyMap<string, number> =>
      listed > explained ? new Map([...reasons, [NOT_BY_OFFAIR, listed - explained]]) : reasons,
  };
}

/** Removes what differs between orders of one kind: the score, and the number of the order that was repeated. */
const kindOfReason = ({ reason }: Expected): string =>
  reason.replace(DONE_AGAIN, "").replace(/ \d+(\.\d+)? reported by /, " reported by ");

/** The beginning of the reasons that repairs and re-published streams get from the worker. */
const DONE_AGAIN =
  /^((re-published \(\d+\)|missing at Live, disabled again|about to expire, renewed) after order \d+: )+/;

/** A finding as the page shows it, with its evidence in words. */
export function findingOnPage(finding: AuditFinding): FindingOnPage {
  const { kind, domain, app, stream } = finding;
  const names = { kind, domain, app, stream };
  const by = "by" in finding ? `order ${finding.number} by ${finding.by}: ${finding.reason}` : "";
  switch (kind) {
    case "disabled":
      return { ...names, listed: finding.resumeTime };
    case "enabled":
      return {
        ...names,
        expected: finding.resumeTime,
        note: finding.expired ? "its resume time came" : "enabled again",
      };
    case "changed":
      return { ...names, listed: finding.resumeTime, expected: finding.before };
    case "missing":
      return {
        ...names,
        expected: finding.expectedResumeTime,
        note: `${by}; Live did not list it at ${finding.askedAt}`,
      };
    case "wrong-resume-time":
    case "expiring":
      return { ...names, listed: finding.resumeTime, expected: finding.expectedResumeTime, note: by };
    case "outlived":
      return {
        ...names,
        listed: finding.resumeTime,
        note: `disabled by order ${finding.disabledBy}, enabled by ${by}`,
      };
    case "unexpected":
      return { ...names, listed: finding.resumeTime, note: unexpectedNote(finding.number) };
  }
}

const unexpectedNote = (number: number | undefined): string =>
  number === undefined ? "no offair order" : `order ${number} is offair's last one, and does not explain it`;
