/** Counts what people said of each source's reports during an export, for the page: right and wrong, as changes of the counts before. */
import { type Figures, MAX_JUDGED } from "../archive/figures.ts";
import { isOfCanary } from "../core/canary.ts";
import type { LedgerEvent } from "../ledger/export-event.ts";
import { statementsOn } from "../precision/judgement.ts";
import { sum } from "./page/html.ts";

type Judged = NonNullable<Figures["judged"]>;

/**
 * An item is exported again after each change, so a statement counts in the export during which it was made. A correction takes back what the
 * earlier statement counted. Within one export, a report is read once.
 *
 * @param from - of the export, inclusive.
 */
export function createJudgedSources(from: Date) {
  const changes: Judged[number][] = [];
  return {
    note(event: LedgerEvent): void {
      if (event.kind !== "report" || isOfCanary(event.report.key)) return;
      const { source } = event.report.report;
      const statements = statementsOn(event.report);
      const fresh = statements.filter(({ at }) => Date.parse(at) >= from.getTime());
      const newest = fresh.at(-1);
      if (!newest) return;
      const before = statements[statements.length - fresh.length - 1];
      changes.push({
        source,
        right: Number(newest.isSourceRight) - Number(before?.isSourceRight ?? false),
        wrong: Number(!newest.isSourceRight) - Number(before !== undefined && !before.isSourceRight),
      });
    },
    /** The sources with the most statements, sorted by name. */
    result(): Judged {
      return [...Map.groupBy(changes, ({ source }) => source)]
        .sort(([, a], [, b]) => b.length - a.length)
        .slice(0, MAX_JUDGED)
        .map(([source, of]) => ({
          source,
          right: sum(of.map(({ right }) => right)),
          wrong: sum(of.map(({ wrong }) => wrong)),
        }))
        .sort((a, b) => (a.source < b.source ? -1 : 1));
    },
  };
}
