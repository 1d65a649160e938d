/**
 * `npm start`: runs the whole service on this machine, plays one report through it, and stays up. `--once` plays the full story
 * and exits 0 or 1.
 */
import { randomUUID } from "node:crypto";
import { setInterval as every } from "node:timers/promises";
import { parseArgs } from "node:util";
import { localStackFile } from "../cli/terminal/local-stack.ts";
import { activityOfLog } from "./demo/activity.ts";
import { howToUse } from "./demo/help-text.ts";
import { describeStack, writeLocalFile } from "./demo/local-file.ts";
import { createPrinter, type Printer } from "./demo/printer.ts";
import { runAudits } from "./demo/run-audits.ts";
import { runEachMinute } from "./demo/run-each-minute.ts";
import { openScene, type Step } from "./demo/scene.ts";
import { FIRST_STEPS, STEPS } from "./demo/story.ts";
import { describeSubscribers, readSubscribers } from "./demo/subscriber.ts";
import { createActivityReader } from "./demo/watch-activity.ts";
import { PUSH_KEY, PUSH_SOURCE, startWorld, type World } from "./demo/world.ts";
import { readNumber, run, UsageError } from "./kit/arguments.ts";
import { SWITCH_GROUPS, SWITCHES } from "./live/simulator.ts";

const HELP = `npm start                        plays one report through the whole service, and stays up
npm start -- --once              plays the full story; exit code 0 or 1 (also: npm run demo)
  --break STEP                   sets a fault that makes this step fail: exit code 1 if it does, 3 if another step
                                 fails. Steps: ${STEPS.map(({ name }) => name).join(", ")}
  --switch NAME=VALUE            chooses an undocumented behaviour of Live; may be repeated:
${Object.entries(SWITCHES)
  .map(([name, values]) => `                                   ${name}=${values.join("|")}`)
  .join("\n")}
  --steps                        prints the names of the steps, one on each line
  --every-switch                 plays the story under every combination of each group of switches
  --seed N                       seed of the random recycling of Lambda environments (default: random)
  --port N                       port of the gateway (default 8787)
  --subscriber URL               sends every event to this http URL of a loopback address, signed with v1; v1a=URL: with v1a.
                                 May be repeated
  --template FILE                template of another package than the one in .serverless

OFFAIR_LOCAL_FILE=FILE npm start file that the commands read instead of .offair-local.json; empty: none
LIVE_ENDPOINT=URL npm start      uses another Live than the simulator; LIVE_WORKER_SECRET and LIVE_AUDIT_SECRET are its
                                 credentials as JSON, HUAWEI_PROJECT_ID is its project`;

const LOOK_EVERY_MS = 250;

const STREAM = { domain: "publish.example.huawei.com", app: "live" };

/** Exit code if one step was broken, but the story failed at another. */
const OTHER_STEP = 3;

type Switches = Record<string, string>;

