/** The interface of a command: it gets the arguments, prints its result and returns an exit code. */
import type { BuildInfo } from "../../lib/core/build-info.ts";
import type { Credentials } from "./aws-credentials.ts";
import type { LocalStack } from "./local-stack.ts";
import type { OptionDeclarations, Values } from "./options.ts";
import type { Input, Out } from "./output.ts";

/** Exit codes, the same for every command. */
export const EXIT = {
  done: 0,
  /** Failed in whole or in part, or an internal error. */
  failed: 1,
  usage: 2,
  refused: 3,
  /** The evidence is not what was signed. */
  altered: 4,
  /** The evidence is genuine as far as it was checked, but something is missing. */
  incomplete: 5,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

export type Group = "incident" | "everyday" | "evidence" | "shell";

export interface Typed {
  readonly operands: readonly string[];
  readonly values: Values;
}

export interface Command {
  readonly name: string;
  /** The heading in `offair help`. */
  readonly group: Group;
  /** One line of `offair help`. */
  readonly summary: string;
  /** Written for a wide terminal, by the rules of cli/help/parse-help.ts, and broken again for a narrower one. */
  readonly help: string;
  readonly options: OptionDeclarations;
  /**
   * Names of the positional arguments: `ID` is required, `[ID]` is optional, the last one may be repeated: `STREAM…`, `[STREAM…]`. Of
   * words in lower case, such as `[approve | reject]`, the argument must be one.
   */
  readonly operands: readonly string[];
  /** Its result may be long: on a terminal, a pager shows it. The command then has the option `no-pager`, and asks no question. */
  readonly isPaged?: true;
  run(typed: Typed, deps: CommandDeps): Promise<Exit>;
}

export interface CommandDeps {
  readonly out: Out;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => Date;
  /** Standard input. */
  readonly input: Input;
  /** Resolves early when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  /** Returns a UUID. */
  readonly newId: () => string;
  /** Which build of the command this is. */
  readonly build: () => Promise<BuildInfo>;
  /** The AWS credentials of the caller. @throws CredentialsError */
  readonly credentials: Credentials;
  /** Configures `env` for the local stack, if one is running and no setting names a deployment. Absent: there is none. */
  readonly useLocalStack?: (as: "operator" | "stores", given: string | undefined) => Promise<LocalStack | undefined>;
  /** The local stack that this command uses. */
  readonly local?: LocalStack | undefined;
  /** Shows a result that may be longer than the terminal. Absent: it is only printed. */
  readonly page?: (text: string) => Promise<void>;
  /** From the first call on, Ctrl-C, SIGTERM and a closed terminal abort the signal instead of ending the process. */
  readonly interrupted: () => AbortSignal;
}
