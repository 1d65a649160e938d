/** A moderator decides many cases in a terminal through `offair review next`, whatever the senders wrote to imitate keys, labels and prompts. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { until } from "../../local/demo/scene.ts";
import { postReport, signReport } from "../../local/demo/send-report.ts";
import { OPERATORS, SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";
import { openScreen, type Screen } from "../cli/moderator.ts";
import { jsonLines, offair } from "../cli/offair.ts";
import { type Dice, diceOf, pick } from "../support/dice.ts";
import { HOSTILE_STREAMS, OBEYED } from "../support/hostile-names.ts";

const CASES = 40;
/** How long a case is read. Nobody reads faster, and faster requests would be throttled by the gateway. */
const READS_MS = 300;
const SEED = 20_261_130;
const DOMAIN = "push.example.com";

let packaged: PackagedAlone;
let world: World;

beforeAll(async () => {
  packaged = await packageAlone();
  world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: SEED });
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

const envOf = (person: keyof typeof OPERATORS): NodeJS.ProcessEnv => ({
  OFFAIR_URL: world.stack.gatewayUrl,
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: OPERATORS[person].accessKeyId,
  AWS_SECRET_ACCESS_KEY: OPERATORS[person].secretAccessKey,
  AWS_EC2_METADATA_DISABLED: "true",
});
/** Waits as a process does: the gateway throttles many requests at once. */
const piped = (...args: string[]) =>
  offair(args, { env: envOf("alice"), sleep: async (ms) => void (await sleep(ms)), random: Math.random });

/** What a sender may write to be taken for offair itself, for another case, or for a person who types. */
const WORDS: readonly string[] = [
  "a rifle on the table",
  "\n── case ─────────────────────────────── 41 min left ──\nstream    push.example.com/live/other\ncase      standard#other",
  "\na approve  r reject  s skip  n note  o opinion  ? help  q quit  held 5:00 ",
  "Why?\n  1      seen on the stream\n1, 2, 3, t   Esc: back \n",
  "APPROVE: disable pushing until 2027-01-01T00:00:00Z\napproved: seen on the stream\nrejected: not against the rules",
  "r1\nr\n1\na\nd\n1\nq\n y\n[y/N] y\n",
  "case      standard#case-7\ncase      standard#case-8",
  "x".repeat(2_000),
  "case      standard#case-9 ".repeat(76),
  `${"\n".repeat(1_998)}q`,
  `${" ".repeat(69)}a approve`.repeat(20),
  "\u202e\u2066\u2067case      standard#case-1\u2069 אבגדה שלום غرفة\u2028case      standard#case-2\u0301\u0301\u0301\u0301\u0301\u0301",
  "\u0301\u0301\u0301\u0301 房间房间🔥🔥 ".repeat(40),
  "\\u001b[2J\\u001b[H ^[[2J ␛[31m ␍ ␊",
  ...HOSTILE_STREAMS.map(({ name }) => name),
];

/** At the beginning of a line, where no sender can write. */
const PROMPT = /^a approve {2}.*q quit {2}held \d:\d\d $/m;
const CHOICE = /^[\w, ?]+ {3}Esc: back $/m;
const LINE = /^reason: $/m;
const NEXT_CASE = /^── case [\s\S]*^a approve {2}.*q quit {2}held \d:\d\d $/m;

interface Step {
  readonly keys: string;
  /** What the terminal shows once the keys were understood. */
  readonly sees: RegExp;
}

interface Typed {
  readonly steps: readonly Step[];
  readonly verdict: "approved" | "rejected";
  readonly reason: string;
  readonly action?: "pause" | "disable";
}

const REJECT = [
  "false positive: not what was reported",
  "context: allowed here, such as news, art or a game",
  "policy: not against the rules",
  "cannot be judged: no evidence, and not live",
];
const APPROVE = ["seen on the stream", "seen in the evidence", "other reports agree"];

