/** Checks the sources of a policy: grades that cannot be proven, shared secrets, and mappings that cannot work. */
import { CANARY_SOURCE } from "../../core/canary.ts";
import { type Grade, isAtLeast } from "../grade.ts";
import { type Policy, playbackOf, type SourceEntry } from "../policy.ts";
import { PROVEN_BY_ADAPTER } from "../source-schema.ts";
import type { PolicyIssue } from "./issue.ts";
import { appIssue, domainIssue, streamIssue } from "./names.ts";

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

    if (name === CANARY_SOURCE) {
      issues.push({ path: at(), message: "is the name of the canary's own source: choose another name" });
    }

    const proven = provenBy(entry);
    if (!isAtLeast(proven, entry.grade)) {
      issues.push({
        path: at("grade"),
        message: `is better than this kind of signature can prove: ${proven} at best`,
      });
    }

    const secret = entry.secret ?? name;
    const owner = ownerOf.get(secret);
    ownerOf.set(secret, owner ?? name);
    if (owner !== undefined) {
      issues.push({
        path: entry.secret === undefined ? at() : at("secret"),
        message: `is also the secret of source "${owner}", so each could sign as the other: give each its own`,
      });
    }

    issues.push(...appealIssues(entry, at));
    if (entry.maxActions !== undefined && entry.maxActions > policy.limits.total) {
      issues.push({ path: at("maxActions"), message: `is more than limits.total, which is ${policy.limits.total}` });
    }
    if ("categories" in entry && Object.keys(entry.categories).length === 0) {
      issues.push({
        path: at("categories"),
        message: "has no label, so no report could be translated: add the source's labels",
      });
    }
    if (entry.adapter === "json-mapping") issues.push(...mappingIssues(entry, policy, at));
    return issues;
  });
}

/** An appeal names its order in a body of its own, which `standard` verifies; with a weaker signature a forwarded one could be altered. */
function appealIssues({ kind, adapter, grade, maxActions }: SourceEntry, at: At): PolicyIssue[] {
  if (kind !== "appeal") return [];
  return [
    ...(adapter === "standard"
      ? []
      : [{ path: at("kind"), message: `is for the adapter standard only: ${adapter} sends no appeals` }]),
    ...(isAtLeast(grade, "B") ? [] : [{ path: at("grade"), message: "must be A or B for a source of appeals" }]),
    ...(maxActions === undefined
      ? []
      : [{ path: at("maxActions"), message: "never counts: no appeal acts without a person" }]),
  ];
}

type At = (...path: PolicyIssue["path"]) => PolicyIssue["path"];

function mappingIssues(entry: JsonMapping, policy: Policy, at: At): PolicyIssue[] {
  const { authentication, category, categories } = entry;
  const repeated = (["in", "ignore"] as const).flatMap((list) => {
    const values = entry.when?.[list]?.map(String) ?? [];
    return values.flatMap((value, index): PolicyIssue[] =>
      values.indexOf(value) < index
        ? [{ path: at("when", list, index), message: "is listed already: values are compared as text" }]
        : [],
    );
  });
  const issues = authentication.scheme === "md5" ? hashIssues(authentication, at("authentication")) : [];
  if (typeof category === "object" && !Object.hasOwn(categories, category.is)) {
    issues.push({ path: at("category"), message: "is not a label of categories: add it there" });
  }
  const pointers = pointersOf(entry, at);
  return [
    ...issues,
    ...repeated,
    ...unsignedIssues(entry, pointers),
    ...proofIssues(entry, pointers),
    ...idIssues(entry, pointers),
    ...elementIssues(entry, pointers, at),
    ...ignoreIssues(entry, at),
    ...constantIssues(entry.stream, policy, at),
  ];
}

type Pointer = [path: PolicyIssue["path"], pointer: string];

/** The pointers into a request that are read for a report. */
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

/** An HMAC covers the body only: somebody who forwards a signed message could change a stream's name in the query or the headers. */
function unsignedIssues({ authentication }: JsonMapping, pointers: readonly Pointer[]): PolicyIssue[] {
  if (authentication.scheme !== "hmac") return [];
  return pointers
    .filter(([, pointer]) => !/^\/(body|item)(\/|$)/.test(pointer))
    .map(([path]) => ({ path, message: "is outside the body, and the body is all that is signed" }));
}

