import { describe, expect, it } from "@jest/globals";
import { adoptionCandidates, identifierOf, importTemplate, nameOf } from "../../../../scripts/deploy/stack/adoption.ts";
import {
  namedSecrets,
  pinParameter,
  reservedConcurrency,
  withContentKeys,
} from "../../../../scripts/deploy/stack/template.ts";
import { reducedPackage } from "../../../../scripts/recordings/reduced-package.ts";

const { template, zips } = reducedPackage("prod", "eu-central-1");
const pseudo = { "AWS::AccountId": "123456789012", "AWS::Region": "eu-central-1" };

describe("the packaged template", () => {
  it("names the functions' reservations and the secrets that a person stores", () => {
    expect([reservedConcurrency(template), reservedConcurrency(undefined)]).toEqual([3, 0]);
    expect([...namedSecrets(template)]).toEqual([
      ["AuditKeySecret", "offair/prod/audit-key"],
      ["LiveWorkerSecret", "offair/prod/live/worker"],
    ]);
  });

  it("gets the version of the project id's parameter, and of no other one", () => {
    const text = '{"a":"{{resolve:ssm:/p}}","b":"{{resolve:ssm:/p:1}}","c":"{{resolve:ssm:/pp}}"}';
    expect(JSON.parse(pinParameter(text, "/p", 7))).toEqual({
      ...{ a: "{{resolve:ssm:/p:7}}", b: "{{resolve:ssm:/p:1}}", c: "{{resolve:ssm:/pp}}" },
    });
  });

  it("gets keys that change with the content of a zip only", () => {
    const keys = (files: ReadonlyMap<string, Uint8Array>) =>
      withContentKeys(template, files, "prefix").artifacts.map(({ key }) => key);
    expect(keys(zips)).toEqual(keys(new Map(zips)));
    const [first, ...rest] = keys(zips);
    const [changed, ...others] = keys(new Map([...zips, ["worker.zip", Buffer.from("new")]]));
    expect(first).toMatch(/^prefix\/[0-9a-f]{32}\/worker\.zip$/);
    expect([changed === first, others]).toEqual([false, rest]);
    expect(() => keys(new Map())).toThrow("worker.zip, which is not in the package");
  });
});

describe("adoption", () => {
  it("considers retained resources with a fixed name that the stack does not have", () => {
    const names = (deployed?: typeof template) =>
      adoptionCandidates(template, deployed, pseudo).map(({ id, name }) => [id, name]);
    expect(names()).toEqual([
      ["Ledger", "offair-prod-ledger"],
      ["Archive", "offair-prod-archive-123456789012-eu-central-1"],
      ["ArchivePolicy", "offair-prod-archive-123456789012-eu-central-1"],
      ["AuditKeySecret", "offair/prod/audit-key"],
    ]);
    expect(names(template)).toEqual([]);
  });

  it("leaves out a name that CloudFormation chooses or that is not known before", () => {
    const named = (Properties: Record<string, unknown>) =>
      nameOf(template, { Type: "AWS::S3::Bucket", Properties }, pseudo);
    expect(named({})).toBeUndefined();
    expect(named({ BucketName: { "Fn::Sub": `a-\${Other}` } })).toBeUndefined();
    expect(named({ BucketName: { "Fn::Join": ["", []] } })).toBeUndefined();
  });

  it("identifies a secret by its ARN and the others by their names", () => {
    expect(identifierOf({ id: "X", type: "AWS::SecretsManager::Secret", name: "n" }, "arn")).toEqual({ Id: "arn" });
    expect(identifierOf({ id: "X", type: "AWS::S3::BucketPolicy", name: "n" })).toEqual({ Bucket: "n" });
  });

  it("imports into the deployed template, and changes nothing else of it", () => {
    const deployed = { Resources: { Q: { Type: "AWS::SQS::Queue" } }, Outputs: { A: 1 } };
    const adopted = [{ id: "Ledger", type: "AWS::DynamoDB::Table", name: "n", identifier: {} }] as const;
    const { Resources, Outputs } = importTemplate(deployed, template, adopted);
    expect([Object.keys(Resources), Outputs]).toEqual([["Q", "Ledger"], { A: 1 }]);
    expect(importTemplate(undefined, template, adopted).Outputs).toBeUndefined();
  });
});
