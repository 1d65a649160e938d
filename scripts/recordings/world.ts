/** The stand-ins of AWS and a terminal, in which `npm run deploy` is played and what it prints is kept. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import { EXIT, type Exit } from "../../cli/terminal/command.ts";
import { isForPeople } from "../../cli/terminal/errors.ts";
import { createOut } from "../../cli/terminal/output.ts";
import { type DeploymentStandIns, startDeploymentStandIns } from "../../local/deployment/server.ts";
import { parseArguments } from "../deploy/arguments.ts";
import { deploy } from "../deploy/deploy.ts";
import type { DeployDeps, Package } from "../deploy/deps.ts";
import { remove } from "../deploy/remove.ts";
import { createClients } from "../deploy/stack/clients.ts";
import { reducedPackage } from "./reduced-package.ts";

export const REGION = "eu-central-1";
export const ACCOUNT = "123456789012";
export const OTHER_ACCOUNT = "210987654321";
export const PARAMETER = "/offair/prod/huawei-project-id";
export const PROJECT_ID = "0123456789abcdef0123456789abcdef";

const STAGE_FILE = `region: ${REGION}
liveEndpoint: https://live.ap-southeast-3.myhuaweicloud.com
alertsEmail: oncall@acme.tv
`;

export interface Played {
  readonly exit: Exit;
  /** What was printed, with the questions and their answers. */
  readonly text: string;
}

export interface PlayOptions {
  /** The answers to the questions, in their order; empty from then on. */
  readonly answers?: readonly string[];
  readonly packaged?: Package;
  /** The key pair: `deployer`, or `stranger` of the other account. */
  readonly key?: string;
  readonly environmentRegion?: string;
  readonly doctor?: Exit;
}

export interface DeployWorld {
  readonly aws: DeploymentStandIns;
  /** The folder of the stage files. */
  readonly stages: string;
  /** Runs the command with the arguments of a shell: `--stage prod`. */
  play(args: string, options?: PlayOptions): Promise<Played>;
  writeStage(text: string, name?: string): void;
  readStage(name?: string): string;
  writePolicy(change: (text: string) => string): void;
  /** URLs for which `offair doctor` was run. */
  readonly doctored: readonly string[];
  close(): Promise<void>;
}

const POLICY = readFileSync(join(import.meta.dirname, "../../policy.yml"), "utf8");
const ownDomains = (text: string): string =>
  text.replaceAll("publish.example.huawei.com", "publish.acme.tv").replaceAll("push.example.com", "push.acme.tv");

export async function createDeployWorld(): Promise<DeployWorld> {
  let ids = 0;
  const next = (): number => {
    ids += 1;
    return ids;
  };
  const newId = (length: number): string => next().toString(16).padStart(length, "0");
  const aws = await startDeploymentStandIns(REGION, { deployer: ACCOUNT, stranger: OTHER_ACCOUNT }, newId);
  const folder = mkdtempSync(join(tmpdir(), "offair-deploy-"));
  const policy = join(folder, "policy.yml");
  const doctored: string[] = [];
  for (const key of ["deployer", "stranger"])
    aws.account(key).parameters.set(PARAMETER, { type: "String", values: [PROJECT_ID] });

  async function play(args: string, options: PlayOptions = {}): Promise<Played> {
    const { answers = [], packaged = reducedPackage("prod", REGION), key = "deployer" } = options;
    const written: string[] = [];
    const stream = new Writable({ write: (chunk, _, done) => done(void written.push(String(chunk)) as undefined) });
    const out = createOut({ stdout: stream, stderr: stream }, { NO_COLOR: "1" });
    const left = [...answers];
    const deps: DeployDeps = {
      ...{
        out,
        stages: folder,
        policy,
        sleep: async () => {},
        now: () => new Date(Date.UTC(2026, 10, 30) + next()),
      },
      async ask(question) {
        const answer = left.shift() ?? "";
        written.push(`${question} ${answer}\n`);
        return answer;
      },
      clients: (region) =>
        createClients(region, {
          ...{ endpoint: aws.url, s3Endpoint: aws.storage.url },
          credentials: { accessKeyId: key, secretAccessKey: key },
          retryStrategy: new ConfiguredRetryStrategy(4, () => 0),
        }),
      environmentRegions: async () =>
        options.environmentRegion === undefined ? {} : { "AWS_REGION or the profile": options.environmentRegion },
      pack: async () => packaged,
      async doctor(url) {
        doctored.push(url);
        return options.doctor ?? EXIT.done;
      },
    };
    const parsed = parseArguments(args.split(" "));
    if (!parsed) throw new Error("--help is not played");
    try {
      const exit = await (parsed.isRemoval ? remove(parsed, deps) : deploy(parsed, deps));
      return { exit, text: written.join("") };
    } catch (error) {
      if (!isForPeople(error)) throw error;
      return { exit: error.exit, text: `${written.join("")}deploy: ${error.message}\n` };
    }
  }

  const world: DeployWorld = {
    aws,
    stages: folder,
    play,
    writeStage: (text, name = "prod") => writeFileSync(join(folder, `${name}.yml`), text),
    readStage: (name = "prod") => readFileSync(join(folder, `${name}.yml`), "utf8"),
    writePolicy: (change) => writeFileSync(policy, change(POLICY)),
    doctored,
    async close() {
      rmSync(folder, { recursive: true, force: true });
      await aws.close();
    },
  };
  world.writeStage(STAGE_FILE);
  world.writePolicy(ownDomains);
  return world;
}
