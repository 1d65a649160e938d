/**
 * Refuses text that is not UTF-8. Node replaces such a byte of an argument or an environment variable by U+FFFD, and the changed text would
 * name another stream. A file may contain U+FFFD itself, so a stream with this character can be named in a file.
 */
import { UsageError } from "./errors.ts";

const REPLACED = "\ufffd";

/** Variables that commands, scripts and the AWS SDK read. */
const READ = /^(OFFAIR_|AWS_|ARCHIVE_BUCKET$|LEDGER_TABLE$)/;

/** @throws UsageError for an argument or a variable that contains U+FFFD. */
export function expectUtf8(args: readonly string[], env: NodeJS.ProcessEnv): void {
  for (const arg of args)
    if (arg.includes(REPLACED))
      throw new UsageError(`${arg} is not UTF-8, or contains U+FFFD: name the stream in a file`);
  for (const [name, value] of Object.entries(env))
    if (READ.test(name) && value?.includes(REPLACED))
      throw new UsageError(`the environment variable ${name} is not UTF-8, or contains U+FFFD`);
}
