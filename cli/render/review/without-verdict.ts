/** A case that a plan of verdicts leaves out, or that got no verdict from it. */
import { escapeInvisible } from "../../../lib/core/escape-invisible.ts";
import type { LeftOutCase } from "../../../lib/operator/contract/response-schema.ts";
import { untilText } from "../../terminal/duration.ts";
import { personText } from "./parts.ts";

const LEFT_OUT: Readonly<Record<string, string>> = {
  ended: "decided already",
  held: "another person has it",
  "second-opinion": "you asked for another person's verdict",
  untranslatable: "the message could not be translated, so there is no action to approve",
  "protected-stream": "its stream is protected",
  "out-of-scope": "its stream is outside the ingest domains and apps of the policy",
  "already-off": "its stream is disabled already",
  open: "it waits still",
};

/** The case, which its sender named, ends the line. */
export function leftOutText({ report, because, by, until }: LeftOutCase): string {
  const who = by === undefined ? "" : ` (${personText(by)}${untilText(until)})`;
  return `${LEFT_OUT[because] ?? escapeInvisible(because)}${who}: ${escapeInvisible(report)}`;
}
