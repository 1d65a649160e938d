/** Asks a question on standard error and reads one line from standard input, which may be a pipe: `echo prod | npm run deploy -- …`. */

import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { visibleLine } from "../../lib/core/escape-invisible.ts";

export interface Asker {
  readonly ask: (question: string) => Promise<string>;
  close(): void;
}

/** One reader for all questions: a second one would lose the lines that the first has read ahead. */
export function createAsker(input: Readable, output: Writable): Asker {
  let lines: AsyncIterator<string> | undefined;
  let close = (): void => {};
  return {
    async ask(question) {
      output.write(`${visibleLine(question)} `);
      if (!lines) {
        const reader = createInterface({ input, terminal: false });
        close = () => reader.close();
        lines = reader[Symbol.asyncIterator]();
      }
      const { value, done } = await lines.next();
      if (done) output.write("\n"); // the input has ended: the answer is empty
      return done ? "" : value;
    },
    close: () => close(),
  };
}