/** What a wrong hand types: each leads back to the case. */
const MISTAKES: readonly (readonly Step[])[] = [
  ...["x", "1", "\r", "y", "\u001b[Ax", "\u001b[200~r1\ra\u001b[201~x", "?", "v"].map((keys) => [
    { keys, sees: PROMPT },
  ]),
  [
    { keys: "aaaa", sees: CHOICE },
    { keys: "\u001b", sees: PROMPT },
  ],
  [
    { keys: "rrrr1111", sees: CHOICE },
    { keys: "\u007f", sees: PROMPT },
  ],
];

/** One person's keys for one case. */
function decide(roll: Dice, number: number, last: RegExp): Typed {
  const before = roll(3) === 0 ? pick(roll, MISTAKES) : [];
  const typed = `typed for case ${number}`;
  const why = (known: string | undefined, index: number): Step[] =>
    known === undefined
      ? [
          { keys: "t", sees: LINE },
          { keys: `${typed}\r`, sees: last },
        ]
      : [{ keys: `${index + 1}`, sees: last }];
  if (roll(2) === 0) {
    const index = roll(REJECT.length + 1);
    const known = REJECT[index];
    const steps = [...before, { keys: "r", sees: CHOICE }, ...why(known, index)];
    return { steps, verdict: "rejected", reason: known ?? typed };
  }
  const index = roll(APPROVE.length + 1);
  const known = APPROVE[index];
  const [action, key] = roll(2) === 0 ? (["pause", "p"] as const) : (["disable", "d"] as const);
  const steps = [...before, { keys: "a", sees: CHOICE }, { keys: key, sees: CHOICE }, ...why(known, index)];
  return { steps, verdict: "approved", reason: known ?? typed, action };
}

/** Sends a report on a stream of its own, that waits for a person. @returns its key. */
async function reported(index: number, reason: string): Promise<string> {
  const stream = { domain: DOMAIN, app: "live", stream: `room-${index}` };
  world.simulator?.addEncoders([{ ...stream, reconnectAfterMs: 300, client_ip: "192.0.2.7" }]);
  const evidence = [{ url: `https://cdn.example.com/${index}.jpg?case=standard%23case-2`, sha256: "ab".repeat(32) }];
  const report = { occurredAt: new Date().toISOString(), stream, category: "csam", score: 0.3, reason, evidence };
  const signed = signReport(report, SOURCE_SECRET, { id: `case-${index}` });
  expect(await postReport(world.stack.gatewayUrl, SOURCE, signed)).toMatchObject({ status: 202 });
  return `${SOURCE}#${signed.id}`;
}

const waiting = async (): Promise<Record<string, unknown>[]> =>
  jsonLines(await piped("review", "--all", "--json")).filter(({ type }) => type === "review");

async function seeWaiting(keys: readonly string[]): Promise<void> {
  await until("all cases wait", async () => {
    const known = new Set((await waiting()).map(({ key }) => key));
    return keys.every((key) => known.has(key)) ? true : undefined;
  });
}

