/** What a command of `offair` is: told what was typed, it says something and answers how it ended. */
import type { ParseArgsOptionsConfig } from "node:util";
import type { AwsCredentials } from "./aws-credentials.ts";
import type { LocalStack } from "./local-stack.ts";
import type { Values } from "./options.ts";
import type { Input, Out } from "./output.ts";

/** The same for every command, so that a script need not know which it called. */
export const EXIT = {
  done: 0,
  /** A part of it failed, or something of ours. */
  failed: 1,
  usage: 2,
  refused: 3,
  /** The evidence is not what was signed. */
  altered: 4,
  /** The evidence is genuine, as far as looked at, and something is not in it. */
  incomplete: 5,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

export type Group = "incident" | "everyday" | "evidence";

export interface Typed {
  readonly operands: readonly string[];
  readonly values: Values;
}

export interface Command {
  readonly name: string;
  /** Under which heading of `offair help` it stands. */
  readonly group: Group;
  /** One line of `offair help`. */
  readonly summary: string;
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** Names of what is typed without a dash, in its order: `ID` is needed, `[ID]` is not, the last may be `STREAM…` or `[STREAM…]`. */
  readonly operands: readonly string[];
  run(typed: Typed, deps: CommandDeps): Promise<Exit>;
}

export interface CommandDeps {
  readonly out: Out;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => Date;
  /** Standard input. */
  readonly input: Input;
  /** Ends early, and does not reject, when the signal does. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  /** The AWS identity of whoever typed it. @throws FailedError */
  readonly credentials: () => Promise<AwsCredentials>;
  /** Points `env` at the local stack, where one is running and nothing names a real deployment. Absent: there is none. */
  readonly useLocalStack?: (as: "operator" | "stores", given: string | undefined) => LocalStack | undefined;
  /** The local stack that this command uses. */
  readonly local?: LocalStack | undefined;
  /** From the first call on Ctrl-C no longer ends the process: it aborts. */
  readonly interrupted: () => AbortSignal;
}
