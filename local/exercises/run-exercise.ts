/**
 * Runs one exercise as a command: reads the options, packages the functions, starts the local stack, plays the script, collects the
 * evidence, and prints the scorecard. Exit code 0: every check held. 1: one failed. With a sabotage: 1 if the check for
 * it failed, 3 if it did not.
 */
import { parseArgs } from "node:util";
import * as z from "zod";
import type { BuildOptions } from "../../build/build.ts";
import { packageAlone } from "../../build/package-alone.ts";
import { poolParameters } from "../demo/huawei-users.ts";
import { createPrinter } from "../demo/printer.ts";
import { startWorld, type WorldOptions } from "../demo/world.ts";
import { run, UsageError } from "../kit/arguments.ts";
import { createProgress } from "../kit/progress.ts";
import { type BaseRun, type Evidence, readEvidence, writeEvidence } from "./evidence.ts";
import type { Sabotage, Sabotages } from "./sabotages.ts";
import { formatScorecard, type Scorecard } from "./scorecard.ts";
import { createStage, type Stage } from "./stage.ts";

interface Script<Run> {
  readonly changePolicy?: BuildOptions["changePolicy"];
  readonly world: Omit<WorldOptions, "templatePath" | "taskRoot" | "ports" | "onAlert">;
  /** Plays the script. Returns the record of its setup, which the scorecard needs beside the evidence. */
  play(stage: Stage): Promise<Run>;
}

export interface Exercise<Options extends z.ZodObject, Run extends BaseRun> {
  readonly name: string;
  /** Numbers and flags by name, each with a default and a description for the help text. */
  readonly options: Options;
  readonly runSchema: z.ZodType<Run>;
  readonly sabotages: Sabotages;
  /** The options of a small run, for the help text. */
  readonly small: string;
  prepare(options: z.output<Options>, sabotage: string | undefined): Script<Run>;
  score(evidence: Evidence<Run>): Scorecard;
  /** Writes further files, for people. */
  writeMore?(evidence: Evidence<Run>, directory: string): Promise<void>;
}

const commonSchema = z.object({
  out: z.string().optional(),
  score: z.string().optional(),
  sabotage: z.string().optional(),
  help: z.boolean().default(false),
});

const OTHER_CHECK_FAILED = 3;

export const runExercise = <Options extends z.ZodObject, Run extends BaseRun>(
  exercise: Exercise<Options, Run>,
): Promise<void> => run(() => main(exercise), helpOf(exercise));

async function main<Options extends z.ZodObject, Run extends BaseRun>(
  exercise: Exercise<Options, Run>,
): Promise<number> {
  const { help, out, score, sabotage, options } = readOptions(exercise.options, exercise.sabotages);
  if (help) {
    console.log(helpOf(exercise));
    return 0;
  }
  const evidence = await (score === undefined
    ? play(exercise.prepare(options, sabotage), exercise.sabotages[sabotage ?? ""])
    : readEvidence(score, exercise.runSchema));
  if (out !== undefined) {
    await writeEvidence(evidence, out);
    await exercise.writeMore?.(evidence, out);
  }
  const card = exercise.score(evidence);
  console.log(formatScorecard(card));
  if (card.held || sabotage === undefined) return card.held ? 0 : 1;
  // The failure of another check does not count.
  const { breaks = "" } = exercise.sabotages[sabotage] ?? {};
  const isFound = card.results.some(({ claim, failures }) => claim.startsWith(breaks) && failures.length > 0);
  console.log(`the sabotage ${sabotage} ${isFound ? "was found" : "was NOT found"}: ${breaks}`);
  return isFound ? 1 : OTHER_CHECK_FAILED;
}

async function play<Run extends BaseRun>(script: Script<Run>, broken: Sabotage | undefined): Promise<Evidence<Run>> {
  const { remove, ...bundles } = await packageAlone({
    ...(script.changePolicy && { changePolicy: script.changePolicy }),
    ...(broken && { swap: { [broken.module]: broken.replacement } }),
    ...(script.world.users && { frameworkArgs: poolParameters({ worker: 1, audit: 1, ...script.world.users }) }),
  });
  const progress = createProgress(process.stdout);
  const printer = createPrinter(process.stdout);
  const alerts: Evidence["alerts"] = [];
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(remove);
  const world = await startWorld({
    ...script.world,
    ...bundles,
    ports: { gateway: 0 },
    onAlert(alert) {
      alerts.push({ name: alert.name, note: alert.description, at: alert.at.toISOString() });
      if (process.stdout.isTTY) progress.done(); // so that the alarm does not overwrite the progress line
      printer.alert(alert);
    },
  });
  cleanup.defer(world.close);
  let denials = 0;
  world.stack.onDenied((denial) => {
    denials += 1;
    printer.denied(denial);
  });
  const stage = createStage(world, alerts, progress.tell);
  const record = await script.play(stage);
  progress.done();
  if (denials > 0) throw new Error(`IAM refused ${denials} calls: a role of the template lacks a right`);
  return { run: record, ...(await stage.evidence()) };
}

function readOptions<Options extends z.ZodObject>(schema: Options, sabotages: Sabotages) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const own = Object.entries(schema.parse({})).map(([name, usual]) => [name, typeof usual === "boolean" ? flag : text]);
  const { values } = parseArgs({
    options: { out: text, score: text, sabotage: text, help: flag, ...Object.fromEntries(own) },
  });
  const { sabotage, ...common } = commonSchema.parse(values);
  if (sabotage !== undefined && !Object.hasOwn(sabotages, sabotage)) {
    throw new UsageError(`--sabotage ${sabotage}: must be one of ${Object.keys(sabotages).join(", ") || "none"}`);
  }
  const { data, error } = schema.safeParse(values);
  if (error) {
    throw new UsageError(error.issues.map(({ path, message }) => `--${path.join()}: ${message}`).join("\n"));
  }
  return { ...common, sabotage, options: data };
}

function helpOf({
  name,
  options,
  sabotages,
  small,
}: Pick<Exercise<z.ZodObject, BaseRun>, "name" | "options" | "sabotages" | "small">): string {
  const rows = [
    ...Object.entries(options.parse({})).map(([option, usual]) => [
      typeof usual === "boolean" ? `--${option}` : `--${option} N`,
      `${options.shape[option]?.description}${typeof usual === "boolean" ? "" : ` (default ${usual})`}`,
    ]),
    ["--out DIR", "writes all evidence there, one file for each kind of record"],
    ["--score DIR", "plays nothing: computes the scorecard from the evidence in DIR"],
    [
      "--sabotage NAME",
      `with a broken module, which a check must find: ${Object.keys(sabotages).join(", ") || "none"}`,
    ],
  ];
  return [
    `npm run ${name} -- [options]`,
    ...rows.map(([option = "", help]) => `  ${option.padEnd(18)}${help}`),
    "",
    `  npm run ${name} -- ${small}`,
  ].join("\n");
}
