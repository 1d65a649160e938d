import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { EXIT } from "../../../cli/terminal/command.ts";
import type { Account } from "../../../local/deployment/account.ts";
import { reducedPackage } from "../../../scripts/recordings/reduced-package.ts";
import {
  ACCOUNT,
  createDeployWorld,
  type DeployWorld,
  OTHER_ACCOUNT,
  PARAMETER,
  REGION,
} from "../../../scripts/recordings/world.ts";

let world: DeployWorld;
let account: Account;
beforeEach(async () => {
  world = await createDeployWorld();
  account = world.aws.account("deployer");
});
afterEach(() => world.close());

const DEPLOY = "--stage prod";
const YES = { answers: ["y", "y"] };
const WRITES = ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet", "cloudformation:DeleteStack"];
const writes = () => WRITES.flatMap((name) => (world.aws.requests()[name] === undefined ? [] : [name]));
const executions = () => world.aws.requests()["cloudformation:ExecuteChangeSet"] ?? 0;
const names = () => account.all().map(({ type, name }) => `${type.replace("AWS::", "")} ${name}`);
const changed = (properties: Record<string, Record<string, unknown> | undefined>) =>
  reducedPackage("prod", REGION, { properties });

describe("a first deployment", () => {
  it("creates everything, prints the outputs, remembers the account and runs doctor", async () => {
    const { exit, text } = await world.play(DEPLOY, { ...YES, doctor: EXIT.failed });
    expect(exit).toBe(EXIT.done); // doctor cannot succeed yet: the secrets have no value
    const [url] = world.doctored;
    expect(url).toMatch(/^https:\/\/[0-9a-f]{10}\.execute-api\.eu-central-1\.amazonaws\.com$/);
    for (const output of [
      `OperatorUrl                     ${url}`,
      "LedgerTable                     offair-prod-ledger",
    ])
      expect(text).toContain(output);
    expect(text).toContain(`ArchiveBucket                   offair-prod-archive-${ACCOUNT}-${REGION}`);
    expect(text).toContain("put-secret-value --region eu-central-1 --secret-id offair/prod/audit-key");
    expect(text).not.toContain("--secret-id offair/prod/gateway"); // it is generated
    expect(names()).toContain("DynamoDB::Table offair-prod-ledger");
    expect(world.readStage()).toContain(`account: "${ACCOUNT}"`);
  });

  it("makes no change on --dry-run", async () => {
    const { exit, text } = await world.play(`${DEPLOY} --dry-run`);
    expect([exit, writes(), names(), world.aws.storage.requests()]).toEqual([EXIT.done, [], [], expect.anything()]);
    expect(Object.keys(world.aws.storage.requests())).toEqual(["HeadBucket", "GetBucketPolicy"]);
    expect(text).toContain("nothing was deployed");
  });

  it("creates nothing if the first answer is no, and only the bucket for packages if the second one is", async () => {
    expect((await world.play(DEPLOY, { answers: ["n"] })).exit).toBe(EXIT.refused);
    expect(writes()).toEqual([]);
    expect((await world.play(DEPLOY, { answers: ["y", ""] })).exit).toBe(EXIT.refused);
    expect(names()).toEqual([expect.stringMatching(/^S3::Bucket /), expect.stringMatching(/^S3::BucketPolicy /)]);
  });

  it("asks nothing with --yes", async () => {
    expect((await world.play(`${DEPLOY} --yes`)).exit).toBe(EXIT.done);
  });

  it("goes on while CloudFormation throttles", async () => {
    world.aws.fail(
      "cloudformation:DescribeStackEvents",
      { status: 400, code: "Throttling", message: "Rate exceeded" },
      3,
    );
    expect((await world.play(DEPLOY, YES)).exit).toBe(EXIT.done);
  });

  it("that fails reports the reason, is rolled back, and can be repeated although the protected table stayed", async () => {
    account.faults.set("WorkerLambdaFunction", "The runtime parameter of nodejs24.x is not supported");
    const failed = await world.play(DEPLOY, YES);
    expect(failed.exit).toBe(EXIT.failed);
    expect(failed.text).toContain(
      "the deployment failed: CREATE_FAILED Lambda::Function WorkerLambdaFunction: The runtime parameter of nodejs24.x is not supported. " +
        "offair-prod is UPDATE_ROLLBACK_COMPLETE: everything is as before",
    );
    expect(names().filter((name) => !name.includes("serverlessdeployment"))).toEqual([
      "DynamoDB::Table offair-prod-ledger",
    ]);

    const again = await world.play(DEPLOY, YES);
    expect(again.text).toContain("this deployment adopts Ledger (offair-prod-ledger)");
    expect(again.exit).toBe(EXIT.done);
  });

  it("that cannot create its bucket leaves a stack that must be removed first", async () => {
    account.faults.set("ServerlessDeploymentBucketPolicy", "Access Denied");
    expect((await world.play(DEPLOY, YES)).text).toContain("offair-prod is ROLLBACK_COMPLETE: nothing was created");
    const refused = await world.play(DEPLOY, YES);
    expect(refused.exit).toBe(EXIT.refused);
    expect(refused.text).toMatch(
      /failed +stack +offair-prod: ROLLBACK_COMPLETE\n +→ npm run deploy -- --stage prod --remove/,
    );
    expect((await world.play(`${DEPLOY} --remove`, { answers: ["prod"] })).exit).toBe(EXIT.done);
    expect((await world.play(DEPLOY, YES)).exit).toBe(EXIT.done);
  });
});

