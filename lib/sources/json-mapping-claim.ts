/** Reads one claim of a `json-mapping` source from the values that the policy's pointers lead to. */
import { definedOnly } from "../core/defined-only.ts";
import { type Issue, issuesOf } from "../core/issues.ts";
import { sha256Hex } from "../core/sha256.ts";
import { SECOND_MS } from "../core/time.ts";
import { type Category, type Claim, claimSchema } from "../reports/claim.ts";
import type { JsonMappingEntry, MappedDocument } from "./json-mapping-proof.ts";
import { numberAt, textAt, valueAt } from "./pointer.ts";
import { type Domains, sourceStreamOf, streamOfPath, streamOfUrl } from "./stream-url.ts";
import { quoteLabel, unclearStream } from "./vendor-labels.ts";

export interface Reading {
  /** The values of the policy's `id`, in its order; those of an issue are absent. */
  readonly ids: readonly (string | undefined)[];
  readonly claim?: Claim | undefined;
  /** Every issue, at the policy's pointer. */
  readonly issues: readonly Issue[];
}

export function readClaim(entry: JsonMappingEntry, document: MappedDocument, policy: Domains, now: Date): Reading {
  const issues: Issue[] = [];
  const issue = (pointer: string, message: string): undefined => {
    issues.push({ pointer, message });
  };
  const text = (pointer: string): string | undefined =>
    textAt(document, pointer) ?? issue(pointer, "must be a non-empty text");
  /** Two ids whose bytes were replaced by U+FFFD on the way would become one. */
  const identity = (pointer: string): string | undefined => {
    const value = text(pointer);
    return value?.includes("\ufffd") ? issue(pointer, "has U+FFFD in place of bytes that were not UTF-8") : value;
  };
  const field = (of: Field): string | undefined => (typeof of === "string" ? text(of) : of.is);

  const readCategory = (): Category | undefined => {
    const label = field(entry.category);
    if (label === undefined) return undefined;
    if (Object.hasOwn(entry.categories, label)) return entry.categories[label];
    return issue(pointerOf(entry.category), `${quoteLabel(label)} is not among the source's categories`);
  };
  const category = readCategory();
  const readStream = (): unknown => {
    const { stream: from } = entry;
    const known = (pointer: string, found: ReturnType<typeof streamOfUrl>): unknown => {
      if (!("issue" in found)) return found;
      issues.push(unclearStream(pointer, found.issue, [category]));
      return undefined;
    };
    if ("url" in from) return known(from.url, streamOfUrl(valueAt(document, from.url), policy));
    if ("path" in from) {
      const path = text(from.path);
      return path === undefined ? undefined : known(from.path, streamOfPath(path, policy));
    }
    const [domain, app, stream] = [field(from.domain), field(from.app), field(from.stream)];
    if (domain === undefined || app === undefined || stream === undefined) return undefined;
    return known(pointerOf(from.stream), sourceStreamOf({ domain, app, stream }, policy));
  };
  const readScore = (): number | undefined => {
    if (!entry.score) return undefined;
    const { at, max } = entry.score;
    const score = numberAt(document, at);
    if (score === undefined) return issue(at, "is not a number");
    return score >= 0 && score <= max ? Math.abs(score) / max : issue(at, `is not from 0 to ${max}`);
  };
  const readTime = (): string | undefined => {
    if (!entry.time) return now.toISOString();
    const { at, unit } = entry.time;
    if (unit === "rfc3339") return text(at);
    const number = numberAt(document, at);
    if (number === undefined) return issue(at, "is not a number");
    const time = new Date(unit === "s" ? number * SECOND_MS : number);
    return Number.isNaN(time.getTime()) ? issue(at, "is not a time") : time.toISOString();
  };

  const ids = entry.id?.map(identity) ?? [];
  const reason = entry.reason === undefined ? undefined : textAt(document, entry.reason);
  const reporter = entry.reporter === undefined ? undefined : textAt(document, entry.reporter);
  const claim = {
    occurredAt: readTime(),
    stream: readStream(),
    category,
    score: readScore(),
    reason: reason === undefined ? undefined : proseOf(reason),
    reporter: reporter === undefined ? undefined : { id: reporter },
  };
  if (issues.length > 0) return { ids, issues };
  const { data, error } = claimSchema.safeParse(definedOnly(claim));
  return { ids, claim: data, issues: error ? issuesOf(error).map((each) => atItsOrigin(each, entry)) : issues };
}

type Field = JsonMappingEntry["category"];
const pointerOf = (field: Field): string => (typeof field === "string" ? field : "");

/** The id: a single short printable field as it is, otherwise a hash of the JSON array, so that [`a`, `bc`] differs from [`ab`, `c`]. */
export function idOf(parts: readonly (string | undefined)[]): string {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined && /^[\x21-\x7e]{1,128}$/.test(first)) return first;
  return sha256Hex(JSON.stringify(parts));
}

/** Replaces the claim schema's pointer in an issue by the policy's pointer that the value was read from. */
function atItsOrigin({ pointer, message }: Issue, { stream, time, score, reason, reporter }: JsonMappingEntry): Issue {
  const [, member = "", part = ""] = pointer.split("/");
  const triple = "domain" in stream ? stream : undefined;
  const origins: Record<string, string | undefined> = {
    occurredAt: time?.at,
    score: score?.at,
    reason,
    reporter,
    stream: "url" in stream ? stream.url : "path" in stream ? stream.path : undefined,
  };
  const field = triple && (part === "domain" || part === "app" || part === "stream") ? triple[part] : undefined;
  return { pointer: (field === undefined ? origins[member] : pointerOf(field)) ?? pointer, message };
}

/** Makes free text fit the claim schema: control characters become spaces, and it is cut to 2,000 characters, so that it is not refused. */
export const proseOf = (text: string): string =>
  [...text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, " ")]
    .slice(0, 2_000)
    .join("");
