/** Everything that goes wrong during a story, at random times: killed environments, lost messages, refused requests, and a hostile receiver. */
import { setTimeout as sleep } from "node:timers/promises";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import type { Throttle } from "../../../local/exercises/gameday/throttle.ts";
import { pick } from "../../../local/kit/random.ts";
import type { Stack } from "../../../local/stack/stack.ts";
import { MODES, type Receiver } from "./receiver.ts";

export interface Trouble {
  readonly atMs: number;
  readonly what: string;
}

/** Requests to the receivers from one trouble to the next: on a slow machine as on a fast one, what is killed was at work. */
const EACH_REQUESTS = [1, 3, 6, 10] as const;
/** In any case after so long. */
const EVERY_MS = 4_000;
/** How long a mode lasts at most: the receiver may be backed off. */
const MODE_MS = 5_000;
const LOOK_EVERY_MS = 50;

export interface TroublesOptions {
  readonly stack: Stack;
  readonly throttle: Throttle;
  readonly hostile: Receiver;
  /** Requests to all receivers so far. */
  readonly requests: () => number;
  /** Of the story, from 0: the receiver begins each in another way. */
  readonly index: number;
  readonly random: () => number;
  readonly isOver: () => boolean;
  /** A person resumes the subscriptions that ended. */
  readonly resume: () => Promise<unknown>;
}

export async function makeTrouble(options: TroublesOptions): Promise<Trouble[]> {
  const troubles: Trouble[] = [];
  const note = (what: string) => void troubles.push({ atMs: Date.now(), what });
  await Promise.all([killAndLose(options, note), beHostile(options, note)]);
  return troubles;
}

type Note = (what: string) => void;

async function killAndLose({ stack, throttle, requests, random, isOver }: TroublesOptions, note: Note): Promise<void> {
  const kill = (name: string) => async () => note(`${name} killed: ${await stack.kill(name)}`);
  const refuse = (service: "sqs" | "dynamodb") => () => {
    const probability = pick(random, [0, 0.05, 0.2]);
    throttle.set(service, probability);
    note(`${service} refuses ${probability}`);
  };
  async function lose(): Promise<void> {
    await stack.clients.sqs.send(new PurgeQueueCommand({ QueueUrl: stack.queues.NotifyQueue }));
    note("messages to notify lost");
  }
  const kinds = [
    ...[kill("notify"), kill("notify"), kill("notify"), kill("worker"), kill("incident")],
    ...[lose, refuse("sqs"), refuse("dynamodb")],
  ];
  while (!isOver()) {
    const next = requests() + pick(random, EACH_REQUESTS);
    for (let ms = 0; ms < EVERY_MS && requests() < next && !isOver(); ms += LOOK_EVERY_MS) await sleep(LOOK_EVERY_MS);
    await pick(random, kinds)();
  }
  throttle.set("sqs", 0);
  throttle.set("dynamodb", 0);
}

/** Each mode until a request met it. It works in between, because a receiver that is down is asked ever more seldom. */
async function beHostile({ hostile, index, isOver, resume }: TroublesOptions, note: Note): Promise<void> {
  const [works, ...modes] = MODES;
  for (let turn = index; !isOver(); turn++) {
    for (const mode of [modes[turn % modes.length] ?? works, works]) {
      const before = hostile.met.get(mode) ?? 0;
      const isMet = () => (hostile.met.get(mode) ?? 0) > before;
      hostile.does(mode);
      const limitMs = mode === "gone" ? Number.POSITIVE_INFINITY : MODE_MS; // so that it is met, and resumed
      for (let ms = 0; ms < limitMs && !isMet() && !isOver(); ms += LOOK_EVERY_MS) await sleep(LOOK_EVERY_MS);
      if (mode !== works) note(`${hostile.name} ${mode}${isMet() ? "" : ", met by no request"}`);
      if (mode === "gone" && isMet()) await resume();
    }
  }
  hostile.does(works);
}