describe("an upgrade", () => {
  beforeEach(async () => {
    await world.play(DEPLOY, YES);
  });

  it("without a change executes nothing", async () => {
    const before = executions();
    const { exit, text } = await world.play(DEPLOY);
    expect([exit, executions()]).toEqual([EXIT.done, before]);
    expect(text).toContain("no changes: the stack is as the package describes it");
  });

  it("shows and changes only what differs, with rights marked", async () => {
    const packaged = reducedPackage("prod", REGION, {
      properties: { WorkerRole: { Policies: [] }, Alerts: undefined },
    });
    const { exit, text } = await world.play(DEPLOY, {
      answers: ["y"],
      packaged: { ...packaged, template: { ...packaged.template, Outputs: {} } },
    });
    expect(text).toContain(
      "offair-prod: modifies 1, removes 1\n  ~ modify  IAM::Role WorkerRole (Policies)  [security]\n  - remove  SNS::Topic Alerts\n",
    );
    expect(exit).toBe(EXIT.done);
    expect(names().filter((name) => name.startsWith("SNS"))).toEqual([]);
  });

  it("uploads and changes a function whose code has changed", async () => {
    const packaged = reducedPackage("prod", REGION, { code: "2" });
    const { text } = await world.play(DEPLOY, { answers: ["y"], packaged });
    expect(text).toContain("uploaded 3 of 3 files");
    expect(text).toContain("~ modify  Lambda::Function WorkerLambdaFunction (Code)");
  });

  it("notices a project id that was corrected in Systems Manager", async () => {
    const corrected = "f".repeat(32);
    account.parameters.get(PARAMETER)?.values.push(corrected);
    const { text } = await world.play(DEPLOY, { answers: ["y"] });
    expect(text).toContain("~ modify  Lambda::Function WorkerLambdaFunction (Environment)");
    const worker = account.find("AWS::Lambda::Function", "offair-prod-worker");
    expect(worker?.properties.Environment).toMatchObject({ Variables: { HUAWEI_PROJECT_ID: corrected } });
  });

  it("that fails is rolled back, and reports it", async () => {
    account.faults.set("IncidentLambdaFunction", "Resource limit exceeded");
    const { exit, text } = await world.play(DEPLOY, {
      answers: ["y"],
      packaged: changed({ IncidentLambdaFunction: { Timeout: 29 } }),
    });
    expect(exit).toBe(EXIT.failed);
    expect(text).toContain("offair-prod is UPDATE_ROLLBACK_COMPLETE: everything is as before");
    expect((await world.play(DEPLOY, { answers: ["y"] })).text).toContain("no changes");
  });

  it("ends with 1 if doctor reports a failure", async () => {
    expect((await world.play(DEPLOY, { doctor: EXIT.failed })).exit).toBe(EXIT.failed);
  });

  it("is refused while another deployment is running", async () => {
    const running = world.play(DEPLOY, { answers: ["y"], packaged: changed({ WorkerRole: { Policies: [] } }) });
    world.aws.fail("cloudformation:DescribeStackEvents", { status: 400, code: "ValidationError", message: "lost" });
    const lost = await running;
    expect(lost.exit).toBe(EXIT.failed);
    expect(lost.text).toMatch(
      /deploy: the end cannot be seen \(ValidationError: lost\), and CloudFormation goes on\. Wait/,
    );
    const { exit, text } = await world.play(DEPLOY);
    expect(exit).toBe(EXIT.refused);
    expect(text).toMatch(/failed +stack +offair-prod: UPDATE_IN_PROGRESS\n +→ another deployment is running/);
  });
});

