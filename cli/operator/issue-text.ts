/** An issue of a request as text, with the names of options and operands instead of JSON pointers. */
import type { Issue } from "../../lib/core/issues.ts";
import { formatStream, type Stream } from "../../lib/core/stream.ts";

/** The option or operand for a field of the request, if its name differs. */
const TYPED: Readonly<Record<string, string>> = {
  id: "--request-id",
  reason: "--reason",
  hours: "--for",
  planSha256: "--sha256",
  overrideProtected: "--override-protected",
  undocumentedNames: "--undocumented-names",
  breakGlass: "--break-glass",
  orderId: "ID",
  orderNumber: "ID",
  report: "REPORT",
  text: "TEXT",
  source: "--source",
  rule: "--rule",
  before: "--before",
  cases: "--source, --rule and --before",
  "claim/source": "--source",
  "claim/stream": "--claim",
  "claim/score": "--score",
  "cases/source": "--source",
  "cases/rule": "--rule",
  "cases/before": "--before",
  as: "--as",
  queue: "--queue",
  since: "--since",
  until: "--until",
  subscriber: "--subscriber",
  type: "--type",
  stream: "--stream",
  "selector/domain": "--live",
  "selector/app": "--app",
  "selector/name": "--name",
  "selector/clientAddress": "--client",
  "selector/startedSince": "--since",
};

/** Where the field is another option or an operand than usual. */
const TYPED_OF: Readonly<Record<string, typeof TYPED>> = { mode: { source: "SOURCE" }, sources: { source: "SOURCE" } };

interface Asked {
  readonly action?: string;
  readonly streams?: readonly Stream[] | undefined;
}

/** Not escaped: use escapeInvisible() before printing. @param request - that the issue is about. */
export function issueText({ pointer, message }: Issue, { action = "", streams = [] }: Asked): string {
  const path = pointer.slice(1);
  const [, index, rest] = /^streams\/(\d+)(?:\/(.*))?$/.exec(path) ?? [];
  const stream = index === undefined ? undefined : streams[Number(index)];
  // The name is last: right-to-left text would change the order of what follows it.
  if (stream) return `${rest === undefined ? message : `its ${rest} ${message}`}: ${formatStream(stream)}`;
  return path === "" ? message : `${TYPED_OF[action]?.[path] ?? TYPED[path] ?? path}: ${message}`;
}
