/** What the page of an audit is made of, gathered while the audit goes through its lists. */

import type { Expected } from "../../archive/expected-disable.ts";
import type { AuditFinding } from "../../archive/findings.ts";
import type { CompleteList } from "../../archive/snapshot.ts";
import { streamKey, streamOf } from "../../core/stream.ts";
import { type DisabledOnPage, type FindingOnPage, MAX_FOUND, MAX_LISTED } from "./model.ts";

type OrderOnPage = NonNullable<DisabledOnPage["order"]>;

/** Of no order of ours. */
export const NOT_BY_US = "not by us";

/** Disabled streams, with the orders that are in force: the first ones by name, and all of them by reason. */
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
    /** One that is to be off: counted if it is listed. */
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
      listed > explained ? new Map([...reasons, [NOT_BY_US, listed - explained]]) : reasons,
  };
}

/** Reports of one kind differ in their scores, and what was done again for one says which order it follows. */
const kindOfReason = ({ reason }: Expected): string =>
  reason.replace(DONE_AGAIN, "").replace(/ \d+(\.\d+)? reported by /, " reported by ");

/** As handle-repair.ts and handle-return.ts begin their reason. */
const DONE_AGAIN = /^((came back \(\d+\)|missing at Live, disabled again|about to expire, renewed) after order \d+: )+/;

/** The first of each kind. */
export function createFindingsOnPage() {
  const shown: FindingOnPage[] = [];
  const counts = new Map<AuditFinding["kind"], number>();
  return {
    note(finding: AuditFinding): void {
      const before = counts.get(finding.kind) ?? 0;
      counts.set(finding.kind, before + 1);
      if (before < MAX_FOUND) shown.push(onPage(finding));
    },
    listed: (): readonly FindingOnPage[] => shown,
  };
}

function onPage(finding: AuditFinding): FindingOnPage {
  const { kind, domain, app, stream } = finding;
  const names = { kind, domain, app, stream };
  const by = "by" in finding ? `order ${finding.number} by ${finding.by}: ${finding.reason}` : "";
  switch (kind) {
    case "disabled":
      return { ...names, listed: finding.resumeTime };
    case "enabled":
      return { ...names, expected: finding.resumeTime, note: finding.expired ? "its time was over" : "let on" };
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
      return { ...names, listed: finding.resumeTime, note: `disabled by order ${finding.disabledBy}, let on by ${by}` };
    case "unexpected":
      return { ...names, listed: finding.resumeTime, note: foreignNote(finding.number) };
  }
}

const foreignNote = (number: number | undefined): string =>
  number === undefined ? "no order of ours" : `order ${number} was the last of ours, and does not explain it`;
