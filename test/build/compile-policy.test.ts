import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { compilePolicy, POLICY_FILE, parsePolicy, warningLines } from "../../build/compile-policy.ts";
import { YamlError } from "../../build/parse-yaml.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";

const schema = z.strictObject({
  scope: z.array(z.strictObject({ domain: z.string().toLowerCase(), apps: z.array(z.string()) })),
  hours: z.number().max(24).optional(),
});

const policy = (...more: string[]) =>
  ["scope:", "  - domain: Push.Example.COM", "    apps: [live]", ...more, ""].join("\n");

function faultsIn(text: string, by: z.ZodType = schema): string[] {
  try {
    parsePolicy(text, by, "policy.yml");
  } catch (error) {
    if (error instanceof YamlError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

describe("a policy file", () => {
  it("is the schema's result, so that a cold start has nothing left to normalise", () => {
    expect(parsePolicy(policy(), schema, "policy.yml")).toEqual({
      scope: [{ domain: "push.example.com", apps: ["live"] }],
    });
  });

  it("names every fault by line, column and path", () => {
    const issues = faultsIn("scope:\n  - domain: 7\n    apps:\n      - live\n      - 8\nhours: 25\n");
    expect(issues).toEqual([
      expect.stringMatching(/^policy\.yml:2:5 scope\[0\]\.domain: /),
      expect.stringMatching(/^policy\.yml:5:9 scope\[0\]\.apps\[1\]: /),
      expect.stringMatching(/^policy\.yml:6:1 hours: /),
    ]);
  });

  it("points at the object that something is missing from", () => {
    expect(faultsIn("scope:\n  - domain: push.example.com\n")).toEqual([
      expect.stringMatching(/^policy\.yml:2:5 scope\[0\]\.apps: /),
    ]);
  });

  it("points at each unknown key, so that a misspelt one is found", () => {
    expect(faultsIn(policy("hour: 1", "day: 2"))).toEqual([
      expect.stringMatching(/^policy\.yml:4:1 hour: /),
      expect.stringMatching(/^policy\.yml:5:1 day: /),
    ]);
  });

  it("may not say the same thing twice: the reader would see one of them, and the function the other", () => {
    expect(faultsIn(policy("hours: 1", "hours: 2"))).toEqual([expect.stringMatching(/^policy\.yml:5:1 /)]);
  });

  it.each([
    ["an unknown tag", "hours: !day 1", 4],
    ["an alias without an anchor", "hours: *day", 4],
    ["an open bracket", "hours: [", 5],
  ])("is refused with %s", (_case, line, faultLine) => {
    expect(faultsIn(policy(line))[0]).toMatch(new RegExp(`^policy\\.yml:${faultLine}:`));
  });

  it("is refused when it is empty", () => {
    expect(faultsIn("")).toEqual([expect.stringMatching(/^policy\.yml:1:1 /)]);
  });

  it("may not have a key that would be passed over without a word", () => {
    const open = z.object({ labels: z.record(z.string(), z.string()) });
    expect(faultsIn("labels:\n  porn: nudity\n  __proto__: nudity\n", open)).toEqual([
      "policy.yml:3:3 __proto__ cannot be a key",
    ]);
    expect(parsePolicy("labels: { constructor: nudity }", open, "policy.yml")).toEqual({
      labels: { constructor: "nudity" },
    });
  });

  it("may not hold what JSON would change on its way into the bundle", () => {
    expect(() => parsePolicy("hours: .inf", z.object({ hours: z.any() }), "policy.yml")).toThrow("JSON cannot");
  });
});

describe("a key of a policy", () => {
  const labels = z.object({ labels: z.record(z.string(), z.string()) });
  const faults = (...lines: string[]) =>
    faultsIn(["labels:", ...lines.map((line) => `  ${line}`), ""].join("\n"), labels);

  it.each([
    ...["007", "7", "0x1F", "0o17", "1e3", "1.5", "+1", ".inf", ".nan", "true", "False", "null", "~", "NULL"],
    ...["yes", "No", "on", "OFF", "y", "2026-11-29", "2026-11-29T12:00:00Z", "1_000", "0b11", "12:30:00"],
    ...["6_8.5e+3", "1_0:30", "190:20:30.15", ".5_0", "<<", "="],
  ])("must be text, and this one is not for every reader unless it is in quotes: %s", (key) => {
    expect(faults("porn: nudity", `${key}: nudity`)).toEqual([
      "policy.yml:3:3 is a key that is not text: put it in quotes",
    ]);
    expect(faults(`"${key}": nudity`, `'${key}x': hate`)).toEqual([]);
  });

  it.each(["? \n: nudity", ": nudity", "? [a, b]\n: nudity", "? { a: b }\n: nudity", "&a porn: abc\n*a : abc"])(
    "must be there, and no list or alias: %j",
    (entry) => {
      expect(faults("one: two", ...entry.split("\n"))).toEqual([
        expect.stringMatching(/:[34]:\d is a key that is not text/),
      ]);
    },
  );

  it.each(["porn", "nudity/none", "a b", "room-42", "é", "1a", "v1.2", "yes-or-no", "10.0.0.1", "a_b", "_", "abc_def"])(
    "may be any text without quotes that no reader takes for something else: %s",
    (key) => {
      expect(faults(`${key}: nudity`)).toEqual([]);
    },
  );

  it("may not stand twice, in whatever way it is written", () => {
    expect(faults("'7': nudity", "7: hate")).toEqual(["policy.yml:3:3 is a key that is not text: put it in quotes"]);
    expect(faults("'7': nudity", '"7": hate')).toHaveLength(1);
    expect(faults("porn: nudity", '"porn": hate')).toHaveLength(1);
  });
});

describe("a value of a policy", () => {
  const any = z.object({ value: z.unknown(), text: z.string().optional(), in: z.unknown().optional() });

  it.each(["no", "Yes", "off", "2026-11-29", "1_000", "0b1", "1:30"])(
    "must be in quotes if another reader of YAML would not take it for text: %s",
    (value) => {
      expect(faultsIn(`value: 1\nin: [a, ${value}]\n`, any)).toEqual([
        "policy.yml:2:9 is not text for every reader of YAML: put it in quotes, or write true or false",
      ]);
      expect(faultsIn(`value: 1\nin: [a, "${value}"]\n`, any)).toEqual([]);
      expect(faultsIn(`value: 1\nin: [a, !!str ${value}]\n`, any)).toEqual([]);
    },
  );

  it.each(["007", "0x1F", "0o17", "1e3", "+1", "1.5e3"])("that is a number must be in plain digits: %s", (value) => {
    expect(faultsIn(`value: ${value}\n`, any)).toEqual([
      "policy.yml:1:8 must be a number in plain digits, or put in quotes if it is text",
    ]);
  });

  it.each(["12345678901234567890", "-9007199254740993", "9007199254740993.0"])(
    "that is a number must be one that keeps all its digits: %s",
    (value) => {
      expect(faultsIn(`value: ${value}\n`, any)).toEqual([
        "policy.yml:1:8 has more digits than a number can hold: put it in quotes",
      ]);
    },
  );

  it.each(["1.0", "2.", "-0", "-0.0"])(
    "in a list, where it may be compared as text, is no whole number in another form: %s",
    (value) => {
      expect(faultsIn(`value: 1.0\nin: [a, ${value}]\n`, any)).toEqual([
        "policy.yml:2:9 must be a number in plain digits, or put in quotes if it is text",
      ]);
    },
  );

  it.each(["True", "FALSE"])("that is a boolean must be true or false: %s", (value) => {
    expect(faultsIn(`value: ${value}\n`, any)).toEqual([
      "policy.yml:1:8 must be written true or false, or put in quotes",
    ]);
  });

  it.each(["7", "0", "-1", "0.50", ".5", "true", "false"])("may be a plain number or boolean: %s", (value) => {
    expect(faultsIn(`value: ${value}\n`, any)).toEqual([]);
  });

  it.each(["7", "0.5", "true"])("that must be text is not one without quotes: %s", (value) => {
    expect(faultsIn(`value: 1\ntext: ${value}\n`, any)).toEqual([
      "policy.yml:2:1 text: must be text: put it in quotes",
    ]);
  });
});

describe("a policy file in another encoding than UTF-8", () => {
  const protects = "scope:\n  - domain: push.example.com\n    apps: [live]\nprotected:\n  - stream: soir\u00e9e\n";
  const named = (bytes: Uint8Array): string => {
    const dir = mkdtempSync(join(tmpdir(), "offair-policy-"));
    const file = join(dir, "policy.yml");
    writeFileSync(file, bytes);
    try {
      compilePolicy(file);
      return "no issue";
    } catch (error) {
      return error instanceof YamlError
        ? (error.message.split("\n")[1]?.replace(/^.*policy\.yml/, "") ?? "")
        : String(error);
    } finally {
      rmSync(dir, { recursive: true });
    }
  };

  it.each<[string, Uint8Array, string]>([
    ["Latin-1", Buffer.from(protects, "latin1"), ":5:1 is not UTF-8: save the file as UTF-8"],
    ["GBK", Buffer.concat([Buffer.from("# \n# "), Buffer.from([0xd6, 0xb1, 0xb2, 0xa5])]), ":2:1 is not UTF-8: save"],
    ["UTF-16", Buffer.from(`\ufeff${protects}`, "utf16le"), ":1:1 is UTF-16 and not UTF-8: save the file as UTF-8"],
  ])("is refused at its line, because a name would be another one: %s", (_, bytes, issue) => {
    expect(named(bytes)).toContain(issue);
  });
});

describe("a fault of a policy", () => {
  it("shows characters that nobody sees", () => {
    expect(faultsIn("a: 1\n\ufeffrules: 1\n\u202egpj: 1\n", z.strictObject({ a: z.number() }))).toEqual([
      "policy.yml:2:1 \\u{feff}rules: is not a key that is known here",
      "policy.yml:3:1 \\u{202e}gpj: is not a key that is known here",
    ]);
  });

  const text = (sources: string, rules: string) => `
scope: [{ domain: push.example.com, apps: [live] }]
maxReportAgeMinutes: 10
operatorOverrideHours: 24
sources:
${sources}
rules:
${rules}
`;
  const standard = "  standard: { adapter: standard, grade: A }";
  const rule = "  - { id: one, categories: [hate], action: pause }";
  const jsonMapping = (...lines: string[]) =>
    text(["  hive:", "    adapter: json-mapping", ...lines.map((line) => `    ${line}`)].join("\n"), rule);

  it.each<[string, string, string]>([
    [
      "a rule that never answers, at the category, with the rule that does",
      text(
        standard,
        `${rule}\n  - id: two\n    action: ignore\n    minScore: 0.5\n    categories:\n      - ip\n      - hate`,
      ),
      '14:9 rules[1].categories[1]: never matches reports of hate, because rule "one" before it matches all of them',
    ],
    [
      "two sources with one secret, at the second",
      text(
        `${standard}\n  vendor:\n    adapter: sightengine\n    grade: B\n    categories: { gore: violence }\n    secret: standard`,
        rule,
      ),
      '11:5 sources.vendor.secret: is also the secret of source "standard"',
    ],
    [
      "a category that does not exist, with those that do",
      text(standard, "  - id: one\n    categories: [hate, gore]\n    action: pause"),
      "9:24 rules[0].categories[1]: must be one of csam, terrorism, self-harm,",
    ],
    [
      "a source that nobody wrote an adapter for, with those there are",
      text("  hive: { adapter: hive }", rule),
      "6:11 sources.hive.adapter: must be one of standard, getstream, huawei-moderation,",
    ],
    [
      "what is missing, where it is missing",
      text("  a: { adapter: standard }", rule),
      "6:3 sources.a.grade: is missing: one of A, B, C, D, E, F expected",
    ],
    [
      "a playback domain that is more than a domain",
      `${text(standard, rule)}playback: { https://play.example.com: push.example.com }\n`,
      "9:13 playback.https://play.example.com: must be a domain alone: no scheme, port, path, query or space",
    ],
    [
      "a name that cannot be one, with what it may hold",
      text("  Hive: { adapter: standard, grade: A }", rule),
      "6:3 sources.Hive: must be 1 to 64 lower-case letters, digits and dashes",
    ],
  ])("is told: %s", (_case, policy, issue) => {
    expect(faultsIn(policy, policySchema)).toEqual([expect.stringContaining(`policy.yml:${issue}`)]);
  });

  it("is told of the shape that was meant, where there are several", () => {
    const most = ["grade: F", "authentication: { scheme: bearer }", "categories: { a: hate }"];
    const where = (stream: string, category = "/body/label") =>
      faultsIn(jsonMapping(...most, `stream: ${stream}`, `category: ${category}`), policySchema);
    expect(where("{ path: body/stream }")).toEqual([
      "policy.yml:11:15 sources.hive.stream.path: must be a JSON pointer like /body/…, /query/{name} or /headers/{name in lower case}",
    ]);
    expect(where("{ domain: /body/a, app: { is: 7 }, stream: /query/s }")).toEqual([
      expect.stringMatching(/^policy\.yml:11:\d+ sources\.hive\.stream\.app\.is: must be text: put it in quotes$/),
    ]);
    expect(where("{ key: /body/a }")).toEqual([expect.stringContaining("must be { domain, app, stream }, { url } or")]);
    expect(where("{ path: /body/stream }", "[label]")).toEqual([expect.stringContaining("or { is: … }")]);
  });

  it("never repeats what may be a secret in the wrong place", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const issues = faultsIn(
      text(`  a: { adapter: standard, grade: ${secret}, secret: ${secret}, maxActions: ${secret} }`, rule),
      policySchema,
    );
    expect(issues).toHaveLength(3);
    expect(issues.join("\n")).not.toContain("whsec");
  });
});

describe("our policy.yml", () => {
  it("has no issues", () => {
    const shipped = compilePolicy(POLICY_FILE);
    expect(shipped.rules.length).toBeGreaterThan(0);
    expect(warningLines(shipped)).toEqual([]);
    expect(warningLines({ ...shipped, rules: [] })).toEqual([
      "policy.yml: warning: rules: is empty, so every report is ignored",
    ]);
  });

  it("is what a test imports", async () => {
    const { default: imported } = await import("../../policy.yml");
    expect(imported).toEqual(compilePolicy());
  });
});
