/**
 * Answers the sender of a report with the report's status. The checks run in this order: source, signature, id, report. Without a valid
 * signature nothing is read from the ledger, and the response depends on neither the id nor the report.
 */
import { OffairError } from "../core/errors.ts";
import { type Policy, sourceOf } from "../policy/policy.ts";
import type { Report } from "../reports/report.ts";
import { hasStatus, namesReport } from "../sources/report-path.ts";
import { parseSecrets } from "../sources/secrets.ts";
import type { SourceRequest } from "../sources/source.ts";
import { standard } from "../sources/standard.ts";
import { type AnsweredReport, statusOf } from "./status.ts";
import type { ReportStatus } from "./status-schema.ts";

export interface StatusRequest extends Pick<SourceRequest, "headers"> {
  readonly source: string;
  /** The end of the path, as the gateway decoded it. It is not signed. */
  readonly id: string;
}

export interface AnswerDeps {
  readonly policy: Pick<Policy, "sources">;
  /** Returns the text of a source's secret, by its name in the policy. */
  readonly readSecret: (name: string) => Promise<string>;
  readonly readReport: (key: Pick<Report, "source" | "id">) => Promise<AnsweredReport | undefined>;
  readonly now: () => Date;
}

/** The body of a request is not read: the signature has to be that of an empty one, so that a report's signature does not fit. */
const NO_BODY = new Uint8Array();

/** @throws OffairError; problem.ts maps its code to an HTTP response. */
export async function answer(asked: StatusRequest, deps: AnswerDeps): Promise<ReportStatus> {
  const { source, headers } = asked;
  const { policy, readSecret, readReport, now } = deps;
  const entry = sourceOf(source, policy);
  if (!entry || !hasStatus(source, entry)) throw new OffairError("ERR_SOURCE_UNKNOWN", "there is no such source");
  const secrets = parseSecrets(await readSecret(entry.secret ?? source), source);
  const { id } = standard.verify({ headers, query: {}, body: NO_BODY }, secrets, now());
  if (id === undefined || !namesReport(asked.id, id)) {
    throw new OffairError("ERR_STATUS_ID", "the path does not end with the signed webhook-id, percent-encoded");
  }
  const report = await readReport({ source, id });
  if (!report) throw new OffairError("ERR_REPORT_UNKNOWN", "there is no report with this id, or it is not decided yet");
  return statusOf({ source, id }, report);
}