describe("a pool of Huawei users", () => {
  const userSecret = (user: string) => ({
    Type: "AWS::SecretsManager::Secret",
    Properties: { Name: `offair/prod/live/${user}`, SecretString: "{}" },
  });
  const added = { LiveWorker2Secret: userSecret("worker-2"), LiveWorker3Secret: userSecret("worker-3") };
  const larger = reducedPackage("prod", REGION, { added });
  beforeEach(async () => {
    await world.play(DEPLOY, YES);
    for (const secret of account.all("AWS::SecretsManager::Secret")) secret.versions += 1;
  });

  it("that grows adds secrets, and tells which are to be filled", async () => {
    const { exit, text } = await world.play(DEPLOY, { answers: ["y"], packaged: larger });
    expect(exit).toBe(EXIT.done);
    expect(text).toMatch(
      /ok +secrets +2 have a value; will be created empty: offair\/prod\/live\/worker-2, offair\/prod\/live\/worker-3\n/,
    );
    const [, asked = ""] = text.split("these secrets have no value yet; docs/deploy.md describes each:\n");
    expect(asked.split("\n").slice(0, 2)).toEqual(
      ["worker-2", "worker-3"].map(
        (user) =>
          `  aws secretsmanager put-secret-value --region eu-central-1 --secret-id offair/prod/live/${user} --secret-string …`,
      ),
    );
    expect((await world.play(DEPLOY, { packaged: larger })).text).toMatch(
      /warning +secrets +without a value: offair\/prod\/live\/worker-2, offair\/prod\/live\/worker-3\n +→ store each/,
    );
  });

  it("that shrinks loses no key unless each secret is named", async () => {
    await world.play(DEPLOY, { answers: ["y"], packaged: larger });
    const before = executions();
    const refused = await world.play(`${DEPLOY} --yes --replace LiveWorker3Secret`);
    expect([refused.exit, executions()]).toEqual([EXIT.refused, before]);
    expect(refused.text).toMatch(/^LiveWorker2Secret \(.*\) would be removed from the stack: the access key/m);
    expect(refused.text).not.toMatch(/^LiveWorker3Secret/m);

    const named = "--replace LiveWorker2Secret --replace LiveWorker3Secret";
    expect((await world.play(`${DEPLOY} --yes ${named}`)).exit).toBe(EXIT.done);
    expect(names().filter((name) => name.includes("live/"))).toEqual([
      "SecretsManager::Secret offair/prod/live/worker",
    ]);
  });
});

describe("a replacement", () => {
  beforeEach(async () => {
    await world.play(DEPLOY, YES);
  });

  it.each([
    ["Ledger", { KeySchema: [{ AttributeName: "stream", KeyType: "HASH" }] }, "would be replaced (KeySchema)"],
    ["Archive", { BucketName: "offair-prod-archive-2" }, "would be replaced (BucketName)"],
    ["AuditKeySecret", { Name: "offair/prod/audit-key-2" }, "would be replaced (Name)"],
    ["HttpApi", { ProtocolType: "WEBSOCKET" }, "would be replaced (ProtocolType)"],
  ])("of %s is refused, and nothing is changed", async (id, properties, how) => {
    const before = executions();
    const { exit, text } = await world.play(`${DEPLOY} --yes`, { packaged: changed({ [id]: properties }) });
    expect([exit, executions()]).toEqual([EXIT.refused, before]);
    expect(text).toContain(`  ! replace `);
    expect(text).toMatch(new RegExp(`${id} \\(AWS::.*\\) ${how.replace(/[()]/g, "\\$&")}: `));
    expect(text).toContain("--replace NAME");
  });

  it("of one resource is not allowed by the name of another one", async () => {
    const packaged = changed({ HttpApi: { ProtocolType: "WEBSOCKET" } });
    expect((await world.play(`${DEPLOY} --yes --replace Ledger`, { packaged })).exit).toBe(EXIT.refused);
  });

  it("happens with --replace NAME", async () => {
    const before = account.all("AWS::ApiGatewayV2::Api");
    const packaged = changed({ HttpApi: { ProtocolType: "WEBSOCKET" } });
    expect((await world.play(`${DEPLOY} --yes --replace HttpApi`, { packaged })).exit).toBe(EXIT.done);
    expect(account.all("AWS::ApiGatewayV2::Api")).not.toEqual(before);
  });

  it("includes a changed logical id: the table under another one is a new table", async () => {
    const packaged = reducedPackage("prod", REGION);
    const text = JSON.stringify(packaged.template).replaceAll('"Ledger"', '"LedgerTable2"');
    const { exit, text: shown } = await world.play(`${DEPLOY} --yes`, {
      packaged: { ...packaged, template: JSON.parse(text) },
    });
    expect([exit, shown]).toEqual([
      EXIT.refused,
      expect.stringContaining("Ledger (AWS::DynamoDB::Table) would be removed"),
    ]);
    expect(shown).toContain("one of Ledger, Archive");
    expect(names()).toContain("DynamoDB::Table offair-prod-ledger");
  });

  it("includes a removal", async () => {
    const packaged = changed({ HttpApi: undefined });
    const { template } = packaged;
    const { exit, text } = await world.play(`${DEPLOY} --yes`, {
      packaged: { ...packaged, template: { ...template, Outputs: {} } },
    });
    expect(exit).toBe(EXIT.refused);
    expect(text).toContain("HttpApi (AWS::ApiGatewayV2::Api) would be removed from the stack");
  });
});

