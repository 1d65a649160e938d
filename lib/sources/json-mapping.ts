/**
 * The `json-mapping` source: a vendor without an adapter. The policy states how its requests are authenticated (json-mapping-proof.ts)
 * and which JSON pointers lead to the fields of the claim. One request makes one claim.
 */
import { OffairError } from "../core/errors.ts";
import { type Issue, issuesOf } from "../core/issues.ts";
import { sha256Hex } from "../core/sha256.ts";
import { SECOND_MS } from "../core/time.ts";
import { type Category, type Claim, claimSchema } from "../reports/claim.ts";
import { type JsonMappingEntry, type MappedDocument, prove } from "./json-mapping-proof.ts";
import { numberAt, textAt, valueAt } from "./pointer.ts";
import type { Source } from "./source.ts";
import { type Domains, ingestDomainOf, streamOfUrl } from "./stream-url.ts";
import { quoteLabel } from "./vendor-labels.ts";

export function createJsonMapping(entry: JsonMappingEntry, policy: Domains): Source {
  const isSigned = entry.authentication.scheme === "hmac";
  return {
    success: entry.success,
    answersIssues: false,
    bodyless: !isSigned, // some vendors send only a query; with a signed body, one empty body's signature would fit every query

    verify(request, secrets, now) {
      prove(entry.authentication, request, secrets, now);
      return {}; // the message id is read in translate
    },

    translate(body, { query, headers }, now) {
      // May also look at unsigned headers, because some vendors name the kind of message there: altering one adds no content.
      if (!isReport(entry.when, { body, query, headers })) return { kind: "nothing" };
      // The claim is read from signed parts only: the others can be altered in transit.
      const document = isSigned ? { body, query: {}, headers: {} } : { body, query, headers };
      const reading = read(entry, document, policy, now);
      if (!reading.claim) throw notAsMapped(reading.issues);
      return { kind: "claims", ...(reading.id !== undefined && { id: reading.id }), claims: [reading.claim] };
    },
  };
}

const notAsMapped = (issues: readonly Issue[]): OffairError =>
  new OffairError("ERR_REPORT_INVALID", "the request is not as the policy maps it", { issues });

/**
 * Whether the policy's `when` matches the request. Values are compared as text, as labels are, because some vendors quote numbers.
 *
 * @throws OffairError `ERR_REPORT_INVALID` if the field is missing or nested, because a vendor that moves it would otherwise be ignored.
 */
function isReport(when: JsonMappingEntry["when"], document: MappedDocument): boolean {
  if (!when) return true;
  const value = valueAt(document, when.at);
  if (value === null) return false;
  const text = typeof value === "boolean" || value === "" ? String(value) : textAt(document, when.at);
  if (text === undefined) throw notAsMapped([{ pointer: when.at, message: "is missing, or is not a plain value" }]);
  return when.in.some((one) => String(one) === text);
}

interface Reading {
  readonly id?: string | undefined;
  readonly claim?: Claim | undefined;
  /** Every issue, at the policy's pointer. */
  readonly issues: readonly Issue[];
}

function read(entry: JsonMappingEntry, document: MappedDocument, policy: Domains, now: Date): Reading {
  const issues: Issue[] = [];
  const issue = (pointer: string, message: string): undefined => {
    issues.push({ pointer, message });
  };
  const text = (pointer: string): string | undefined =>
    textAt(document, pointer) ?? issue(pointer, "must be a non-empty text");
  const field = (of: Field): string | undefined => (typeof of === "string" ? text(of) : of.is);

  const readStream = (): unknown => {
    const { stream: from } = entry;
    if ("url" in from) {
      const found = streamOfUrl(valueAt(document, from.url), policy);
      return "issue" in found ? issue(from.url, found.issue) : found;
    }
    if ("path" in from) {
      const path = text(from.path);
      const [, domain, app, stream] = /^([^/]+)\/([^/]+)\/(.+)$/s.exec(path ?? "") ?? [];
      if (path === undefined) return undefined;
      if (domain === undefined) return issue(from.path, "is not like domain/app/stream");
      return { domain: ingestDomainOf(domain, policy), app, stream };
    }
    const [domain, app, stream] = [field(from.domain), field(from.app), field(from.stream)];
    return domain === undefined ? undefined : { domain: ingestDomainOf(domain, policy), app, stream };
  };
  const readCategory = (): Category | undefined => {
    const label = field(entry.category);
    if (label === undefined) return undefined;
    if (Object.hasOwn(entry.categories, label)) return entry.categories[label];
    return issue(pointerOf(entry.category), `${quoteLabel(label)} is not among the source's categories`);
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

  const id = entry.id && idOf(entry.id.map(text));
  const reason = entry.reason === undefined ? undefined : textAt(document, entry.reason);
  const reporter = entry.reporter === undefined ? undefined : textAt(document, entry.reporter);
  const claim = {
    occurredAt: readTime(),
    stream: readStream(),
    category: readCategory(),
    score: readScore(),
    reason: reason === undefined ? undefined : proseOf(reason),
    reporter: reporter === undefined ? undefined : { id: reporter },
  };
  if (issues.length > 0) return { issues };
  // Undefined members are left out, as in JSON.
  const { data, error } = claimSchema.safeParse(
    Object.fromEntries(Object.entries(claim).filter(([, value]) => value !== undefined)),
  );
  return error ? { issues: issuesOf(error).map((each) => atItsOrigin(each, entry)) } : { id, claim: data, issues };
}

type Field = JsonMappingEntry["category"];
const pointerOf = (field: Field): string => (typeof field === "string" ? field : "");

/** The id: a single short printable field as it is, otherwise a hash of the JSON array, so that [`a`, `bc`] differs from [`ab`, `c`]. */
function idOf(parts: readonly (string | undefined)[]): string | undefined {
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
const proseOf = (text: string): string =>
  [...text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, " ")]
    .slice(0, 2_000)
    .join("");
