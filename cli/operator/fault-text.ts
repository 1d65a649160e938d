/** What is wrong with what was asked, told with the words that were typed. */
import type { Issue } from "../../lib/core/issues.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { NamedStream } from "./response.ts";

/** Where the command has another word for it than the event. */
const TYPED: Readonly<Record<string, string>> = {
  reason: "--reason",
  hours: "--for",
  planSha256: "--sha256",
  overrideProtected: "--override-protected",
  breakGlass: "--break-glass",
  orderId: "ID",
  report: "REPORT",
  as: "--as",
  queue: "--queue",
  "selector/domain": "--live",
  "selector/app": "--app",
  "selector/name": "--name",
  "selector/clientAddress": "--client",
  "selector/startedSince": "--since",
};

/** Not yet visible(). @param streams - those of the event, in its order. */
export function issueText({ pointer, message }: Issue, streams: readonly NamedStream[] = []): string {
  const path = pointer.slice(1);
  const [, index, rest] = /^streams\/(\d+)(?:\/(.*))?$/.exec(path) ?? [];
  const stream = index === undefined ? undefined : streams[Number(index)];
  // Last, and after the message: a name that is written from the right would turn round what comes after it.
  if (stream) return `${rest === undefined ? message : `its ${rest} ${message}`}: ${formatStream(stream)}`;
  return path === "" ? message : `${TYPED[path] ?? path}: ${message}`;
}
