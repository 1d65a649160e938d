/** The rows of a plan or a batch: exactly its streams or cases, each with its result if there is one. Pure. */
import { hasFailed } from "../../lib/operator/contract/response.ts";
import type { OperatorResponse, PlanResponse, Result } from "../../lib/operator/contract/response-schema.ts";

type PlannedRow = PlanResponse["streams"][number];

export interface ExactRow {
  /** Its place: a plan of verdicts may have a stream several times. */
  readonly key: string;
  readonly stream: { readonly domain: string; readonly app: string; readonly stream: string } | undefined;
  readonly address?: string | undefined;
  readonly since?: string | undefined;
  readonly staysOff?: PlannedRow["staysOff"] | undefined;
  /** Of a plan of verdicts: the case. */
  readonly report?: string | undefined;
  readonly category?: string | undefined;
  readonly outcome?: string | undefined;
  readonly result?: Result | undefined;
  /** What the search looks into, in lower case. */
  readonly words: string;
}

export function exactRows({ plan, results }: Pick<OperatorResponse, "plan" | "results">): readonly ExactRow[] {
  if (!plan) return results.map((result, index) => rowOf(index, { ...result, result }));
  const { streams, cases, verdict } = plan;
  if (verdict !== undefined && cases) return cases.map((each, index) => rowOf(index, each));
  return streams.map((stream, index) => {
    const { clientAddress: address, startTime: since, staysOff } = stream;
    return rowOf(index, { stream, address, since, staysOff });
  });
}

type Parts = Partial<Omit<ExactRow, "key" | "words">>;

function rowOf(
  index: number,
  { stream, address, since, staysOff, report, category, outcome, result }: Parts,
): ExactRow {
  const text = [stream?.stream, stream && `${stream.domain}/${stream.app}`, address, report, result?.error, outcome];
  const words = text.filter((each) => each !== undefined).join("\n");
  return {
    ...{ key: `${index}`, stream, address, since, staysOff, report, category, outcome, result },
    words: words.toLowerCase(),
  };
}

export function searched(
  rows: readonly ExactRow[],
  { search, isOnlyFailed }: { readonly search: string; readonly isOnlyFailed: boolean },
): readonly ExactRow[] {
  const words = search.trim().toLowerCase();
  if (words === "" && !isOnlyFailed) return rows;
  return rows.filter((each) => each.words.includes(words) && (!isOnlyFailed || hasFailed(each)));
}
