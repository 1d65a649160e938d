/** Plays a script on a stage: every step at its time, then waits until no work is left. */
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Stream } from "../../../lib/core/stream.ts";
import { liveSecret } from "../../demo/huawei-users.ts";
import { PUSH_SOURCE, SOURCE, sourceSecret } from "../../demo/world.ts";
import { waitUntil } from "../collect.ts";
import { GAMEDAY_SABOTAGES } from "../sabotages.ts";
import type { Stage } from "../stage.ts";
import { atHuawei, type DayUsers } from "./day-users.ts";
import {
  CLOCK_OFF,
  CLOCK_RIGHT,
  KEY_CHANGED,
  KEY_CHANGED_REFUSED,
  KEY_RESTORED,
  OLD_KEY_REMOVED,
  RIGHT_PAIR,
  WRONG_PAIR,
  WRONG_PAIR_REFUSED,
} from "./event-log.ts";
import { askForHistory } from "./history.ts";
import type { Day } from "./run.ts";
import { type Deed, DOMAIN, type Script, type Step } from "./script-writer.ts";
import { type DaySecrets, secretsOf } from "./secrets.ts";
import type { Throttle } from "./throttle.ts";
import { watchSabotage } from "./watch-sabotage.ts";

/** Streams of this app were disabled long ago by someone else. */
const CROWD = { domain: "push.example.com", app: "event" };

/** How long a step waits for its condition. */
const PATIENCE_MS = 20_000;

export async function play(
  script: Script,
  stage: Stage,
  throttle: Throttle,
  sabotage: string | undefined,
): Promise<Day> {
  const { seed, scale, users, steps, broadcasts, callbacks } = script;
  const { simulator, senders } = stage;
  const secrets = secretsOf(seed);
  const startedAt = new Date();
  const dayUntilNow = (drained: boolean): Day => ({
    ...{ seed, reports: scale.reports, sabotage: sabotage ?? null, drained },
    ...{ startedAt: startedAt.toISOString(), endedAt: new Date().toISOString() },
    ...{ quotas: { ...scale.quotas }, ceilings: { ...scale.ceilings }, share: scale.share },
    users: Object.fromEntries(
      atHuawei(users, secrets, { oldKey: true, changedKey: false }).map(({ ak, name }) => [ak, name]),
    ),
  });
  const readEvidence = async () => ({ run: dayUntilNow(true), ...(await stage.evidence()) });
  const isOver = sabotage === undefined ? async () => false : watchSabotage(sabotage, readEvidence);
  const audits: Promise<void>[] = [];
  const actors: Actors = { ...stage, users, secrets, throttle, isOver, audits };

  const encoders = broadcasts.map(({ pushedForMs, ...encoder }) => ({
    ...encoder,
    start_time: new Date(startedAt.getTime() - pushedForMs).toISOString(),
  }));
  const [begun, beginning] = [
    encoders.filter((_, index) => index % 2 === 0),
    encoders.filter((_, index) => index % 2 === 1),
  ];
  simulator.addEncoders(begun); // Live reported these before the day
  const url = `${stage.stack.gatewayUrl}/reports/${PUSH_SOURCE}`;
  simulator.changeSettings({
    notifications: [{ domain: DOMAIN, url, authSignKey: secrets.pushKey }],
    callbacks,
  });
  simulator.addEncoders(beginning);
  const crowd = Array.from({ length: scale.crowd }, (_, index) => ({ ...CROWD, stream: `long-ago-${index}` }));
  simulator.addDisabled(crowd);
  await stage.enforce("game day");

  const beganMs = Date.now();
  const acting: Promise<void>[] = [];
  for (const [index, step] of steps.entries()) {
    const waitMs = step.atMs - (Date.now() - beganMs);
    if (waitMs > 0) await sleep(waitMs);
    if (await isOver()) break;
    acting.push(act(step, actors));
    if (index % 25 === 0) stage.tell("the day");
  }
  // With a sabotage some work may never end, and by then the check has found it.
  // A pause is checked some time after it, and a disable may follow.
  const giveUpAt = Date.now() + (sabotage === undefined ? 200_000 + 60 * scale.reports : 60_000);
  const drained = (what: string) => stage.drained(giveUpAt - Date.now(), what, isOver);
  await Promise.all(acting);
  const isAudited = sabotage === undefined || GAMEDAY_SABOTAGES[sabotage]?.isSeenInTheArchive;
  const audited = isAudited && auditWithout(crowd, actors);
  const first = await drained("messages in flight");
  if (!(await isOver())) await Promise.all(script.postedAgain.map((id) => senders.postAgain(id, "after the end")));
  const day = dayUntilNow((await drained("messages posted again")) && first);
  stage.note("ledger throttled", throttle.hits("dynamodb"));
  stage.note("queue throttled", throttle.hits("sqs"));
  stage.noteLive("the end", ({ domain, app }) => domain !== CROWD.domain || app !== CROWD.app);
  if (isAudited) {
    stage.tell("the last audit");
    await audited;
    await audit(actors);
    await askForHistory(stage, startedAt);
  }
  return day;
}

/** An audit after the first one, which is slow because of the crowd. Its list and the orders of the day overlap. */
async function auditWithout(crowd: readonly Stream[], actors: Actors): Promise<void> {
  await Promise.all(actors.audits);
  for (const each of crowd) actors.simulator.removeDisabled(each);
  await audit(actors);
}