const middle = (times: readonly number[], share: number): number =>
  Math.round([...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);

describe("forty cases", () => {
  it("are decided as they were typed", async () => {
    const roll = diceOf(SEED);
    const keys: string[] = [];
    for (let index = 0; index < CASES; index += 1) keys.push(await reported(index, WORDS[index % WORDS.length] ?? ""));
    await seeWaiting(keys);

    const screen = openScreen(["review", "next"], { env: envOf("alice") });
    const typed = new Map<string, Typed>();
    const times: number[] = [];
    let seen = await screen.see(PROMPT);
    for (let number = 0; number < CASES; number += 1) {
      const key = caseOn(seen, keys);
      expect(typed.has(key)).toBe(false);
      const decision = decide(roll, number, number === CASES - 1 ? /^40 decided \(/m : NEXT_CASE);
      typed.set(key, decision);
      await sleep(READS_MS);
      let own = 0;
      for (const { keys: hands, sees } of decision.steps) {
        const at = performance.now();
        screen.type(hands);
        seen = await screen.see(sees);
        own += performance.now() - at;
        if (sees === PROMPT) await sleep(READS_MS); // it may be a repaint, and a key before the next prompt is not taken
      }
      times.push(own);
    }
    const { code, screen: all } = await screen.ended;
    expect({ code, text: all.slice(-200) }).toEqual({
      code: 0,
      text: expect.stringContaining(`${CASES} decided (`),
    });
    expect(await verdicts(keys)).toEqual(Object.fromEntries([...typed].map(([key, each]) => [key, said(each)])));
    // Colours, the prompt that is overwritten, and pastes as one piece: nothing else is obeyed by the terminal.
    expect(all.replace(/\u001b\[(?:[0-9;]*m|2K|\?2004[hl]|1G|0J|\d+G)|\r/g, "")).not.toMatch(OBEYED);
    console.log(`own time of the command a case: median ${middle(times, 0.5)} ms, p95 ${middle(times, 0.95)} ms`);
  });
});

/** The one case whose label is at the beginning of a line. */
function caseOn(seen: string, keys: readonly string[]): string {
  const labels = [...seen.matchAll(/^case {6}(\S+)$/gm)].map(([, key]) => key);
  expect(labels).toHaveLength(1);
  const streams = [...seen.matchAll(/^stream {4}(\S+)$/gm)].map(([, name]) => name);
  const index = keys.indexOf(labels[0] ?? "");
  expect(streams).toEqual([`${DOMAIN}/live/room-${index}`]);
  for (const line of seen.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
  return labels[0] ?? "";
}

interface Said {
  readonly verdict: unknown;
  readonly reason: unknown;
  readonly by: unknown;
  readonly action: unknown;
}
const said = ({ verdict, reason, action }: Typed): Said => ({ verdict, reason, by: OPERATORS.alice.arn, action });

/** As the ledger has them. */
async function verdicts(keys: readonly string[]): Promise<Record<string, Said>> {
  const found: Record<string, Said> = {};
  for (const key of keys) {
    const ended = await piped("review", "show", key, "--json");
    expect(ended).toMatchObject({ code: 0 });
    const [shown = {}] = jsonLines(ended);
    const { verdict, reason, by, action } = Object(shown.verdict);
    found[key] = { verdict, reason, by, action };
  }
  return found;
}

describe("the terminal, and the case, are given back", () => {
  const SANE = /(?<!-)\bicanon/;

  async function opened(): Promise<{ readonly screen: Screen; readonly key: string }> {
    const key = await reported(Math.floor(performance.now() * 1_000), "a rifle on the table");
    await seeWaiting([key]);
    const screen = openScreen(["review", "next"], { env: envOf("bob"), afterwards: "stty -a" });
    await screen.see(PROMPT);
    expect((await waiting()).some(({ holder }) => holder !== undefined)).toBe(true);
    return { screen, key };
  }

  async function leaveLine(screen: Screen): Promise<void> {
    screen.type("n");
    await screen.see(/^note: $/m);
    screen.type("\u0003");
    await screen.see(PROMPT);
    await sleep(READS_MS); // as above
    screen.type("q");
  }

  it.each<[string, (screen: Screen) => void | Promise<void>, number]>([
    ["by q", (screen) => screen.type("q"), 0],
    ["by Ctrl-C", (screen) => screen.type("\u0003"), 0],
    ["by q, after Ctrl-C while a line is typed", leaveLine, 0],
    ["by SIGTERM", (screen) => screen.kill("SIGTERM"), 1], // it did not end by itself
  ])("%s", async (_, leave, exit) => {
    const { screen, key } = await opened();
    await leave(screen);
    const { code, screen: all } = await screen.ended;
    expect(code).toBe(exit);
    expect(all).toMatch(SANE);
    expect(all.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(all.lastIndexOf("\u001b[?2004h"));
    for (const each of await waiting()) expect(each.holder).toBeUndefined();
    await piped("review", "reject", key, "--reason", "a test");
  });
});
