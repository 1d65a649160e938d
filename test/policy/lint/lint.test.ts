import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { issuesOf, jsonPointer } from "../../../lib/core/issues.ts";
import { GRADES } from "../../../lib/policy/grade.ts";
import { policySchema } from "../../../lib/policy/lint/lint.ts";
import { policyWarnings } from "../../../lib/policy/lint/warnings.ts";
import { ruleFor } from "../../../lib/policy/policy.ts";
import { arbitraryPolicy, leastReportFor, reportsOf } from "../../support/arbitrary-policy.ts";
import { policy } from "../../support/fixtures.ts";
import { often, runs } from "../../support/runs.ts";

/** Where each fault is, and what it says. */
function issues(change: object): [string, string][] {
  const { error } = policySchema.safeParse({ ...policy, ...change });
  return error ? issuesOf(error).map(({ pointer, message }) => [pointer, message]) : [];
}
const says = (words: string) => expect.stringContaining(words);

const vendor = { adapter: "standard", grade: "B" };
const jsonMapping = {
  adapter: "json-mapping",
  grade: "C",
  authentication: { scheme: "hmac", header: "x-signature" },
  stream: { path: "/body/stream" },
  category: "/body/label",
  categories: { porn: "nudity" },
};
const md5 = { scheme: "md5", of: ["key", "time"], sign: "/body/sign", time: "/body/t", timeIs: "expiry" };
const ofMapped = (change: object) => ({ sources: { tencent: { ...jsonMapping, ...change } } });

