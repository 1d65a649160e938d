/**
 * The journey of an operator at three in the morning, in a terminal of a certain size: a mistyped name, a plan of 40 of 600 live streams, its
 * approval by another person, and the undo from a terminal that knows no id. Plays it, and records what was on the screen.
 */
import { OPERATORS, type World } from "../../local/demo/world.ts";
import { offairProcess } from "./offair.ts";
import { type Size, screenOf } from "./screen.ts";
import { inTerminal, type Types } from "./terminal.ts";

const DOMAIN = "push.example.com";
const RAID = 40;
const LIVE = 600;
export const ADDRESS = "198.51.100.7";

export interface Step {
  readonly name: string;
  readonly command: string;
  readonly code: number | null;
  /** The screen at the moment of the question; undefined if nothing was asked. */
  readonly question: string | undefined;
  /** The screen at the end. */
  readonly screen: string;
}

/** @param round - a number of its own for each journey on one stack. */
export async function playJourney(world: World, size: Size, round: number): Promise<Map<string, Step>> {
  const raid = `raid${round}-`;
  const streams = Array.from({ length: LIVE }, (_, index) => ({
    ...{ domain: DOMAIN, app: "live", reconnectAfterMs: 300 },
    stream: `${index < RAID ? raid : `calm${round}-`}${String(index + 1).padStart(3, "0")}`,
    client_ip: index < RAID ? ADDRESS : "192.0.2.1",
  }));
  world.simulator?.removeEncoders(); // those of another journey: each has its own stage
  world.simulator?.addEncoders(streams);
  const steps = new Map<string, Step>();
  const envOf = (person: keyof typeof OPERATORS) => ({
    ...{ OFFAIR_URL: world.stack.gatewayUrl, AWS_REGION: "eu-central-1", AWS_EC2_METADATA_DISABLED: "true" },
    AWS_ACCESS_KEY_ID: OPERATORS[person].accessKeyId,
    AWS_SECRET_ACCESS_KEY: OPERATORS[person].secretAccessKey,
  });
  const commandOf = (person: string, args: readonly string[]) => `${person}$ offair ${args.join(" ")}`;
  async function typed(name: string, person: keyof typeof OPERATORS, args: readonly string[], keys = "") {
    const types: Types = keys === "" ? [] : [{ at: /\[y\/N\] /, keys }];
    const shown = await inTerminal(args, envOf(person), types, size);
    const [asked] = shown.asked;
    const show = (output: string) => screenOf(output, size).join("\n").trimEnd();
    const question = asked === undefined ? undefined : show(asked);
    steps.set(name, { name, command: commandOf(person, args), code: shown.code, question, screen: show(shown.screen) });
    return shown.screen;
  }
  const why = ["--reason", "INC-881: a raid from one address"];
  await typed("mistyped", "alice", ["disable", `${DOMAIN}/live/${raid}7`, "--for", "24h", ...why], "y\r");
  const selected = ["--live", DOMAIN, "--name", `${raid}*`, "--client", ADDRESS];
  const planned = await typed("plan", "alice", ["plan", "--disable", "--for", "24h", ...why, ...selected]);
  const [, id = "", hash = ""] = /offair approve (\S+) --sha256 ([0-9a-f]{64})/.exec(planned) ?? [];
  const named = [id, "--sha256", hash, ...why];
  await typed("author approves", "alice", ["approve", ...named], "y\r");
  await typed("unapproved", "alice", ["apply", ...named], "y\r");
  const piped = await offairProcess(["approve", ...named], envOf("bob"));
  const command = `${commandOf("bob", ["approve", ...named])} </dev/null`;
  steps.set("in a pipe", {
    name: "in a pipe",
    command,
    code: piped.code,
    question: undefined,
    screen: (piped.stdout + piped.stderr).trimEnd(),
  });
  await typed("approve", "bob", ["approve", ...named], "y\r");
  await typed("apply", "alice", ["apply", ...named, "--no-watch"], "y\r");
  await typed("finished", "alice", ["watch", id]);
  const listed = await typed("lost terminal", "alice", ["plans"]);
  const [, short = ""] = /^(op-\S+) .*\bdisable 40\b.*$/m.exec(listed.replaceAll(/\u001b\[[\d;]*m/g, "")) ?? [];
  await typed("undo", "alice", ["undo", short === "" ? "op-?" : short, "--reason", "a false alarm"]);
  return steps;
}

/** The journey as text, for people. */
export function journeyText(steps: ReadonlyMap<string, Step>, { rows, columns }: Size): string {
  const frame = (text: string): string =>
    text
      .split("\n")
      .map((line) => `    | ${line}`)
      .join("\n");
  return [...steps.values()]
    .map(({ name, command, code, question, screen }) => {
      const asked = question === undefined ? [] : [`  at the question:\n${frame(question)}`];
      return [
        `${columns}x${rows} · ${name}\n  ${command}`,
        ...asked,
        `  at the end (exit code ${code}):\n${frame(screen)}`,
      ].join("\n");
    })
    .join("\n\n");
}
