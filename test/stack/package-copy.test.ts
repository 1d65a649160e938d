/** A package that was copied: `serverless deploy --package` finds its zips in another folder, and uploads them. */
import { spawn } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { copyServiceDefinition, packageService } from "../../build/package.ts";

const FRAMEWORK = join(import.meta.dirname, "../../node_modules/serverless/bin/serverless.js");
const packagedIn = mkdtempSync(join(tmpdir(), "offair-packaged-"));
const deployedFrom = mkdtempSync(join(tmpdir(), "offair-deployed-"));
const uploads = new Map<string, Buffer>();

/** The stack and its empty bucket exist. Everything that comes after the upload is refused. */
const answers: readonly [request: RegExp, status: number, body: string][] = [
  [
    /Action=DescribeStacks/,
    200,
    "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>offair-prod</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
  ],
  [
    /Action=DescribeStackResource/,
    200,
    "<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail><PhysicalResourceId>zips</PhysicalResourceId></StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>",
  ],
  [
    /Action=GetCallerIdentity/,
    200,
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account><Arn>arn:aws:iam::000000000000:user/deployer</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>",
  ],
  [/^(HEAD|PUT) \/zips\//, 200, ""],
  [
    /./,
    403,
    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>only the upload</Message></Error></ErrorResponse>",
  ],
];
const aws = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const { pathname } = new URL(request.url ?? "/", "http://aws");
    if (request.method === "PUT") uploads.set(basename(pathname), body);
    const asked = `${request.method} ${request.url} ${request.method === "POST" ? body : ""}`;
    const [, status, answer] = answers.find(([pattern]) => pattern.test(asked)) ?? [asked, 500, ""];
    response.writeHead(status, { "content-type": "text/xml" }).end(answer);
  });
});

beforeAll(async () => {
  copyServiceDefinition(packagedIn);
  await packageService({ stage: "prod", serviceDir: packagedIn });
  copyServiceDefinition(deployedFrom);
  cpSync(join(packagedIn, ".serverless"), join(deployedFrom, "package"), { recursive: true });
  renameSync(join(packagedIn, ".serverless"), join(packagedIn, "gone"));
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  aws.close();
  for (const folder of [packagedIn, deployedFrom]) rmSync(folder, { recursive: true, force: true });
});

const files = (pattern: string) => globSync(pattern, { cwd: join(packagedIn, "gone") });
const packaged = (name: string) => readFileSync(join(packagedIn, "gone", name));

it("names no folder of the machine that packaged it", () => {
  const named = files("*.json").filter((name) => packaged(name).includes(packagedIn));
  expect(named).toEqual([]);
});

it("is uploaded zip by zip from the folder that it was copied to", async () => {
  const address = aws.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const child = spawn(process.execPath, [FRAMEWORK, "deploy", "--stage", "prod", "--package", "package", "--force"], {
    cwd: deployedFrom,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: deployedFrom,
      CI: "1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_MAX_ATTEMPTS: "1",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  await new Promise((resolve) => child.once("close", resolve));
  expect(output).toContain("only the upload"); // the refusal of what follows it
  const zips = files("*.zip");
  expect(zips.length).toBeGreaterThan(3);
  for (const zip of zips) expect(uploads.get(zip)?.equals(packaged(zip))).toBe(true);
});