describe("a source", () => {
  it.each([
    [{ adapter: "standard" }, "A"],
    [{ adapter: "sightengine", categories: { a: "nudity" } }, "B"],
    [{ adapter: "getstream", categories: { a: "nudity" } }, "C"],
    [jsonMapping, "C"],
    [{ adapter: "huawei-moderation", categories: { porn: "nudity" } }, "D"],
    [{ adapter: "huawei-push" }, "D"],
    [{ ...jsonMapping, authentication: md5 }, "E"],
    [{ ...jsonMapping, authentication: { scheme: "bearer" } }, "F"],
  ])("has no better grade than can be proven: %j at best %s", (entry, best) => {
    for (const grade of GRADES) {
      const found = issues({ sources: { a: { ...entry, grade } }, rules: [] });
      expect(found).toEqual(grade < best ? [["/sources/a/grade", says(`${best} at best`)]] : []);
    }
  });

  it("of appeals is of the adapter standard and of grade A or B, acts on nothing, and is no source of reports for the rules", () => {
    const appeals = { adapter: "standard", grade: "A", kind: "appeal", reviewWithin: "2d" };
    const of = (change: object) =>
      issues({ sources: { standard: vendor, appeals: { ...appeals, ...change } }, rules: [] });
    expect([of({}), of({ grade: "B" })]).toEqual([[], []]);
    expect(of({ grade: "C" })).toEqual([["/sources/appeals/grade", says("A or B")]]);
    expect(of({ maxActions: 5 })).toEqual([["/sources/appeals/maxActions", says("never counts")]]);
    expect(of({ ...jsonMapping, grade: "C" })).toContainEqual(["/sources/appeals/kind", says("standard only")]);
    const alone = { ...policy, sources: { appeals } };
    const { data } = policySchema.safeParse(alone);
    expect(data && policyWarnings(data).map(({ message }) => message)).toContainEqual("no source reports csam");
  });

  it("has a secret of its own, by its name or by another", () => {
    expect(issues({ sources: { a: vendor, b: { ...vendor, secret: "a" } } })).toEqual([
      ["/sources/b/secret", says('of source "a"')],
    ]);
    expect(issues({ sources: { a: { ...vendor, secret: "b" }, b: vendor } })).toEqual([
      ["/sources/b", says('of source "a"')],
    ]);
    const names = { a: "constructor", b: "constructor", c: "constructor" };
    const three = Object.entries(names).map(([name, secret]) => [name, { ...vendor, secret }]);
    expect(issues({ sources: Object.fromEntries(three) }).map(([at]) => at)).toEqual([
      "/sources/b/secret",
      "/sources/c/secret",
    ]);
    expect(issues({ sources: { a: { ...vendor, secret: "b" }, b: { ...vendor, secret: "a" } } })).toEqual([]);
  });

  it("may not act more often than all together; never is fine, and so is a share for each that is more than the whole", () => {
    const limits = { total: 20, perSource: 50 };
    expect(issues({ limits, sources: { a: { ...vendor, maxActions: 21 } } })).toEqual([
      ["/sources/a/maxActions", says("20")],
    ]);
    expect(issues({ limits, sources: { a: { ...vendor, maxActions: 20 }, b: { ...vendor, maxActions: 0 } } })).toEqual(
      [],
    );
    expect(issues({ limits: { total: 0, perSource: 0, atLeast: 0 } })).toEqual([]);
  });

  it.each<[string, object, string, string]>([
    ["without any label", { categories: {} }, "/categories", "no label"],
    [
      "of a stream outside of the signed body",
      { stream: { path: "/query/stream" } },
      "/stream/path",
      "all that is signed",
    ],
    ["of an id outside of the signed body", { id: ["/body/id", "/headers/x-id"] }, "/id/1", "all that is signed"],
    [
      "that keeps the token as a reason",
      { grade: "F", authentication: { scheme: "bearer" }, id: ["/body/id"], reason: "/headers/authorization" },
      "/reason",
      "the proof itself",
    ],
    [
      "that keeps the hash as an id",
      { grade: "E", authentication: md5, id: ["/body/sign"] },
      "/id/0",
      "the proof itself",
    ],
    [
      "that knows its streams by a header, and no id",
      { grade: "F", authentication: { scheme: "bearer" }, stream: { path: "/headers/x-stream" } },
      "/stream/path",
      "name an id",
    ],
    [
      "that waits for one value twice",
      { when: { at: "/body/result", in: [2, "1", "2"] } },
      "/when/in/2",
      "compared as text",
    ],
    ["of a category that is no label", { category: { is: "toString" } }, "/category", "not a label of categories"],
    [
      "with a hash of no key",
      { grade: "E", authentication: { ...md5, of: ["time", "host"] } },
      "/authentication/of",
      "key",
    ],
    [
      "with a hash of no time",
      { grade: "E", authentication: { ...md5, of: ["key", "host"] } },
      "/authentication/of",
      "time",
    ],
    [
      "with a hash of the same twice",
      { grade: "E", authentication: { ...md5, of: ["key", "time", "key"] } },
      "/authentication/of/2",
      "already",
    ],
    [
      "of one domain that is not in scope",
      { stream: { domain: { is: "elsewhere.example" }, app: "/body/app", stream: "/body/stream" } },
      "/stream",
      "not in scope",
    ],
    [
      "of one app that is not in scope",
      { stream: { domain: "/body/domain", app: { is: "Live" }, stream: "/body/stream" } },
      "/stream",
      "not in scope",
    ],
    [
      "of every stream",
      { stream: { domain: "/body/domain", app: "/body/app", stream: { is: "room-*" } } },
      "/stream/stream",
      "each name",
    ],
  ])("cannot be one %s", (_, change, at, words) => {
    expect(issues(ofMapped(change))).toEqual([[`/sources/tencent${at}`, says(words)]]);
  });

  it.each<[string, object, string, string]>([
    ["an element of no list", { category: "/item/label" }, "/category", "each"],
    ["an element of no list in when", { when: { at: "/item/a", in: ["b"] } }, "/when/at", "each"],
    ["a list of which nothing is read", { each: "/body/list" }, "/each", "/item"],
    ["a list within its own element", { each: "/item/list", category: "/item/label" }, "/each", "/body"],
    ["a list in the query", { each: "/query/list", category: "/item/label" }, "/each", "/body"],
    [
      "a value that is ignored twice",
      { when: { at: "/body/a", in: ["b"], ignore: [2, "c", "2"] } },
      "/when/ignore/2",
      "listed already",
    ],
    [
      "a value that is ignored and reported",
      { when: { at: "/body/a", in: ["b", "c"], ignore: ["d", "c"] } },
      "/when/ignore/1",
      "list of reports too",
    ],
    [
      "a host that is not hashed",
      { grade: "E", authentication: { ...md5, host: "push.example.com" } },
      "/authentication/host",
      "not hashed",
    ],
  ])("does not read %s", (_, change, path, words) => {
    expect(issues(ofMapped(change))).toEqual([[`/sources/tencent${path}`, says(words)]]);
  });

  it("may know its streams by a header where an id tells its reports apart", () => {
    const change = { grade: "F", authentication: { scheme: "bearer" }, stream: { path: "/headers/x-stream" } };
    expect(issues(ofMapped({ ...change, id: ["/headers/x-id"] }))).toEqual([]);
  });

  it.each(["/headers/X-Stream", "/headers", "/query", "/query/a/b", "/headers/a/b", "/bodyX", "body/a"])(
    "cannot find anything at %s",
    (path) => {
      expect(issues(ofMapped({ grade: "F", authentication: { scheme: "bearer" }, stream: { path } }))).toEqual([
        [says("/sources/tencent/stream"), expect.any(String)],
      ]);
    },
  );

  it("may always be about the same domain and app, by the ingest or the playback domain", () => {
    const stream = { domain: { is: "Push.example.com" }, app: { is: "live" }, stream: "/body/stream" };
    expect(issues(ofMapped({ stream, category: { is: "porn" } }))).toEqual([]);
    const seen = { ...stream, domain: { is: "play.example.com" } };
    expect(issues({ ...ofMapped({ stream: seen }), playback: { "play.example.com": "push.example.com" } })).toEqual([]);
  });
});

