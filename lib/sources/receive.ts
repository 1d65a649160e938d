/**
 * From a request to a message on a queue: who sends, how large, is it proven, is it JSON, is it a report, is its stream ours. The
 * order of the checks decides what a stranger can learn: before the proof holds, nothing of the body is believed.
 */
import { createHmac } from "node:crypto";
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { sha256Hex } from "../core/sha256.ts";
import { inScope, type Policy, ruleFor, type SourceEntry, sourceOf } from "../policy/policy.ts";
import type { Message } from "../queue/message.ts";
import type { Priority } from "../queue/priority.ts";
import type { Report } from "../reports/report.ts";
import { checkDepth, checkJsonType, parseJson } from "./json-body.ts";
import type { Source, SourceRequest, Translation } from "./source.ts";
import { sourceFor } from "./sources.ts";

/** Of the decoded bytes. */
export const MAX_BODY_BYTES = 256 * 1024;

/** As many as a message carries, and more than anybody mends at once. */
const MAX_FAULTS = 20;

export interface ReceiveDeps {
  readonly policy: Policy;
  /** The text of a source's secret, by the name that the policy gives it. */
  readonly readSecret: (name: string) => Promise<string>;
  readonly enqueue: (queue: Priority, message: Message) => Promise<void>;
  readonly now: () => Date;
}

export interface ReportRequest extends SourceRequest {
  readonly source: string;
}

export interface Received {
  /** What the source takes for success: a status, and where it asks for one a body of its own. */
  readonly success: Source["success"];
  readonly id: string;
  /** What was put on the queue; `nothing` went on none. */
  readonly kind: Exclude<Message["kind"], "order"> | "nothing";
  readonly queue?: Priority;
}

/** @throws OffairError one of the codes that problem.ts turns into an answer. When it resolves, the message is on the queue. */
export async function receive(request: ReportRequest, deps: ReceiveDeps): Promise<Received> {
  const { policy, enqueue, now } = deps;
  const { source, body } = request;
  const entry = sourceOf(source, policy);
  if (!entry) throw new OffairError("ERR_SOURCE_UNKNOWN", "there is no such source");
  if (body.length > MAX_BODY_BYTES) {
    throw new OffairError("ERR_REPORT_TOO_LARGE", `the body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  const adapter = sourceFor(entry, policy);
  const receivedAt = now();
  const secrets = parseSecrets(await deps.readSecret(entry.secret ?? source));
  const proof = adapter.verify(request, secrets, receivedAt);

  const found = translateOrSayWhyNot(adapter, request, receivedAt);
  const id = proof.id ?? ("id" in found ? found.id : undefined) ?? hashId(adapter, request);
  const received = { source, id, receivedAt: receivedAt.toISOString(), bodySha256: sha256Hex(body) };
  const { success } = adapter;
  switch (found.kind) {
    case "untranslated":
      await enqueue("bulk", { kind: "untranslated", untranslated: { ...received, issues: found.issues } });
      return { success, id, kind: "untranslated", queue: "bulk" };
    case "publish": // of a stream that was just cut, perhaps: the next second matters
      await enqueue("urgent", { kind: "publish", publish: { ...received, stream: found.stream } });
      return { success, id, kind: "publish", queue: "urgent" };
    case "nothing":
      return { success, id, kind: "nothing" };
    case "claims": {
      if (found.claims.length === 0) return { success, id, kind: "nothing" };
      const reports = reportsOf(found, received, secrets);
      if (adapter.answersIssues) checkScope(reports, policy); // a vendor's goes on: the worker writes down that it was refused
      const queue = queueOf(reports, entry, policy);
      await enqueue(queue, { kind: "reports", reports });
      return { success, id, kind: "reports", queue };
    }
  }
}

type Claims = Extract<Translation, { kind: "claims" }>;

type Untranslated = {
  readonly kind: "untranslated";
  readonly issues: { pointer: string; message: string }[];
};

/** What a vendor sends and nobody understands is not for the vendor to mend, and the harm in it must not go unseen. */
function translateOrSayWhyNot(adapter: Source, request: SourceRequest, now: Date): Translation | Untranslated {
  try {
    return translate(adapter, request, now);
  } catch (error) {
    if (adapter.answersIssues || !(error instanceof OffairError) || error.code !== "ERR_REPORT_INVALID") throw error;
    const issues = error.details.issues ?? [{ pointer: "", message: error.message }];
    return { kind: "untranslated", issues: issues.slice(0, MAX_FAULTS).map((issue) => ({ ...issue })) };
  }
}

export function translate(adapter: Source, request: SourceRequest, now: Date): Translation {
  if (request.body.length === 0 && adapter.bodyless) return adapter.translate(undefined, request, now);
  if (adapter.answersIssues) checkJsonType(request.headers["content-type"]); // vendors label theirs as they like
  const payload = parseJson(request.body);
  const translation = adapter.translate(payload, request, now); // first: what it knows it can point at
  checkDepth(payload);
  return translation;
}

function reportsOf(
  { claims, parts }: Pick<Claims, "claims" | "parts">,
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
 * Who reported is personal and does not leave this function; that it was the same one again is worth knowing. Nobody without the
 * source's secret can try names against it, and a rotation makes every reporter a new one.
 */
const pseudonym = (reporterId: string, [secret = ""]: readonly string[]): string =>
  createHmac("sha256", secret).update(`offair reporter\n${reporterId}`).digest("hex").slice(0, 32);

const queueOf = (reports: readonly Report[], { grade }: SourceEntry, policy: Policy): Priority =>
  reports.some((report) => ruleFor(report, grade, policy)?.urgent) ? "urgent" : "bulk";

/** `{"secrets": ["whsec_…"]}`: one to three that are valid at once, so that a rotation can overlap. */
const secretsSchema = z.object({ secrets: z.array(z.string().min(1)).min(1).max(3) });

function parseSecrets(text: string): string[] {
  try {
    return secretsSchema.parse(JSON.parse(text)).secrets;
  } catch {
    // Not as a cause: what the parser says may quote the secret.
    throw new OffairError("ERR_SECRET", 'the source\'s secret is not {"secrets": [one to three of them]}');
  }
}

function checkScope(reports: readonly Report[], policy: Policy): void {
  const outside = reports.findIndex(({ stream }) => !inScope(stream, policy));
  if (outside < 0) return;
  throw new OffairError("ERR_REPORT_SCOPE", "the stream's ingest domain and app are not ones that may be acted on", {
    issues: [{ pointer: "/stream", message: "is outside the configured ingest domains and apps" }],
  });
}

/**
 * Of a message without an id of its own: its body. Where everything may stand in the query, bodies may be all alike; but beside a signed
 * body a query is nobody's, and one message with many queries would be many.
 */
function hashId({ bodyless }: Source, { body, query }: SourceRequest): string {
  const inQuery = bodyless ? Object.entries(query) : [];
  if (inQuery.length === 0) return sha256Hex(body);
  return sha256Hex(JSON.stringify([inQuery.sort(([a], [b]) => (a < b ? -1 : 1)), sha256Hex(body)]));
}
