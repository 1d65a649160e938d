import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { parseYaml } from "../../../../build/parse-yaml.ts";
import { pastedSecrets } from "../../../../scripts/deploy/stage/pasted-secrets.ts";
import { STAGES } from "../../../../scripts/deploy/stage/read-stage.ts";
import { rememberAccount } from "../../../../scripts/deploy/stage/remember-account.ts";
import { stageNameIssue, stageParameters, stageSchema } from "../../../../scripts/deploy/stage/stage.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const folder = mkdtempSync(join(tmpdir(), "offair-stage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the stage file", () => {
  const example = readFileSync(join(STAGES, "example.yml"), "utf8");
  const source = { file: "deploy/example.yml", subject: "the stage file" };

  it("of the example is valid, also with every commented key", () => {
    const all = example.replace(/^# (\w+: )/gm, "$1");
    const read = parseYaml(all, stageSchema, source);
    expect(Object.keys(read).sort()).toEqual(Object.keys(stageSchema.shape).sort());
    expect(parseYaml(example, stageSchema, source).region).toBe("eu-central-1");
    expect(pastedSecrets(all)).toEqual([]);
  });

  it("can set every parameter of serverless.yml, and the project id by its parameter's name", () => {
    const { params } = parse(readFileSync(join(ROOT, "serverless.yml"), "utf8"), { merge: true, logLevel: "silent" });
    const keys = Object.keys(stageSchema.shape).filter((key) => !["account", "projectIdParameter"].includes(key));
    const others = ["huaweiProjectId", "protectLedger"]; // the second is for the framework's command, which adopts nothing
    expect([...keys, ...others].sort()).toEqual(Object.keys(params.default).sort());
  });

  it("is described by settings.md, key by key", () => {
    const [, section = ""] = readFileSync(join(ROOT, "docs/settings.md"), "utf8").split("## The stage file");
    const table = section.split("\n## ")[0] ?? "";
    expect(Object.keys(stageSchema.shape).filter((key) => !table.includes(`\`${key}\``))).toEqual([]);
  });

  it("becomes parameters as text, without region, account and the name of a parameter", () => {
    const stage = { name: "prod", region: "eu-central-1", account: "123456789012", projectIdParameter: "/x" };
    const liveEndpoint = "https://live.cn-north-4.myhuaweicloud.com";
    expect(stageParameters({ ...stage, liveEndpoint, reportsBurst: 7 } as never)).toEqual({
      liveEndpoint,
      reportsBurst: "7",
    });
  });

  it.each([
    ["prod", undefined],
    ["prod-eu-2", undefined],
    ["local", /reserved/],
    ["example", /reserved/],
    ["../prod", /lower-case/],
    ["-prod", /lower-case/],
    ["prod-", /lower-case/],
    ["x".repeat(17), /2 to 16/],
  ])("may be called %s or not: %p", (name, issue) => {
    if (issue === undefined) expect(stageNameIssue(name)).toBeUndefined();
    else expect(stageNameIssue(name)).toMatch(issue);
  });

  it("of the longest name leaves room for the archive's bucket name of 63 characters", () => {
    const name = `offair-${"x".repeat(16)}-archive-123456789012-ap-southeast-3`;
    expect(stageNameIssue("x".repeat(16))).toBeUndefined();
    expect(name.length).toBeLessThanOrEqual(63);
  });
});

it.each([
  ...["eu-central-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1", "ap-southeast-7", "mx-central-1"].map(
    (region) => [region, true] as const,
  ),
  ...["cn-north-4", "cn-east-3", "sa-brazil-1", "eu-west-101", "eu-central-1a"].map(
    (region) => [region, false] as const,
  ),
])("%s is a region of AWS: %p", (region, isRegion) => {
  expect(stageSchema.shape.region.safeParse(region).success).toBe(isRegion);
});

describe("the endpoint of Huawei's IAM", () => {
  const read = (text: string) => () =>
    parseYaml(`region: eu-central-1\nliveEndpoint: https://live.cn-north-4.myhuaweicloud.com\n${text}`, stageSchema, {
      ...{ file: "deploy/prod.yml", subject: "the stage file" },
    });

  it("must be in the region of Live, and be named before keys are rotated", () => {
    expect(read("iamEndpoint: https://iam.cn-north-4.myhuaweicloud.com\nrotationDays: 90\n")).not.toThrow();
    expect(read("rotationDays: 0\n")).not.toThrow();
    expect(read("rotationDays: 90\n")).toThrow(
      "deploy/prod.yml:3:1 rotationDays: needs iamEndpoint: write https://iam.cn-north-4.myhuaweicloud.com",
    );
    expect(read("iamEndpoint: https://iam.ap-southeast-3.myhuaweicloud.com\n")).toThrow(
      "deploy/prod.yml:3:1 iamEndpoint: is in another region than liveEndpoint: write https://iam.cn-north-4.myhuaweicloud.com",
    );
  });
});