describe("names", () => {
  const scope = [...policy.scope, { domain: "two.example", apps: ["a"] }];
  it.each<[string, object, string, string]>([
    ["a domain twice", { scope: [...scope, ...policy.scope] }, "/scope/2/domain", "one entry"],
    ["an app twice", { scope: [{ domain: "a.example", apps: ["b", "c", "b"] }] }, "/scope/0/apps/2", "already"],
    [
      "an address in the place of a domain",
      { scope: [{ domain: "rtmp://a.example", apps: ["b"] }] },
      "/scope/0/domain",
      "alone",
    ],
    ["a domain with a dot at its end", { scope: [{ domain: "a.example.", apps: ["b"] }] }, "/scope/0/domain", "dot"],
    [
      "a domain in other letters than Live's, whose ASCII form is named",
      { scope: [{ domain: "Bücher.example", apps: ["b"] }] },
      "/scope/0/domain",
      "xn--bcher-kva.example",
    ],
    [
      "a domain that has no ASCII form",
      { scope: [{ domain: "a\u00ad.é..", apps: ["b"] }] },
      "/scope/0/domain",
      "domain",
    ],
    ["a domain of one part", { scope: [{ domain: "localhost", apps: ["b"] }] }, "/scope/0/domain", "not a domain"],
    ["an IP address", { scope: [{ domain: "192.0.2.7", apps: ["b"] }] }, "/scope/0/domain", "IP address"],
    ["an IPv6 address", { scope: [{ domain: "[2001:db8::7]", apps: ["b"] }] }, "/scope/0/domain", "alone"],
    ["a domain with two dots", { scope: [{ domain: "a..example", apps: ["b"] }] }, "/scope/0/domain", "not a domain"],
    ["a domain with a dash at an end", { scope: [{ domain: "-a.example", apps: ["b"] }] }, "/scope/0/domain", "not a"],
    [
      "a part of a domain that is too long",
      { scope: [{ domain: "a".repeat(64), apps: ["b"] }] },
      "/scope/0/domain",
      "not a",
    ],
    ["two domains", { scope: [{ domain: "a.example,b.example", apps: ["b"] }] }, "/scope/0/domain", "not a domain"],
    ["a choice of domains", { scope: [{ domain: "{a,b}.example", apps: ["b"] }] }, "/scope/0/domain", "each name"],
    ["an app with a slash", { scope: [{ domain: "a.example", apps: ["live/"] }] }, "/scope/0/apps/0", "slash"],
    [
      "a playback domain with a dot at its end",
      { playback: { "play.example.com.": "push.example.com" } },
      "/playback/play.example.com.",
      "dot",
    ],
    [
      "a playback domain in other letters",
      { playback: { "bücher.example": "push.example.com" } },
      "/playback/bücher.example",
      "xn--bcher-kva.example",
    ],
    [
      "playback by an IP address",
      { playback: { "192.0.2.7": "push.example.com" } },
      "/playback/192.0.2.7",
      "IP address",
    ],
    ["a domain with a space", { scope: [{ domain: "a.example ", apps: ["b"] }] }, "/scope/0/domain", "alone"],
    ["a domain with a wildcard", { scope: [{ domain: "*.example", apps: ["b"] }] }, "/scope/0/domain", "each name"],
    ["an app with a wildcard", { scope: [{ domain: "a.example", apps: ["b*"] }] }, "/scope/0/apps/0", "each name"],
    [
      "playback of a domain with a dot at its end",
      { playback: { "a.example": "push.example.com." } },
      "/playback/a.example",
      "dot",
    ],
    ["playback of what is not in scope", { playback: { "a.example": "b.example" } }, "/playback/a.example", "scope"],
    [
      "playback of an ingest domain",
      { scope, playback: { "two.example": "push.example.com" } },
      "/playback/two.example",
      "ingest domain itself",
    ],
    [
      "playback with renditions of what is not in scope",
      { playback: { "a.example": { ingest: "b.example", renditions: ["hd01"] } } },
      "/playback/a.example",
      "scope",
    ],
    [
      "a rendition twice",
      { playback: { "a.example": { ingest: "push.example.com", renditions: ["hd01", "sd02", "hd01"] } } },
      "/playback/a.example/renditions/2",
      "already",
    ],
    [
      "no renditions, and that these are all",
      { playback: { "a.example": { ingest: "push.example.com", renditions: "none", complete: true } } },
      "/playback/a.example/complete",
      "remove",
    ],
    ["playback of a wildcard", { playback: { "*.example": "push.example.com" } }, "/playback/*.example", "each name"],
    ["a protected domain out of scope", { protected: [{ domain: "a.example" }] }, "/protected/0/domain", "nothing"],
    [
      "a protected app out of scope",
      { scope, protected: [{ domain: "two.example", app: "live" }] },
      "/protected/0/app",
      "nothing",
    ],
    [
      "a protected stream of any app",
      { protected: [{ domain: "push.example.com", stream: "news" }] },
      "/protected/0",
      "add the app",
    ],
    [
      "protected streams with a wildcard",
      { protected: [{ domain: "push.example.com", app: "live", stream: "news-*" }] },
      "/protected/0/stream",
      "each name",
    ],
    [
      "a protected stream with the query of its push URL",
      { protected: [{ domain: "push.example.com", app: "live", stream: "news?auth_key=1-0-0-a" }] },
      "/protected/0/stream",
      "must not hold a query",
    ],
    ["an app with a query", { scope: [{ domain: "a.example", apps: ["b?c=1"] }] }, "/scope/0/apps/0", "a query"],
  ])("cannot be %s", (_, change, at, words) => {
    expect(issues(change)).toEqual([[at, says(words)]]);
  });
});

