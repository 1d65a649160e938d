/** What a deployment uses from outside. Tests replace it; main.ts connects the real things. */
import type { Exit } from "../../cli/terminal/command.ts";
import type { Out } from "../../cli/terminal/output.ts";
import type { Clients } from "./stack/clients.ts";
import type { Template } from "./stack/template.ts";
import type { Stage } from "./stage/stage.ts";

/** What `npm run package` wrote. */
export interface Package {
  readonly region: string;
  /** Only the bucket for packages, with which a stack begins. */
  readonly bucketTemplate: Template;
  readonly template: Template;
  /** By file name. */
  readonly zips: ReadonlyMap<string, Uint8Array>;
}

export interface DeployDeps {
  readonly out: Out;
  /** Prints a question and reads one line; empty at the end of the input. */
  readonly ask: (question: string) => Promise<string>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => Date;
  readonly clients: (region: string) => Clients;
  /** The regions that other AWS tools would use here, by where they are set. */
  readonly environmentRegions: () => Promise<Readonly<Record<string, string>>>;
  readonly pack: (stage: Stage) => Promise<Package>;
  /** Runs `offair doctor`. */
  readonly doctor: (url: string, region: string) => Promise<Exit>;
  /** The folder of the stage files. */
  readonly stages: string;
  /** Path of policy.yml. */
  readonly policy: string;
}

export interface DeployOptions {
  readonly stage: string;
  readonly isDryRun: boolean;
  /** Do not ask whether to execute the change set. */
  readonly yes: boolean;
  /** The account that may differ from the last deployment's. */
  readonly account?: string | undefined;
  /** Names of resources that may be replaced. */
  readonly replace: readonly string[];
}
