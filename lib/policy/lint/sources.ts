/** Checks the sources of a policy: grades that cannot be proven, shared secrets, and mappings that cannot work. */
import { CANARY_SOURCE } from "../../core/canary.ts";
import { type Grade, isAtLeast } from "../grade.ts";
import { type Policy, playbackOf, type SourceEntry } from "../policy.ts";
import { PROVEN_BY_ADAPTER } from "../source-schema.ts";
import { type At, issuesAt, type PolicyIssue, repeatedIn } from "./issue.ts";
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
  const { total } = policy.limits;
  return Object.entries(policy.sources).flatMap(([name, entry]) => {
    const { adapter, grade, kind, maxActions, secret = name } = entry;
    const at: At = (...keys) => ["sources", name, ...keys];
    const proven = provenBy(entry);
    const owner = ownerOf.get(secret);
    ownerOf.set(secret, owner ?? name);
    const shared = `is also the secret of source "${owner}", so each could sign as the other: give each its own`;
    const isAppeal = kind === "appeal";
    const isEmpty = "categories" in entry && Object.keys(entry.categories).length === 0;
    return [
      ...issuesAt(
        [at(), name === CANARY_SOURCE && "is the name of the canary's own source: choose another name"],
        [
          at("grade"),
          !isAtLeast(proven, grade) && `is better than this kind of signature can prove: ${proven} at best`,
        ],
        [entry.secret === undefined ? at() : at("secret"), owner !== undefined && shared],
        // An appeal names its order in a body of its own, which `standard` verifies; with a weaker signature a forwarded one could be altered.
        [
          at("kind"),
          isAppeal && adapter !== "standard" && `is for the adapter standard only: ${adapter} sends no appeals`,
        ],
        [at("grade"), isAppeal && !isAtLeast(grade, "B") && "must be A or B for a source of appeals"],
        [at("maxActions"), isAppeal && maxActions !== undefined && "never counts: no appeal acts without a person"],
        [at("maxActions"), (maxActions ?? 0) > total && `is more than limits.total, which is ${total}`],
        [at("categories"), isEmpty && "has no label, so no report could be translated: add the source's labels"],
      ),
      ...(entry.adapter === "json-mapping" ? mappingIssues(entry, policy, at) : []),
    ];
  });
}

function mappingIssues(entry: JsonMapping, policy: Policy, at: At): PolicyIssue[] {
  const { authentication, category, categories, when } = entry;
  const pointers = pointersOf(entry, at);
  const isUnknown = typeof category === "object" && !Object.hasOwn(categories, category.is);
  return [
    ...(authentication.scheme === "md5" ? hashIssues(authentication, at) : []),
    ...issuesAt([at("category"), isUnknown && "is not a label of categories: add it there"]),
    ...(["in", "ignore"] as const).flatMap((list) => {
      const values = when?.[list]?.map(String) ?? [];
      return repeatedIn(values, at("when", list), "is listed already: values are compared as text");
    }),
    ...pointerIssues(entry, pointers),
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

const OUTSIDE = "is outside the body, and the body is all that is signed";
const PROOF = "is the proof itself (the signature or token), which must not be stored in a report";
const IN_HEADER = "is in a header, but without id only body and query identify a report: name an id";

function pointerIssues({ authentication, id }: JsonMapping, pointers: readonly Pointer[]): PolicyIssue[] {
  const isSigned = authentication.scheme === "hmac";
  const proof = authentication.scheme === "md5" ? authentication.sign : `/headers/${authentication.header}`;
  return pointers.flatMap(([path, pointer]) =>
    issuesAt(
      // An HMAC covers the body only: somebody who forwards a signed message could change a stream's name in the query or the headers.
      [path, isSigned && !/^\/(body|item)(\/|$)/.test(pointer) && OUTSIDE],
      // A token or signature must not become a report's id or reason, which are stored in the ledger and logged.
      [path, pointer === proof && PROOF],
      // Body and query identify a report: two that differ in a header only would count as one, and one would be lost.
      [path, !id && !isSigned && pointer.startsWith("/headers/") && IN_HEADER],
    ),
  );
}

/** A pointer into an element finds nothing without a list; a list of which nothing is read makes equal reports. */
function elementIssues({ each, when }: JsonMapping, pointers: readonly Pointer[], at: At): PolicyIssue[] {
  const all: readonly Pointer[] = when ? [...pointers, [at("when", "at"), when.at]] : pointers;
  const ofElement = all.filter(([, pointer]) => /^\/item(\/|$)/.test(pointer));
  const nothing = "is a list of which nothing is read: begin the pointers into it with /item";
  return each === undefined
    ? ofElement.map(([path]) => ({ path, message: "leads into an element of a list: name the list in each" }))
    : issuesAt([at("each"), ofElement.length === 0 && nothing]);
}

const ignoreIssues = ({ when }: JsonMapping, at: At): PolicyIssue[] =>
  (when?.ignore ?? []).flatMap((value, index) => {
    const isReport = when?.in.some((one) => String(one) === String(value));
    const message = "is in the list of reports too: remove it from one of them";
    return issuesAt([at("when", "ignore", index), isReport && message]);
  });

function hashIssues({ of, host }: Extract<JsonMapping["authentication"], { scheme: "md5" }>, at: At): PolicyIssue[] {
  const path = at("authentication", "of");
  return [
    ...issuesAt(
      [
        at("authentication", "host"),
        host !== undefined && !of.includes("host") && "is not hashed: add host to of, or remove it",
      ],
      [path, !of.includes("key") && "lacks the key, so anybody could make this hash: add key"],
      [path, !of.includes("time") && "lacks the time, so a captured hash would be valid for ever: add time"],
    ),
    ...repeatedIn(of, path, "is listed already: name each part once"),
  ];
}

/** Checks the parts of a stream's name that the mapping sets to a fixed value. */
function constantIssues(stream: JsonMapping["stream"], policy: Policy, at: At): PolicyIssue[] {
  if (!("domain" in stream)) return [];
  const constant = (field: typeof stream.app) => (typeof field === "object" ? field.is : undefined);
  const names = { domain: constant(stream.domain), app: constant(stream.app), stream: constant(stream.stream) };
  const seen = names.domain?.toLowerCase();
  const issues = issuesAt(
    [at("stream", "domain"), seen !== undefined && domainIssue(seen)],
    [at("stream", "app"), names.app !== undefined && appIssue(names.app)],
    [at("stream", "stream"), names.stream !== undefined && streamIssue(names.stream)],
  );
  if (issues.length > 0) return issues;
  const domain = seen === undefined ? undefined : (playbackOf(seen, policy)?.ingest ?? seen);
  const isInScope = policy.scope.some(
    (entry) =>
      (domain === undefined || domain === entry.domain) && (names.app === undefined || entry.apps.includes(names.app)),
  );
  return issuesAt([at("stream"), !isInScope && "names a domain or app that is not in scope"]);
}