const { values: options } = parseArgs({
  options: {
    once: { type: "boolean", default: false },
    break: { type: "string" },
    switch: { type: "string", multiple: true, default: [] },
    "every-switch": { type: "boolean", default: false },
    seed: { type: "string" },
    port: { type: "string" },
    template: { type: "string" },
    subscriber: { type: "string", multiple: true, default: [] },
    steps: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function readSwitches(given: readonly string[]): Switches {
  return Object.fromEntries(
    given.map((text) => {
      const [name = "", value = ""] = text.split("=");
      const allowed: readonly string[] | undefined = SWITCHES[name as keyof typeof SWITCHES];
      if (!allowed?.includes(value)) throw new UsageError(`--switch ${text}: unknown switch or value`);
      return [name, value];
    }),
  );
}

/** All combinations of some switches. */
const combinationsOf = (switches: Readonly<Record<string, readonly string[]>>): Switches[] =>
  Object.entries(switches).reduce<Switches[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );

/** All combinations of each group of switches, side by side, because the story must pass under each of them. */
function everySwitch(): Switches[] {
  const groups = SWITCH_GROUPS.map(combinationsOf);
  const count = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: count }, (_, index) =>
    Object.assign({}, ...groups.map((combinations) => combinations[index % combinations.length])),
  );
}

/** Plays the steps. Returns the name of the first step that failed. */
async function play(
  world: World,
  steps: readonly Step[],
  sabotaged: string | undefined,
  print: Printer,
): Promise<string | undefined> {
  const { simulator } = world;
  if (!simulator) throw new UsageError("the story reads the simulator's state, so it cannot be played on another Live");
  const stream = { ...STREAM, stream: `room-${randomUUID().slice(0, 8)}` };
  const scene = openScene(world, simulator, stream);
  print.opening(stream);
  const broken = steps.find(({ name }) => name === sabotaged);
  for (const step of steps) {
    try {
      if (step.name === (broken?.brokenFrom ?? broken?.name)) await broken?.sabotage(scene);
      print.passed(step, await step.play(scene));
    } catch (error) {
      print.failed(step, error);
      return step.name;
    }
  }
  simulator.removeEncoders(stream);
  return undefined;
}

async function main(): Promise<number> {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (options.steps) {
    console.log(STEPS.map(({ name }) => name).join("\n"));
    return 0;
  }
  const sabotaged = options.break;
  if (sabotaged !== undefined && !STEPS.some(({ name }) => name === sabotaged)) {
    throw new UsageError(`--break ${sabotaged}: the steps are ${STEPS.map(({ name }) => name).join(", ")}`);
  }
  const combinations = options["every-switch"] ? everySwitch() : [readSwitches(options.switch)];
  const seed =
    options.seed === undefined ? Math.floor(Math.random() * 1e9) : readNumber("seed", options.seed, 0, 999_999_999);
  const port = options.port === undefined ? undefined : readNumber("port", options.port, 0, 65_535);
  const print = createPrinter(process.stdout);
  const subscribers = readSubscribers(options.subscriber);
  const startedAt = performance.now();
  const world = await startWorld({
    seed,
    recycleProbability: 0.2,
    livePort: options.once ? 0 : 8790,
    ports: { gateway: port ?? (options.once ? 0 : 8787) },
    liveEndpoint: process.env.LIVE_ENDPOINT,
    onAlert: print.alert,
    subscribers,
    ...(options.template !== undefined && { templatePath: options.template }),
  });
  try {
    world.stack.onLog(print.remember);
    world.stack.onDenied(print.denied);
    print.started(performance.now() - startedAt, seed);
    if (options.once) {
      for (const [index, switches] of combinations.entries()) {
        world.simulator?.changeSettings({ switches });
        if (Object.keys(switches).length > 0) print.switches(switches);
        // What a step without Live shows is the same under every switch.
        const steps = STEPS.filter(({ isWithoutLive }) => index === 0 || !isWithoutLive);
        const failed = await play(world, steps, sabotaged, print);
        if (failed !== undefined) return sabotaged === undefined || failed === sabotaged ? 1 : OTHER_STEP;
      }
      print.done(combinations.length);
      return 0;
    }
    world.simulator?.changeSettings({ switches: combinations[0] ?? {} });
    const failed = world.simulator ? await play(world, FIRST_STEPS, sabotaged, print) : undefined;
    await stayUp(world, print, describeSubscribers(subscribers, world.stack.gatewayUrl));
    return failed === undefined ? 0 : 1;
  } finally {
    await world.close();
  }
}

/**
 * Runs until Ctrl-C: writes the file that the commands read, and prints a line for each report and order.
 *
 * @param events - where events are sent, as text; empty if nowhere.
 */
async function stayUp(world: World, print: Printer, events: string): Promise<void> {
  const { stack, simulator } = world;
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stopping.abort());
  const receiver = { domain: STREAM.domain, url: `${stack.gatewayUrl}/reports/${PUSH_SOURCE}`, authSignKey: PUSH_KEY };
  simulator?.changeSettings({ notifications: [receiver] }); // not for the other domain, where a raid would cause a callback for each stream
  simulator?.addEncoders([{ ...STREAM, stream: "huawei" }]); // the stream of the sample events

  const read = createActivityReader(stack.clients.dynamo, stack.table, new Date());
  stack.onLog((line) => {
    const activity = activityOfLog(line);
    if (activity) print.activity(activity);
  });
  const described = await describeStack(world);
  const path = localStackFile(process.env);
  const file = path === undefined ? undefined : writeLocalFile(path, described);
  const remove = file && "remove" in file ? file.remove : () => {};
  process.once("exit", remove); // also after an error
  print.text(
    howToUse(described, world.liveUrl, { events, takenBy: file && "takenBy" in file ? file.takenBy : undefined }),
  );
  void runEachMinute(stack, stopping.signal);
  if (simulator) void runAudits(stack, stopping.signal, print.activity);
  try {
    for await (const _ of every(LOOK_EVERY_MS, undefined, { signal: stopping.signal })) {
      for (const activity of await read(new Date())) print.activity(activity);
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    remove();
    stopping.abort();
  }
}

await run(main, HELP);