/** A token or signature must not become a report's id or reason, which are stored in the ledger and logged. */
function proofIssues({ authentication }: JsonMapping, pointers: readonly Pointer[]): PolicyIssue[] {
  const proof = authentication.scheme === "md5" ? authentication.sign : `/headers/${authentication.header}`;
  return pointers
    .filter(([, pointer]) => pointer === proof)
    .map(([path]) => ({
      path,
      message: "is the proof itself (the signature or token), which must not be stored in a report",
    }));
}

/** Without `id`, body and query identify a report: two reports that differ in a header only would count as one, and one would be lost. */
function idIssues({ id, authentication }: JsonMapping, pointers: readonly Pointer[]): PolicyIssue[] {
  if (id || authentication.scheme === "hmac") return [];
  return pointers
    .filter(([, pointer]) => pointer.startsWith("/headers/"))
    .map(([path]) => ({
      path,
      message: "is in a header, but without id only body and query identify a report: name an id",
    }));
}

/** A pointer into an element finds nothing without a list; a list of which nothing is read makes equal reports. */
function elementIssues({ each, when }: JsonMapping, pointers: readonly Pointer[], at: At): PolicyIssue[] {
  const ofElement = [...pointers, ...(when ? [[at("when", "at"), when.at] satisfies Pointer] : [])].filter(
    ([, pointer]) => /^\/item(\/|$)/.test(pointer),
  );
  if (each === undefined) {
    return ofElement.map(([path]) => ({ path, message: "leads into an element of a list: name the list in each" }));
  }
  if (ofElement.length > 0) return [];
  return [{ path: at("each"), message: "is a list of which nothing is read: begin the pointers into it with /item" }];
}

const ignoreIssues = ({ when }: JsonMapping, at: At): PolicyIssue[] =>
  (when?.ignore ?? []).flatMap((value, index) =>
    when?.in.some((one) => String(one) === String(value))
      ? [{ path: at("when", "ignore", index), message: "is in the list of reports too: remove it from one of them" }]
      : [],
  );

function hashIssues(
  { of, host }: Extract<JsonMapping["authentication"], { scheme: "md5" }>,
  parent: PolicyIssue["path"],
): PolicyIssue[] {
  const issues: PolicyIssue[] = [];
  const path = [...parent, "of"];
  if (host !== undefined && !of.includes("host"))
    issues.push({ path: [...parent, "host"], message: "is not hashed: add host to of, or remove it" });
  if (!of.includes("key")) issues.push({ path, message: "lacks the key, so anybody could make this hash: add key" });
  if (!of.includes("time"))
    issues.push({ path, message: "lacks the time, so a captured hash would be valid for ever: add time" });
  of.forEach((part, at) => {
    if (of.indexOf(part) < at) issues.push({ path: [...path, at], message: "is listed already: name each part once" });
  });
  return issues;
}

/** Checks the parts of a stream's name that the mapping sets to a fixed value. */
function constantIssues(stream: JsonMapping["stream"], policy: Policy, at: At): PolicyIssue[] {
  if (!("domain" in stream)) return [];
  const constant = (field: typeof stream.app) => (typeof field === "object" ? field.is : undefined);
  const names = { domain: constant(stream.domain), app: constant(stream.app), stream: constant(stream.stream) };
  const seen = names.domain?.toLowerCase();
  const checked: [string, string | undefined][] = [
    ["domain", seen === undefined ? undefined : domainIssue(seen)],
    ["app", names.app === undefined ? undefined : appIssue(names.app)],
    ["stream", names.stream === undefined ? undefined : streamIssue(names.stream)],
  ];
  const issues = checked.flatMap(([key, message]) =>
    message === undefined ? [] : [{ path: at("stream", key), message }],
  );
  if (issues.length > 0) return issues;
  const domain = seen === undefined ? undefined : (playbackOf(seen, policy)?.ingest ?? seen);
  const isInScope = policy.scope.some(
    (entry) =>
      (domain === undefined || domain === entry.domain) && (names.app === undefined || entry.apps.includes(names.app)),
  );
  if (!isInScope) issues.push({ path: at("stream"), message: "names a domain or app that is not in scope" });
  return issues;
}
