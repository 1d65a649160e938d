/** Prints a new link for each line of standard input: on a terminal, for Enter. Links are the only lines of standard output. */
import { createInterface } from "node:readline";
import type { CommandDeps } from "../terminal/command.ts";

/** @returns a function that ends it. The end of standard input changes nothing: links can no longer be asked for. */
export function printLinks(newLink: () => string, { input, out }: Pick<CommandDeps, "input" | "out">): () => void {
  const lines = createInterface({ input, terminal: false });
  lines.on("line", () => out.say(newLink()));
  return () => lines.close();
}