describe("the canary", () => {
  const canary = { domain: "push.example.com", app: "live", stream: "room-of-nobody" };
  it("has a source and a rule that are none of the policy", () => {
    expect(issues({ sources: { ...policy.sources, canary: vendor } })).toEqual([
      ["/sources/canary", says("choose another")],
    ]);
    const rules = policy.rules.map((rule, index) => (index === 0 ? { ...rule, id: "canary" } : rule));
    expect(issues({ rules })).toEqual([["/rules/0/id", says("choose another")]]);
  });

  it("has a stream in scope that is not protected", () => {
    expect(issues({ canary })).toEqual([]);
    expect(issues({ canary: { ...canary, domain: "push.example.org" } })).toEqual([
      ["/canary/domain", says("in scope")],
    ]);
    expect(issues({ canary: { ...canary, app: "other" } })).toEqual([["/canary/app", says("in scope")]]);
    expect(issues({ canary: { ...canary, stream: "room-%" } })).toEqual([["/canary/stream", says("not allow")]]);
    const entries = [{ domain: canary.domain, app: canary.app }];
    expect(issues({ canary, protected: entries })).toEqual([["/canary", says("is protected")]]);
  });
});

describe("a name that looks like a pattern", () => {
  const PATTERNS = [
    "vip-*",
    "vip-?",
    "vip-[0-9]",
    "?",
    "{a,b}",
    "**",
    "!vip",
    "^vip",
    "vip.+",
    "(a|b)",
    "vip$",
    "a\\b",
    "a b",
    "a,b",
  ];

  it.each([...PATTERNS, "vip%2D1", "room?txSecret=1", "a#b", "a;b", "<b>", "a:b", "vip~", "a=b"])(
    "is no app and no stream, because names are compared literally: %s",
    (name) => {
      const isName = says(name.includes("?") ? "must not hold a query" : "each name out"); // the schema's own words come first
      expect(issues({ scope: [{ domain: "push.example.com", apps: ["live", name] }] })).toEqual([
        ["/scope/0/apps/1", isName],
      ]);
      const entry = { domain: "push.example.com", app: "live" };
      expect(issues({ protected: [{ ...entry, stream: name }] })).toEqual([["/protected/0/stream", isName]]);
      expect(issues({ protected: [{ ...entry, app: name }] })).toEqual([["/protected/0/app", isName]]);
      const stream = { domain: "/body/domain", app: "/body/app", stream: { is: name } };
      expect(issues(ofMapped({ stream }))).toEqual([["/sources/tencent/stream/stream", says("each name out")]]);
    },
  );

  it.each(["vip-1", "vip_1", "Room.7", "raid/7", "007", "soirée", "直播", "é", "__proto__"])(
    "is none of these, which may be protected: %s",
    (name) => {
      expect(issues({ protected: [{ domain: "push.example.com", app: "live", stream: name }] })).toEqual([]);
    },
  );

  it.each([
    ...[
      "https://play.example.com",
      "play.example.com:443",
      "play.example.com/",
      "play.example.com/live",
      " play.example.com",
    ],
    ...["play.example.com ", "play.example.com?x", "play.example.com#x", "user@play.example.com", ""],
  ])("and a playback domain is a domain alone: %j", (domain) => {
    expect(issues({ playback: { [domain]: "push.example.com" } })).toEqual([
      [jsonPointer(["playback", domain]), says("Invalid key")],
    ]);
  });
});