describe("the Huawei users", () => {
  const read = (text: string) => () =>
    parseYaml(`region: eu-central-1\nliveEndpoint: https://live.cn-north-4.myhuaweicloud.com\n${text}`, stageSchema, {
      ...{ file: "deploy/prod.yml", subject: "the stage file" },
    });

  it.each(["workerUsers: 1", "workerUsers: 8", "auditUsers: 4"])("may be %s", (line) => {
    expect(read(line)).not.toThrow();
  });

  it.each(["workerUsers: 0", "workerUsers: 9", "auditUsers: two", 'auditUsers: "2"', "auditUsers: 1.5"])(
    "may not be %s, which is told with its line",
    (line) => {
      expect(read(line)).toThrow(`deploy/prod.yml:3:1 ${line.split(":")[0]}: `);
    },
  );
});

describe("a pasted secret", () => {
  it.each([
    ["secret: hunter2", "a secret"],
    ["  liveSk: x", undefined],
    ["sk: x", "a secret"],
    ["- apiToken: abc", "a secret"],
    ["key: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "a token"],
    ["projectIdParameter: /offair/prod/huawei-project-id", undefined],
    ["huaweiProjectId: 0123456789abcdef0123456789abcdef", undefined], // no secret, and no key of the file either
    ["liveEndpoint: https://live.ap-southeast-3.myhuaweicloud.com", undefined],
    ['account: "123456789012"', undefined],
    ["# of commit 5a83cfd1b2c3d4e5f60718293a4b5c6d7e8f9012", undefined],
    ["# IT IS WRITTEN IN UPPER CASE", undefined],
    ["# AK=QTWAOYTTINDUT2QVKYUC", "an AK of Huawei Cloud"],
    ["# QTWAOYTTINDUTBQVKYUC.", "an AK of Huawei Cloud"], // one in 700 has no digit
    ["projectIdParameter: /offair/QTWAOYTTINDUT2QVKYUC", "an AK of Huawei Cloud"],
    ["liveEndpoint: https://AKIAIOSFODNN7EXAMPLE:x@live.io", "an AWS access key id"],
    ["# key(ASIAIOSFODNN7EXAMPLE)", "an AWS access key id"],
    ["region: eu-central-1 # SK=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12", "a secret access key"],
    ["# id/wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12;", "a secret access key"],
    ["# wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a secret access key"],
    ["# ghp_16C7e42F292c6912E7710c838347Ae178B4a", "a token"],
    ["# glpat-1a2b3c4d5e6f7a8b9c0d", "a token"],
    ["# eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "a token"],
    ["# MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF", "a token"],
    ["# secret: hunter2", "a secret"],
    ["region: eu-central-1 # password = hunter2", "a secret"],
    ["  'sk': x", "a secret"],
    ["live: { ak: x, sk: y }", "a secret"],
    ["secretAccessKey: x", "a secret"],
    ["client_secret_key: x", "a secret"],
    ["# the file never holds a secret: secrets are stored by hand", undefined],
    ["# task: deploy", undefined],
    ["# token: see docs/deploy.md", undefined],
  ])("%s looks like %p", (line, kind) => {
    const found = pastedSecrets(`region: eu-central-1\n${line}\n`);
    expect(found.map(({ line: at, message }) => [at, message.split(":")[0]])).toEqual(
      kind === undefined ? [] : [[2, `looks like ${kind}`]],
    );
  });
});

describe("the remembered account", () => {
  const write = (text: string) => writeFileSync(join(folder, "prod.yml"), text);
  const read = () => readFileSync(join(folder, "prod.yml"), "utf8");

  it("is added in quotes, and comments stay", () => {
    write("# our stage\nregion: eu-central-1 # Frankfurt\n");
    expect(rememberAccount(folder, "prod", "012345678901")).toBe(true);
    expect(read()).toBe('# our stage\nregion: eu-central-1 # Frankfurt\naccount: "012345678901"\n');
    expect(rememberAccount(folder, "prod", "012345678901")).toBe(false);
  });

  it("replaces another one", () => {
    write('account: "111111111111"\nregion: eu-central-1\n');
    expect(rememberAccount(folder, "prod", "222222222222")).toBe(true);
    expect(read()).toBe('account: "222222222222"\nregion: eu-central-1\n');
  });
});
