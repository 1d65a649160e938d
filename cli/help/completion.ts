/** The completion scripts. All that they need is in them: a shell completes without starting offair. */
import type { Command } from "../terminal/command.ts";
import { type Completed, type CompletedCommand, completedCommand } from "./completed.ts";

export type Shell = "bash" | "zsh" | "fish";

export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const completed = commands.map((command) => completedCommand(command, commands));
  return WRITERS[shell](completed).trimEnd();
}

const WRITERS = { bash, zsh, fish } as const;

const single = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const list = (words: readonly string[]): string => single(words.join(" "));

function bash(commands: readonly CompletedCommand[]): string {
  return `# bash completion of offair
_offair_command() {
  case $1 in
${commands.map(bashCommand).join("\n")}
  esac
}
_offair_files() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$1"))
}
_offair() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command= options= valued= operand=0 last=0 wanted= i each
  local -a operands=()
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    each=\${COMP_WORDS[i]}
    if [[ $each == = ]]; then ((i++))
    elif [[ " $valued " == *" $each "* ]]; then [[ \${COMP_WORDS[i + 1]} == = ]] || ((i++))
    elif [[ $each == -* ]]; then :
    elif [[ -z $command ]]; then command=$each; _offair_command "$each"
    else ((operand++)); fi
  done
  if [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $word == = ]]; then word=; fi
  if [[ -z $command ]]; then
    wanted=${list([...commands.map(({ name }) => name), "--version", "--help"])}
  elif [[ " $valued " == *" $previous "* ]]; then
    case "$command $previous" in
${bashValues(commands)}
    esac
  elif [[ $word == -* ]]; then wanted=$options
  else
    ((operand > last)) && operand=$last
    wanted=\${operands[operand]}
  fi
  if [[ $wanted == :files ]]; then _offair_files "$word"; return; fi
  COMPREPLY=($(compgen -W "$wanted" -- "$word"))
}
complete -F _offair offair
`;
}

function bashCommand({ name, options, operands, isRepeated }: CompletedCommand): string {
  const names = (its: typeof options) => list(its.flatMap((each) => [each.name, ...(each.short ? [each.short] : [])]));
  const words = operands.map((each) =>
    each.kind === "words" ? list(each.words) : each.kind === "file" ? ":files" : "''",
  );
  const last = isRepeated ? operands.length - 1 : operands.length; // beyond the last there is nothing
  const valued = names(options.filter(({ value }) => value));
  return `    ${name}) options=${names(options)} valued=${valued} last=${last} operands=(${words.join(" ")}) ;;`;
}

const bashValues = (commands: readonly CompletedCommand[]): string =>
  commands
    .flatMap((command) =>
      command.options.flatMap(({ name, short, value }) => {
        if (!value || value.kind === "text") return [];
        const either = [name, ...(short ? [short] : [])].map((each) => single(`${command.name} ${each}`)).join(" | ");
        return [`      ${either}) wanted=${value.kind === "file" ? ":files" : list(value.words)} ;;`];
      }),
    )
    .join("\n");

function zsh(commands: readonly CompletedCommand[]): string {
  return `#compdef offair
_offair() {
  local -a commands
  if ((CURRENT == 2)); then
    commands=(
${commands.map(({ name, about }) => `      ${single(`${name}:${about}`)}`).join("\n")}
    )
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(zshCommand).join("\n")}
  esac
}
if [[ $funcstack[1] == _offair ]]; then _offair "$@"; else compdef _offair offair; fi
`;
}

function zshCommand({ name, options, operands, isRepeated }: CompletedCommand): string {
  const specs = options.flatMap((option) => {
    const { name: long, short, about, value } = option;
    const rest = `[${zshText(about)}]${value ? `:${zshAction(value)}` : ""}`;
    return [`${long}${value ? "=" : ""}${rest}`, ...(short ? [`${short}${rest}`] : [])];
  });
  const places = operands.map((each, index) => {
    const isLast = index === operands.length - 1;
    return `${isLast && isRepeated ? "*" : index + 1}:${zshAction(each)}`;
  });
  return `    ${name}) _arguments ${[...specs, ...places].map(single).join(" ")} ;;`;
}

const zshText = (text: string): string => text.replaceAll(/[\\[\]:]/g, "\\$&");

function zshAction(value: Completed): string {
  if (value.kind === "words") return `word:(${value.words.join(" ")})`;
  return value.kind === "file" ? "file:_files" : `${zshText(value.name)}: `;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c offair -n '__offair_in ""' -a ${command.name} -d ${fishText(command.about)}`,
    ...fishOptions(command),
    ...fishOperands(command),
  ]);
  return `# fish completion of offair
function __offair_in
  set -l typed (commandline -opc)
  test "$typed[2]" = "$argv[1]"; or return 1
  for word in $argv[2..-1]
    contains -- $word $typed[3..-1]; and return 1
  end
  return 0
end
complete -c offair -f
${lines.join("\n")}
`;
}

const fishText = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const fishOptions = ({ name: command, options }: CompletedCommand): string[] =>
  options.map(({ name, short, about, value }) => {
    const names = `-l ${name.slice(2)}${short ? ` -s ${short.slice(1)}` : ""}`;
    return `complete -c offair -n '__offair_in ${command}' ${names}${fishValue(value)} -d ${fishText(about)}`;
  });

function fishValue(value: Completed | undefined): string {
  if (!value) return "";
  if (value.kind === "file") return " -r -F";
  return value.kind === "words" ? ` -x -a ${fishText(value.words.join(" "))}` : " -x";
}

/** Words are offered until one of them is typed. */
function fishOperands({ name, operands }: CompletedCommand): string[] {
  const [first] = operands;
  if (first?.kind === "file") return [`complete -c offair -n '__offair_in ${name}' -F`];
  if (first?.kind !== "words") return [];
  const words = first.words.join(" ");
  return [`complete -c offair -n '__offair_in ${name} ${words}' -a ${fishText(words)}`];
}
