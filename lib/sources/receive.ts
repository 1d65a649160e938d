/**
 * Turns a webhook request into a queue message. The checks run in this order: source, size, content type and encoding, signature, JSON,
 * report, scope. Nothing of the body is used or reported before the signature is verified, so that a stranger learns nothing.
 */
import { createHmac } from "node:crypto";
import { OffairError } from "../core/errors.ts";
import type { Issue } from "../core/issues.ts";
import { sha256Hex } from "../core/sha256.ts";
import { DOCUMENTED_CHARACTERS, hasDocumentedName } from "../core/stream.ts";
import { MINUTE_MS } from "../core/time.ts";
import { inScope, isStrayCanary, type Policy, ruleFor, type SourceEntry, sourceOf } from "../policy/policy.ts";
import type { Message } from "../queue/message.ts";
import type { Priority } from "../queue/priority.ts";
import type { Report } from "../reports/report.ts";
import { uncompressed } from "./gzip.ts";
import { invalid } from "./invalid.ts";
import { checkDepth, checkJsonHeaders, parseBody } from "./json-body.ts";
import { queryIssue } from "./query.ts";
import { hasStatus, reportPath } from "./report-path.ts";
import { parseSecrets } from "./secrets.ts";
import { futureMessage, isInFuture } from "./signatures.ts";
import type { Source, SourceRequest, Translation } from "./source.ts";
import { sourceFor } from "./sources.ts";

/** After base64 decoding. */
export const MAX_BODY_BYTES = 256 * 1024;

/** The limit of the queue message's schema. */
const MAX_ISSUES = 20;

export interface ReceiveDeps {
  readonly policy: Policy;
  /** Returns the text of a source's secret, by its name in the policy. */
  readonly readSecret: (name: string) => Promise<string>;
  readonly enqueue: (queue: Priority, message: Message) => Promise<void>;
  readonly now: () => Date;
}

export interface ReportRequest extends SourceRequest {
  readonly source: string;
}

export interface Received {
  /** The response that the source expects. */
  readonly success: Source["success"];
  readonly id: string;
  /** The kind of the queued message; `nothing` if none was queued. */
  readonly kind: Exclude<Message["kind"], "order"> | "nothing";
  readonly queue?: Priority;
  /** Where the sender can ask for the status of the report; absent if its source has no status. */
  readonly location?: string;
  /** What the sender should know, although the report was accepted. */
  readonly warnings?: readonly Issue[];
}

