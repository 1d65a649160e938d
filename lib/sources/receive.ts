/**
 * From a request to a message on a lane: who sends, how large, is it proven, is it JSON, is it a report, is its stream ours. The
 * order of the checks decides what a stranger can learn: before the signature holds, nothing of the body is looked at.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import { OffairError } from "../errors.ts";
import type { Lane, Message } from "../moderation/message.ts";
import { inScope, type Policy } from "../moderation/policy.ts";
import type { Report } from "../moderation/report.ts";
import { checkDepth, checkJsonType, parseJson } from "./json-body.ts";
import type { SignedRequest, Source } from "./source.ts";

/** Of the decoded bytes. */
export const MAX_BODY_BYTES = 256 * 1024;

export interface ReceiveDeps {
  readonly policy: Policy;
  readonly adapters: Readonly<Record<Policy["sources"][string]["adapter"], Source>>;
  /** The text of a source's secret. */
  readonly readSecret: (source: string) => Promise<string>;
  readonly enqueue: (lane: Lane, message: Message) => Promise<void>;
  readonly now: () => Date;
}

export interface ReportRequest extends SignedRequest {
  readonly source: string;
}

export interface Received {
  readonly status: number;
  readonly id: string;
  readonly lane: Lane;
}

/** @throws OffairError one of the codes that problem.ts turns into an answer. When it resolves, the report is on the queue. */
export async function receive(request: ReportRequest, deps: ReceiveDeps): Promise<Received> {
  const { policy, adapters, now } = deps;
  const { source, body, headers } = request;
  const entry = Object.hasOwn(policy.sources, source) ? policy.sources[source] : undefined;
  if (!entry) throw new OffairError("ERR_SOURCE_UNKNOWN", "there is no such source");
  if (body.length > MAX_BODY_BYTES) {
    throw new OffairError("ERR_REPORT_TOO_LARGE", `the body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  const adapter = adapters[entry.adapter];
  const receivedAt = now();
  const { id } = adapter.verify(request, parseSecrets(await deps.readSecret(source)), receivedAt);
  checkJsonType(headers["content-type"]);
  const payload = parseJson(body);
  const claims = adapter.translate(payload); // first: what it knows it can point at
  checkDepth(payload);
  const received = { source, receivedAt: receivedAt.toISOString(), bodySha256: sha256Hex(body) };
  // Who reported is personal, and nothing needs it yet: it does not leave this function.
  const reports: Report[] = claims.map(({ reporter: _reporter, ...claim }, index) => ({
    ...claim,
    ...received,
    id: index === 0 ? id : `${id}/${index}`,
  }));
  checkScope(reports, policy);
  const lane = reports.some(({ category }) => policy.urgent.includes(category)) ? "live" : "bulk";
  await deps.enqueue(lane, { kind: "reports", reports });
  return { status: adapter.success.status, id, lane };
}

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
    faults: [{ pointer: "/stream", message: "is outside the configured ingest domains and apps" }],
  });
}

const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