const warned = (change: object) =>
  policyWarnings(policySchema.parse({ ...policy, ...change })).map(({ path, message }) => [path.join("."), message]);

it("a playback domain that says nothing of renditions is warned about, and does not stop the build", () => {
  const ingest = "push.example.com";
  expect(warned({ playback: { "a.example": ingest, "b.example": { ingest, renditions: ["hd01"] } } })).toEqual([
    ["playback.a.example", says("a name with an underscore is held for review")],
  ]);
});

describe("a rule that the sources do not reach", () => {
  const categories = { porn: "nudity" };

  it("is warned about, and does not stop the build", () => {
    expect(warned({})).toEqual([]);
    const mapped = { tencent: { ...jsonMapping, categories }, push: { adapter: "huawei-push", grade: "D" } };
    expect(warned({ sources: mapped, rules: [{ ...hate, categories: ["hate", "nudity"] }] })).toEqual([
      ["rules.0.categories.0", "no source reports hate"],
    ]);
    const scored = rules({ ...hate, categories: ["nudity"], minScore: 0.5 });
    expect(warned({ sources: mapped, ...scored })).toEqual([
      ["rules.0.categories.0", says("sends a score, and the rule has a minScore")],
    ]);
    const score = { at: "/body/score" };
    expect(warned({ sources: { tencent: { ...jsonMapping, score } }, ...scored })).toEqual([]);
    expect(warned({ sources: { getstream: { adapter: "getstream", grade: "C", categories } }, ...scored })).toEqual([
      ["rules.0.categories.0", says("sends a score")],
    ]);
  });

  it("is warned about where there are no rules, or no sources", () => {
    expect(warned({ rules: [] })).toEqual([["rules", "is empty, so every report is ignored"]]);
    expect(warned({ sources: {}, rules: [] }).map(([path]) => path)).toEqual(["rules", "sources"]);
  });

  it("is warned about where it needs reporters that no source names", () => {
    const asking = rules({ ...hate, categories: ["nudity"], corroboration: { reporters: 3, withinMinutes: 60 } });
    const [path, message] = ["rules.0.corroboration.reporters", "no source of grade A to C names reporters"];
    expect(warned({ sources: { tencent: jsonMapping }, ...asking })).toEqual([[path, message]]);
    expect(warned({ sources: { weak: { ...vendor, grade: "D" } }, ...asking })).toEqual([[path, message]]);
    expect(warned({ sources: { tencent: { ...jsonMapping, reporter: "/body/who" } }, ...asking })).toEqual([]);
    expect(warned({ sources: { vendor }, ...asking })).toEqual([]);
  });
});

const hate = { id: "one", categories: ["hate"], action: "pause" };
const rules = (...list: object[]) => ({ rules: list });