describe("a failed check", () => {
  it.each([
    [
      "a region of the environment",
      { environmentRegion: "us-east-1" },
      /failed +region +deploy\/prod.yml: eu-central-1; AWS_REGION or the profile: us-east-1\n +→ export AWS_REGION=eu-central-1/,
    ],
    [
      "a region of the package",
      { packaged: reducedPackage("prod", "us-east-1") },
      /failed +region .*the package: us-east-1/,
    ],
  ])("refuses %s", async (_, options, line) => {
    const { exit, text } = await world.play(`${DEPLOY} --yes`, options);
    expect([exit, writes()]).toEqual([EXIT.refused, []]);
    expect(text).toMatch(line);
  });

  it("refuses a quota that leaves fewer than 100 executions unreserved", async () => {
    account.concurrencyLimit = 102; // the functions reserve 3
    const { exit, text } = await world.play(`${DEPLOY} --yes`);
    expect([exit, writes()]).toEqual([EXIT.refused, []]);
    expect(text).toContain(
      "quota 102, 102 unreserved; the functions reserve 3; 99 would stay unreserved, and Lambda requires 100",
    );
    expect(text).toContain(
      "aws service-quotas request-service-quota-increase --region eu-central-1 --service-code lambda",
    );
    account.quotaRequest = 1_000;
    expect((await world.play(`${DEPLOY} --yes`)).text).toContain("an increase to 1000 (CASE_OPENED) was requested");
    account.concurrencyLimit = 103;
    expect((await world.play(`${DEPLOY} --yes`)).exit).toBe(EXIT.done);
    expect((await world.play(`${DEPLOY} --yes`)).exit).toBe(EXIT.done); // what the stack reserves already counts once
  });

  it("refuses a parameter that is missing, no project id, or encrypted", async () => {
    account.parameters.delete(PARAMETER);
    expect((await world.play(DEPLOY)).text).toMatch(
      /failed +project id +there is no parameter .*\n +→ aws ssm put-parameter --region eu-central-1/,
    );
    account.parameters.set(PARAMETER, { type: "SecureString", values: ["0".repeat(32)] });
    expect((await world.play(DEPLOY)).text).toContain("is a SecureString");
    account.parameters.set(PARAMETER, { type: "String", values: ["my-project"] });
    const { exit, text } = await world.play(DEPLOY);
    expect(text).toContain("is not a project id");
    expect([exit, writes()]).toEqual([EXIT.refused, []]);
  });

  it("refuses a secret of the stage's name that the stack would collide with", async () => {
    account.create("AWS::SecretsManager::Secret", "Other", { Name: "offair/prod/live/worker" }, "somebody");
    const { exit, text } = await world.play(DEPLOY);
    expect(exit).toBe(EXIT.refused);
    expect(text).toContain("exist, but do not belong to the stack: offair/prod/live/worker");
  });

  it("names the right that is missing, and reports the other checks all the same", async () => {
    const denied = {
      status: 400,
      code: "AccessDeniedException",
      message: "not authorized to perform: ssm:GetParameter",
    };
    world.aws.fail("ssm:GetParameter", denied);
    account.concurrencyLimit = 10;
    const { exit, text } = await world.play(DEPLOY);
    expect(exit).toBe(EXIT.refused);
    expect(text).toMatch(
      /failed +project id +AccessDeniedException: not authorized to perform: ssm:GetParameter\n +→ docs\/deploy.md has the IAM policy/,
    );
    expect(text).toMatch(/failed +concurrency/);
    expect(text).toContain("2 failed");
  });

  it.each([
    ["UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --region eu-central-1"],
    ["UPDATE_FAILED", "aws cloudformation rollback-stack --region eu-central-1"],
    ["DELETE_FAILED", "npm run deploy -- --stage prod --remove"],
    ["IMPORT_ROLLBACK_FAILED", "aws cloudformation describe-stack-events --region eu-central-1"],
    ["DELETE_IN_PROGRESS", "wait until it has ended"],
  ])("refuses a stack in the state %s, with the command that ends it", async (status, remedy) => {
    await world.play(DEPLOY, YES);
    Object.assign(world.aws.stacks("deployer")[0] ?? {}, { status });
    const before = executions();
    const { exit, text } = await world.play(`${DEPLOY} --yes`);
    expect([exit, executions()]).toEqual([EXIT.refused, before]);
    const [, after] = new RegExp(`failed +stack +offair-prod: ${status}\\n +→ (.*)`).exec(text) ?? [];
    expect(after).toContain(remedy);
  });

  it("that AWS could not answer is no missing right", async () => {
    world.aws.fail("ssm:GetParameter", { status: 400, code: "ThrottlingException", message: "Rate exceeded" }, 20);
    const { exit, text } = await world.play(DEPLOY);
    expect(exit).toBe(EXIT.refused);
    expect(text).toMatch(/failed +project id +ThrottlingException: .*\n +→ AWS did not answer this/);
  });

  it("of the credentials ends the checks", async () => {
    const invalid = {
      status: 403,
      code: "ExpiredToken",
      message: "The security token included in the request is expired",
    };
    world.aws.fail("sts:GetCallerIdentity", invalid, Number.POSITIVE_INFINITY);
    const { exit, text } = await world.play(DEPLOY);
    expect(exit).toBe(EXIT.refused);
    expect(text).toMatch(/failed +credentials +ExpiredToken: .*\n +→ set AWS_PROFILE/);
    expect(Object.keys(world.aws.requests())).toEqual(["sts:GetCallerIdentity"]);
  });
});