/** Without the key circuit breaker nobody reports a refused key. Live locks it at the next refusal. */
const MAX_REFUSALS = 5;

interface Actors extends Stage {
  readonly users: DayUsers;
  readonly secrets: DaySecrets;
  readonly throttle: Throttle;
  readonly isOver: () => Promise<boolean>;
  /** Under way or over. */
  readonly audits: Promise<void>[];
}

/** An audit. At its rate it may outlast the messages of the day. */
function audit(
  { stack, note, audits }: Pick<Actors, "stack" | "note" | "audits">,
  start = () => stack.invoke("audit", {}),
): Promise<void> {
  const ended = start().then(
    () => note("audit stored", 1),
    () => note("audit cut short", 1),
  );
  note("audit started", 1);
  audits.push(ended);
  return ended;
}

async function act({ deed, onceStruck, after }: Step, actors: Actors): Promise<void> {
  const { simulator, happened, isOver } = actors;
  const until = (isSo: () => boolean) => waitUntil(async () => isSo() || (await isOver()), PATIENCE_MS);
  if (onceStruck !== undefined) {
    await until(() => simulator.faults().some(({ id, fired }) => id === onceStruck && fired > 0));
  }
  if (after !== undefined) {
    const find = () => happened.find(({ fault }) => fault === after.fault);
    await until(() => find() !== undefined);
    const passedMs = Date.now() - Date.parse(find()?.at ?? new Date().toISOString());
    await sleep(Math.max(0, after.ms - passedMs));
  }
  if (!(await isOver())) await DEEDS[deed.kind](deed as never, actors); // each entry of the table accepts the deed of its own kind
}

type Deeds = {
  readonly [kind in Deed["kind"]]: (deed: Extract<Deed, { kind: kind }>, actors: Actors) => unknown;
};

const DEEDS: Deeds = {
  post({ report, copies, signedWith }, { senders, secrets }) {
    const first = senders.has(report.id) ? "posted again" : "posted";
    const key = { name: signedWith, secret: secrets[signedWith] };
    const each = Array.from({ length: copies }, (_, index) =>
      senders.post(report, key, index === 0 ? first : "at the same moment"),
    );
    return Promise.all(each);
  },

  operator: ({ event }, { invokeIncident }) => invokeIncident(event),

  async kill(_, { stack, note }) {
    note("worker environments killed", await stack.kill("worker"));
  },

  "live-fault": ({ rule }, { simulator }) => simulator.addFault(rule),

  throttle: ({ service, probability }, { throttle }) => throttle.set(service, probability),

  "worker-key"({ pair }, { stack, users, secrets, note }) {
    stack.secrets.put(liveSecret(users.rotated), JSON.stringify(secrets[pair]));
    note(pair === "wrongPair" ? WRONG_PAIR : RIGHT_PAIR, 1, users.rotated);
  },

  async "watch-refusal"({ of }, { stack, simulator, users, secrets, note }) {
    const user = users[of] ?? users.rotated;
    const key = of === "rotated" ? secrets.newPair : secrets.pairOf(user);
    const since = simulator.calls().at(-1)?.seq ?? 0;
    let isReported = false;
    const stop = stack.onLog(({ line }) => {
      isReported ||= line.includes('"key.blocked"');
    });
    const refusals = () => simulator.calls(since).filter(({ ak, status }) => ak === key.ak && status === 401).length;
    // A worker that is killed in between reports nothing; the next one that is refused does.
    const isNoticed = () => refusals() > 0 && (isReported || refusals() >= MAX_REFUSALS);
    if (await waitUntil(isNoticed, PATIENCE_MS))
      note(of === "rotated" ? WRONG_PAIR_REFUSED : KEY_CHANGED_REFUSED, 1, user);
    stop();
  },

  "old-key-removed"(_, { simulator, users, secrets, note }) {
    simulator.changeSettings({ users: atHuawei(users, secrets, { oldKey: false, changedKey: false }) });
    note(OLD_KEY_REMOVED, 1, users.rotated);
  },

  "huawei-key"({ isChanged }, { simulator, users, secrets, note }) {
    simulator.changeSettings({ users: atHuawei(users, secrets, { oldKey: false, changedKey: isChanged }) });
    note(isChanged ? KEY_CHANGED : KEY_RESTORED, 1, users.changed);
  },

  "source-keys"({ keys }, { stack, secrets, note }) {
    stack.secrets.put(sourceSecret(SOURCE), JSON.stringify({ secrets: keys.map((key) => secrets[key]) }));
    note("webhook secret rotated", 1, keys.join(" and "));
  },

  async clock({ offsetMs }, { simulator, happened, note }) {
    const offAt = happened.find(({ fault }) => fault === CLOCK_OFF)?.at;
    if (offsetMs === 0 && offAt !== undefined) {
      // Waits until a call was refused for its time; otherwise the fault would have had no effect.
      const isMet = () => simulator.calls().some(({ status, time }) => status === 401 && time >= offAt);
      await waitUntil(isMet, PATIENCE_MS);
    }
    simulator.changeSettings({ clockOffsetMs: offsetMs });
    note(offsetMs === 0 ? CLOCK_RIGHT : CLOCK_OFF, 1);
  },

  async poison(_, { stack, note }) {
    const QueueUrl = stack.queues.BulkQueue;
    await stack.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"kind":"nonsense"}' }));
    note("poisoned message", 1);
  },

  audit(_, actors) {
    void audit(actors, () => actors.stack.runSchedule());
  },
};