describe("a rule", () => {
  it("has an id and categories that are there once", () => {
    expect(issues(rules(hate, { ...hate, categories: ["ip"] }))).toEqual([["/rules/1/id", says("another rule")]]);
    expect(issues(rules({ ...hate, categories: ["hate", "ip", "hate"] }))).toEqual([
      ["/rules/0/categories/2", says("already")],
    ]);
  });

  it("that comes after one that meets all of it never answers", () => {
    const later = { ...hate, id: "two", minScore: 0.5, categories: ["ip", "hate"] };
    expect(issues(rules(hate, later))).toEqual([
      ["/rules/1/categories/1", says('never matches reports of hate, because rule "one"')],
    ]);
  });

  it("that comes after one with the same conditions and another answer contradicts that one", () => {
    const later = { ...hate, id: "two", action: "review" };
    expect(issues(rules(hate, later))).toEqual([["/rules/1/categories/0", says('contradicts rule "one"')]]);
    const strict = { minScore: 0.5, minGrade: "A" };
    expect(issues(rules({ ...hate, ...strict }, { ...later, ...strict }))).toEqual([
      ["/rules/1/categories/0", says("answers them with pause")],
    ]);
  });

  it("waits for no grade that no source has", () => {
    const sources = { vendor, push: { adapter: "huawei-push", grade: "D" } };
    expect(issues({ sources, rules: [{ ...hate, minGrade: "A" }] })).toEqual([
      ["/rules/0/minGrade", says("no report")],
    ]);
    expect(issues({ sources, rules: [{ ...hate, minGrade: "B" }] })).toEqual([]);
    const onlyPush = { push: sources.push };
    expect(issues({ sources: onlyPush, rules: [{ ...hate, minGrade: "D" }] }).map(([at]) => at)).toEqual([
      "/rules/0/minGrade",
    ]);
  });

  it("asks somebody for corroboration, and no more sources than there are that count", () => {
    const asking = (corroboration: object) =>
      rules({ ...hate, corroboration: { withinMinutes: 60, ...corroboration } });
    const weak = { ...jsonMapping, authentication: { scheme: "bearer" }, grade: "F" };
    const push = { adapter: "huawei-push", grade: "D" };
    expect(issues(asking({}))).toEqual([["/rules/0/corroboration", says("needs a number")]]);
    expect(issues({ ...asking({ sources: 2, reporters: 3 }), sources: { vendor, weak, push } })).toEqual([
      ["/rules/0/corroboration/sources", says("which is 1")],
    ]);
    expect(issues({ ...asking({ sources: 2 }), sources: { vendor, mapping: jsonMapping } })).toEqual([]);
    expect(issues({ ...asking({ reporters: 3 }), sources: { weak } })).toEqual([]);
  });

  const repeating = (withinHours: number, disableHours: number[], rule: object = hate) =>
    issues(rules({ ...rule, onRepeat: { withinHours, disableHours } }));

  it("gets no milder with a repeat", () => {
    expect(repeating(500, [24, 24, 72, 48])).toEqual([
      ["/rules/0/onRepeat/disableHours/3", says("shorter than the 72 h")],
    ]);
    const disabling = { ...hate, action: "disable", disableHours: 48 };
    expect(repeating(500, [24, 72], disabling)).toEqual([["/rules/0/onRepeat/disableHours/0", says("shorter")]]);
    expect(repeating(500, [48, 72], disabling)).toEqual([]);
  });

  it("looks back far enough to see what it repeats", () => {
    expect(repeating(96, [24, 72, 168])).toEqual([]);
    expect(repeating(95, [24, 72, 168])).toEqual([["/rules/0/onRepeat/disableHours/2", says("last 96 h")]]);
    const disabling = { ...hate, action: "disable", disableHours: 48 };
    expect(repeating(24, [48], disabling)).toEqual([["/rules/0/onRepeat/disableHours/0", says("raise")]]);
  });
});

describe("of any rules", () => {
  const isFaulty = (index: number, at: number, found: [string, string][]) =>
    found.some(([pointer]) => pointer === `/rules/${index}/categories/${at}`);

  it("those are said never to answer that no report meets first, and no others", () => {
    let [reached, unreached] = [0, 0];
    fc.assert(
      fc.property(arbitraryPolicy, (any) => {
        const found = issues(any);
        any.rules.forEach((rule, index) => {
          rule.categories.forEach((category, at) => {
            const answers = reportsOf(category).some((report) => ruleFor(report, report.grade, any) === rule);
            answers ? reached++ : unreached++;
            expect(isFaulty(index, at, found)).toBe(!answers);
          });
        });
      }),
      { numRuns: runs(400), seed: 4 },
    );
    expect(Math.min(reached, unreached)).toBeGreaterThan(often(200));
  });

  it("each answers in a policy without faults: to the report that just meets it", () => {
    let checked = 0;
    fc.assert(
      fc.property(arbitraryPolicy, (any) => {
        fc.pre(policySchema.safeParse(any).success);
        for (const rule of any.rules) {
          for (const category of rule.categories) {
            checked++;
            const least = leastReportFor(rule, category);
            expect(ruleFor(least, least.grade, any)).toBe(rule);
          }
        }
      }),
      { numRuns: runs(50), seed: 4, maxSkipsPerRun: 1_000 },
    );
    expect(checked).toBeGreaterThan(often(30));
  });
});
