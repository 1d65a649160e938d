/** What is wrong with the sources of a policy: a grade that cannot be proven, a secret that two share, settings that translate nothing. */
import { type Grade, isAtLeast } from "../grade.ts";
import type { Policy, SourceEntry } from "../policy.ts";
import { PROVEN_BY_ADAPTER } from "../source-schema.ts";
import type { PolicyIssue } from "./issue.ts";
import { hasWildcard, NO_WILDCARD } from "./scope.ts";

type JsonMapping = Extract<SourceEntry, { adapter: "json-mapping" }>;

const PROVEN_BY_SCHEME = { hmac: "C", md5: "E", bearer: "F" } as const satisfies Record<
  JsonMapping["authentication"]["scheme"],
  Grade
>;

const provenBy = (entry: SourceEntry): Grade =>
  entry.adapter === "json-mapping" ? PROVEN_BY_SCHEME[entry.authentication.scheme] : PROVEN_BY_ADAPTER[entry.adapter];

export function sourceIssues(policy: Policy): PolicyIssue[] {
  const ownerOf = new Map<string, string>();
  return Object.entries(policy.sources).flatMap(([name, entry]) => {
    const at = (...path: PolicyIssue["path"]) => ["sources", name, ...path];
    const issues: PolicyIssue[] = [];

    const proven = provenBy(entry);
    if (!isAtLeast(proven, entry.grade)) {
      issues.push({
        path: at("grade"),
        message: `is better than a signature of this kind can prove: ${proven} at best`,
      });
    }

    const secret = entry.secret ?? name;
    const owner = ownerOf.get(secret);
    ownerOf.set(secret, owner ?? name);
    if (owner !== undefined) {
      issues.push({
        path: entry.secret === undefined ? at() : at("secret"),
        message: `is the secret of source "${owner}" too, so that one could speak for the other: give each its own`,
      });
    }

    if (entry.maxActions !== undefined && entry.maxActions > policy.limits.total) {
      issues.push({ path: at("maxActions"), message: `is more than all sources together may: ${policy.limits.total}` });
    }
    if ("categories" in entry && Object.keys(entry.categories).length === 0) {
      issues.push({ path: at("categories"), message: "knows no label, so that no report could be translated" });
    }
    if (entry.adapter === "json-mapping") issues.push(...mappingIssues(entry, policy, at));
    return issues;
  });
}

type At = (...path: PolicyIssue["path"]) => PolicyIssue["path"];

function mappingIssues(entry: JsonMapping, policy: Policy, at: At): PolicyIssue[] {
  const { authentication, category, categories } = entry;
  const issues = authentication.scheme === "md5" ? hashIssues(authentication.of, at("authentication", "of")) : [];
  if (typeof category === "object" && !Object.hasOwn(categories, category.is)) {
    issues.push({ path: at("category"), message: "is no label of categories: add it there" });
  }
  const pointers = pointersOf(entry, at);
  return [
    ...issues,
    ...unsignedIssues(entry, pointers),
    ...proofIssues(entry, pointers),
    ...idIssues(entry, pointers),
    ...constantIssues(entry.stream, policy, at),
  ];
}

type Pointer = [path: PolicyIssue["path"], pointer: string];

/** What is read of a request once it is proven, and is a report. */
function pointersOf(entry: JsonMapping, at: At): Pointer[] {
  const { id = [], stream, category, score, time, reason, reporter } = entry;
  const fields: [PolicyIssue["path"], unknown][] = [
    ...id.map((pointer, index): [PolicyIssue["path"], unknown] => [at("id", index), pointer]),
    ...Object.entries(stream).map(([key, pointer]): [PolicyIssue["path"], unknown] => [at("stream", key), pointer]),
    [at("category"), category],
    [at("score", "at"), score?.at],
    [at("time", "at"), time?.at],
    [at("reason"), reason],
    [at("reporter"), reporter],
  ];
  return fields.flatMap(([path, pointer]): Pointer[] => (typeof pointer === "string" ? [[path, pointer]] : []));
}

/** Query and headers are outside of a signature over the body: whoever carries a signed message could put another stream there. */
function unsignedIssues({ authentication }: JsonMapping, pointers: readonly Pointer[]): PolicyIssue[] {
  if (authentication.scheme !== "hmac") return [];
  return pointers
    .filter(([, pointer]) => !/^\/body(\/|$)/.test(pointer))
    .map(([path]) => ({ path, message: "is outside of the body, which is all that is signed" }));
}

/** A token that were a report's id or reason would stand in the ledger and in the log. */
function proofIssues({ authentication }: JsonMapping, pointers: readonly Pointer[]): PolicyIssue[] {
  const proof = authentication.scheme === "md5" ? authentication.sign : `/headers/${authentication.header}`;
  return pointers
    .filter(([, pointer]) => pointer === proof)
    .map(([path]) => ({ path, message: "is the proof itself, which no report may hold" }));
}

/** Without an id the body is one, and the query: two reports that differ in a header would be one, and the second would be lost. */
function idIssues({ id, authentication }: JsonMapping, pointers: readonly Pointer[]): PolicyIssue[] {
  if (id || authentication.scheme === "hmac") return [];
  return pointers
    .filter(([, pointer]) => pointer.startsWith("/headers/"))
    .map(([path]) => ({ path, message: "is in a header, by which no report is told from another: name an id" }));
}

function hashIssues(of: readonly string[], path: PolicyIssue["path"]): PolicyIssue[] {
  const issues: PolicyIssue[] = [];
  if (!of.includes("key")) issues.push({ path, message: "lacks the key: anybody could make this hash" });
  if (!of.includes("time")) issues.push({ path, message: "lacks the time: a hash once seen would be good for ever" });
  of.forEach((part, at) => {
    if (of.indexOf(part) < at) issues.push({ path: [...path, at], message: "is hashed already: name it once" });
  });
  return issues;
}

/** Of the names that are always the same. */
function constantIssues(stream: JsonMapping["stream"], { scope, playback }: Policy, at: At): PolicyIssue[] {
  if (!("domain" in stream)) return [];
  const constant = (field: typeof stream.app) => (typeof field === "object" ? field.is : undefined);
  const names = { domain: constant(stream.domain), app: constant(stream.app), stream: constant(stream.stream) };
  const issues = Object.entries(names).flatMap(([key, name]) =>
    name !== undefined && hasWildcard(name) ? [{ path: at("stream", key), message: NO_WILDCARD }] : [],
  );
  const seen = names.domain?.toLowerCase();
  const domain = seen !== undefined && Object.hasOwn(playback, seen) ? playback[seen] : seen;
  const isInScope = scope.some(
    (entry) =>
      (domain === undefined || domain === entry.domain) && (names.app === undefined || entry.apps.includes(names.app)),
  );
  if (!isInScope) issues.push({ path: at("stream"), message: "names a domain or app that is not in scope" });
  return issues;
}
