/**
 * The `json-mapping` source: a vendor without an adapter of its own. The policy says how it proves itself (json-mapping-proof.ts) and, with JSON
 * pointers, where its words stand. One request, one claim.
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
    bodyless: !isSigned, // some put everything in the query; but the signature of nothing would fit every query there is

    verify(request, secrets, now) {
      prove(entry.authentication, request, secrets, now);
      return {}; // an id that the sender names is a matter of what it says
    },

    translate(body, { query, headers }, now) {
      // Of all there is: some name the kind of message in a header, and a change of it says nothing that was not signed.
      if (!isReport(entry.when, { body, query, headers })) return { kind: "nothing" };
      // What the signature leaves out can be altered on its way.
      const document = isSigned ? { body, query: {}, headers: {} } : { body, query, headers };
      const reading = read(entry, document, policy, now);
      if (!reading.claim) throw notAsMapped(reading.issues);
      return { kind: "claims", ...(reading.id !== undefined && { id: reading.id }), claims: [reading.claim] };
    },
  };
}

const notAsMapped = (issues: readonly Issue[]): OffairError =>
  new OffairError("ERR_REPORT_INVALID", "the request is not as the policy maps it", { issues });

/** A vendor that moves the field away, or nests it, must not thereby fall silent. */
function isReport(when: JsonMappingEntry["when"], document: MappedDocument): boolean {
  if (!when) return true;
  const value = valueAt(document, when.at);
  if (value === undefined || (typeof value === "object" && value !== null)) {
    throw notAsMapped([{ pointer: when.at, message: "is not there, or is no plain value: is this a report?" }]);
  }
  return when.in.some((one) => one === value);
}

interface Reading {
  readonly id?: string | undefined;
  readonly claim?: Claim | undefined;
  /** All that is wrong, at the pointers of the policy. */
  readonly issues: readonly Issue[];
}

function read(entry: JsonMappingEntry, document: MappedDocument, policy: Domains, now: Date): Reading {
  const issues: Issue[] = [];
  const issue = (pointer: string, message: string): undefined => {
    issues.push({ pointer, message });
  };
  const text = (pointer: string): string | undefined =>
    textAt(document, pointer) ?? issue(pointer, "is not there, or is not a text that says something");
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
  // What is undefined is left out, as it would be in JSON.
  const { data, error } = claimSchema.safeParse(
    Object.fromEntries(Object.entries(claim).filter(([, value]) => value !== undefined)),
  );
  return error ? { issues: issuesOf(error).map((each) => atItsOrigin(each, entry)) } : { id, claim: data, issues };
}

type Field = JsonMappingEntry["category"];
const pointerOf = (field: Field): string => (typeof field === "string" ? field : "");

/** Of one field as it is, where a header could hold it; else a hash, in which `a` and `bc` are not `ab` and `c`. */
function idOf(parts: readonly (string | undefined)[]): string | undefined {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined && /^[\x21-\x7e]{1,128}$/.test(first)) return first;
  return sha256Hex(JSON.stringify(parts));
}

/** Which pointer of the policy led to what the report's own shape refuses. */
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

/** What a person wrote, as the report takes it: too much of it, or a stray control character, does not make the harm unsaid. */
const proseOf = (text: string): string =>
  [...text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, " ")]
    .slice(0, 2_000)
    .join("");