/** Resolves after the message is on the queue. @throws OffairError; problem.ts maps its code to an HTTP response. */
export async function receive(sent: ReportRequest, deps: ReceiveDeps): Promise<Received> {
  const { policy, enqueue, now } = deps;
  const { source } = sent;
  const entry = sourceOf(source, policy);
  if (!entry) throw new OffairError("ERR_SOURCE_UNKNOWN", "there is no such source");
  if (sent.body.length > MAX_BODY_BYTES) {
    throw new OffairError("ERR_REPORT_TOO_LARGE", `the body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  const adapter = sourceFor(entry, policy);
  if (adapter.onlyJson) checkJsonHeaders(sent.headers);
  const body = adapter.gzip ? uncompressed(sent.body, MAX_BODY_BYTES) : sent.body;
  const request = { ...sent, body };
  const receivedAt = now();
  const secrets = parseSecrets(await deps.readSecret(entry.secret ?? source), source);
  const proof = adapter.verify(request, secrets, receivedAt);

  const found = translateOrHold(adapter, request, receivedAt);
  const id = proof.id ?? ("id" in found ? found.id : undefined) ?? hashId(adapter, request);
  const received = { source, id, receivedAt: receivedAt.toISOString(), bodySha256: sha256Hex(body) };
  const { success } = adapter;
  switch (found.kind) {
    case "untranslated":
      await enqueue("bulk", { kind: "untranslated", untranslated: { ...received, issues: found.issues } });
      return { success, id, kind: "untranslated", queue: "bulk" };
    case "publish":
    case "publish-done": {
      const { kind, stream, startedAt } = found;
      const queue = kind === "publish" ? "urgent" : "bulk"; // urgent: the stream may be one that was just cut
      await enqueue(queue, { kind, publish: { ...received, stream, ...(startedAt !== undefined && { startedAt }) } });
      return { success, id, kind, queue };
    }
    case "nothing":
      return { success, id, kind: "nothing" };
    case "claims": {
      if (found.claims.length === 0) return { success, id, kind: "nothing" };
      const reports = reportsOf(found, received, secrets);
      if (adapter.answersIssues) checkScope(reports, policy); // a vendor's report is queued: the worker records the refusal
      const warnings = adapter.answersIssues ? [...(found.warnings ?? []), ...reviewWarnings(reports, policy)] : [];
      const queue = queueOf(reports, entry, policy);
      await enqueue(queue, { kind: "reports", reports });
      if (found.unread) {
        const { part, issues } = found.unread;
        const untranslated = { ...received, id: `${id}/${part}`, issues: issues.slice(0, MAX_ISSUES) };
        await enqueue("bulk", { kind: "untranslated", untranslated });
      }
      return {
        ...{ success, id, kind: "reports", queue },
        ...(hasStatus(source, entry) && { location: reportPath(source, id) }),
        ...(warnings.length > 0 && { warnings }),
      };
    }
  }
}

/** Translates a request; an invalid one from a vendor is held for review, because the vendor cannot correct it. */
function translateOrHold(adapter: Source, request: SourceRequest, now: Date) {
  try {
    return translate(adapter, request, now);
  } catch (error) {
    if (adapter.answersIssues || !(error instanceof OffairError) || error.code !== "ERR_REPORT_INVALID") throw error;
    const { issues = [{ pointer: "", message: error.message }] } = error.details;
    return { kind: "untranslated" as const, issues: issues.slice(0, MAX_ISSUES) };
  }
}

export function translate(adapter: Source, request: SourceRequest, now: Date): Translation {
  const message = adapter.bodyless ? queryIssue(request.rawQuery ?? "") : undefined;
  if (message !== undefined) throw invalid([{ pointer: "/query", message }], `the query ${message}`);
  const payload = request.body.length === 0 && adapter.bodyless ? undefined : parseBody(request.body);
  const translation = adapter.translate(payload, request, now); // before the depth check: its issues have exact pointers
  checkDepth(payload);
  if (translation.kind === "claims") checkFuture(translation.claims, now);
  return translation;
}

/**
 * Refuses claims from the future, because a wrong clock or time zone of the sender also makes old reports look new.
 *
 * @throws OffairError `ERR_REPORT_INVALID`
 */
function checkFuture(claims: Claims["claims"], now: Date): void {
  const ahead = claims.filter(({ occurredAt }) => isInFuture(occurredAt, now));
  const issues = ahead.map(({ occurredAt }) => ({ pointer: "/occurredAt", message: futureMessage(occurredAt, now) }));
  if (issues.length > 0) throw invalid(issues, "the report is from the future");
}

type Claims = Extract<Translation, { kind: "claims" }>;

function reportsOf(
  { claims, parts }: Claims,
  received: Pick<Report, "source" | "id" | "receivedAt" | "bodySha256">,
  secrets: readonly string[],
): Report[] {
  return claims.map(({ reporter, ...claim }, index) => ({
    ...claim,
    ...received,
    id: idOf(received.id, index, parts?.[index]),
    ...(reporter && { reporterHash: pseudonym(reporter.id, secrets) }),
  }));
}

const idOf = (id: string, index: number, part: string | undefined): string =>
  part !== undefined ? `${id}/${part}` : index === 0 ? id : `${id}/${index}`;

/**
 * Replaces a reporter's id by a pseudonym, because the id is personal data; the same reporter keeps the same pseudonym. It is keyed with
 * the source's secret, so that it cannot be reversed by trying ids; a rotation of the secret changes every pseudonym.
 */
const pseudonym = (reporterId: string, [secret = ""]: readonly string[]): string =>
  createHmac("sha256", secret).update(`offair reporter\n${reporterId}`).digest("hex").slice(0, 32);

const queueOf = (reports: readonly Report[], { grade }: SourceEntry, policy: Policy): Priority =>
  reports.some((report) => !report.appeal && ruleFor(report, grade, policy)?.urgent) ? "urgent" : "bulk";

function checkScope(reports: readonly Report[], policy: Policy): void {
  const outside = reports.findIndex((report) => !inScope(report.stream, policy) || isStrayCanary(report, policy));
  if (outside < 0) return;
  const pointer = reports[outside]?.appeal ? "/order/stream" : "/stream";
  throw new OffairError("ERR_REPORT_SCOPE", "the stream is outside the policy's scope", {
    issues: [{ pointer, message: "is outside the configured ingest domains and apps" }],
  });
}

/** Reports that no rule will act on, whatever it says: their sender may be able to do something about it. */
function reviewWarnings(reports: readonly Report[], { maxReportAgeMinutes }: Policy): Issue[] {
  return reports.flatMap(({ occurredAt, receivedAt, stream, appeal }) => {
    if (appeal) return []; // a person looks at every appeal
    const isOld = Date.parse(receivedAt) - Date.parse(occurredAt) > maxReportAgeMinutes * MINUTE_MS;
    const held = "a person will look at the report, and no rule acts on it";
    const old = `is more than ${maxReportAgeMinutes} minutes ago: ${held}`;
    const odd = `has characters that Live does not document (it documents ${DOCUMENTED_CHARACTERS}): ${held}`;
    return [
      ...(isOld ? [{ pointer: "/occurredAt", message: old }] : []),
      ...(hasDocumentedName(stream) ? [] : [{ pointer: "/stream/stream", message: odd }]),
    ];
  });
}

/**
 * The id of a message without one: the hash of its body, and of its query if the source may send everything there. Beside a signed body
 * the query is unsigned and is left out: otherwise one message could be resent as many.
 */
function hashId({ bodyless }: Source, { body, query, rawQuery = "" }: SourceRequest): string {
  const inQuery = !bodyless
    ? []
    : queryIssue(rawQuery) === undefined
      ? Object.entries(query)
      : [["", rawQuery] as const];
  if (inQuery.length === 0) return sha256Hex(body);
  return sha256Hex(JSON.stringify([inQuery.sort(([a], [b]) => (a < b ? -1 : 1)), sha256Hex(body)]));
}