describe("another account than the last deployment's", () => {
  beforeEach(() => {
    world.writeStage(`${world.readStage()}account: "${OTHER_ACCOUNT}"\n`);
  });

  it("must be confirmed by its id; yes is no answer", async () => {
    const { exit, text } = await world.play(DEPLOY, { answers: ["yes", "y", "y"] });
    expect([exit, writes()]).toEqual([EXIT.refused, []]);
    expect(text).toContain(`type ${ACCOUNT} to use this account for prod instead of ${OTHER_ACCOUNT}: yes`);
    expect((await world.play(`${DEPLOY} --yes`)).exit).toBe(EXIT.refused);
  });

  it("is used if it is named, and is remembered", async () => {
    expect((await world.play(DEPLOY, { answers: [ACCOUNT, "y", "y"] })).exit).toBe(EXIT.done);
    expect(world.readStage()).toContain(`account: "${ACCOUNT}"`);
    const stranger = { key: "stranger" };
    expect((await world.play(`${DEPLOY} --yes --account ${OTHER_ACCOUNT}`, stranger)).exit).toBe(EXIT.done);
    expect((await world.play(`${DEPLOY} --remove`, { answers: ["prod"] })).exit).toBe(EXIT.refused);
  });

  it("is never used instead of the one that --account names", async () => {
    for (const account of [`account: "${ACCOUNT}"\n`, ""]) {
      world.writeStage(`${world.readStage().replace(/account.*\n/, "")}${account}`);
      const { exit, text } = await world.play(`${DEPLOY} --yes --account ${OTHER_ACCOUNT}`);
      expect([exit, writes()]).toEqual([EXIT.refused, []]);
      expect(text).toContain(`--account is ${OTHER_ACCOUNT}, and the credentials are of account ${ACCOUNT}`);
    }
  });
});
