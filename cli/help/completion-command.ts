/** `offair completion`: prints the script that completes commands, options and words in a shell. */
import { type Command, EXIT } from "../terminal/command.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** @param commands - all of them, once they are known. */
export const createCompletion = (commands: () => readonly Command[]): Command => ({
  name: "completion",
  group: "shell",
  summary: "print the script that completes commands and options in your shell",
  operands: ["bash | zsh | fish"],
  options: {},
  help: `offair completion bash|zsh|fish

Prints a script for the shell, which then completes commands, options, and the words that an option or a command takes. The
script is made for this version: install it again after an update.

  bash  source <(offair completion bash), in ~/.bashrc
  zsh   source <(offair completion zsh), in ~/.zshrc after compinit
  fish  offair completion fish | source, in ~/.config/fish/config.fish

Exit codes: 0 printed, 2 usage error.`,

  async run({ operands: [shell] }, { out }) {
    const { completionScript } = await import("./completion.ts");
    const known = SHELLS.find((each) => each === shell) ?? "bash"; // the operand is one of them
    for (const line of completionScript(known, commands()).split("\n")) out.say(line);
    return EXIT.done;
  },
});
