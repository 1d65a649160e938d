/** The state of one simulated Live: users, streams, quotas, locks, faults and logs, without HTTP. Every change is atomic. */
import type { Stream } from "../../lib/core/stream.ts";
import { splitTarget } from "../kit/http.ts";
import { createRandom } from "../kit/random.ts";
import { gatewayError, type HttpResponse } from "./answer.ts";
import { type CallbackChoice, type CallbackRecord, createCallbacks } from "./callbacks.ts";
import type { CallContext, Result } from "./calls/call-types.ts";
import { answerCall, parseResumeTime } from "./calls.ts";
import { createDisabledStreams } from "./disabled-streams.ts";
import { createEncoders, type EncoderEvent, type EncoderInput } from "./encoders.ts";
import { createFaults } from "./faults.ts";
import { formatTime } from "./fields.ts";
import { createGateway } from "./gateway.ts";
import { parseIamCall } from "./iam/iam.ts";
import { createIamState } from "./iam/iam-state.ts";
import { createKeyUses } from "./iam/key-uses.ts";
import { createInFlight } from "./in-flight.ts";
import { createKeyLock } from "./key-lock.ts";
import { type CallRecord, createLog } from "./log.ts";
import type { Notification } from "./notifications.ts";
import { createPushHistory } from "./push-history.ts";
import { createQuotas } from "./quotas.ts";
import { findRoute, parsePath } from "./routes.ts";
import { changeSettings, publicSettings, type Settings } from "./settings.ts";
import { headerValue, type ReceivedRequest, splitQuery } from "./signature.ts";

/** An entry of the list of disabled streams, added directly. */
export interface DisabledInput extends Stream {
  /** Default 7 days from now; null: no known end. May be in the past, unlike in a call to Live. */
  readonly resume_time?: string | null | undefined;
}

const text = (bytes: Buffer) => bytes.toString("utf8");

export function createWorld(initial: Settings, now: () => Date) {
  let settings = initial;
  const events = createLog<Omit<EncoderEvent, "seq">>();
  const calls = createLog<Omit<CallRecord, "seq">>();
  const lock = createKeyLock();
  const inFlight = createInFlight();
  const disabled = createDisabledStreams();
  const [orderRandom, idRandom] = [createRandom(initial.seed), createRandom(initial.seed + 1)]; // independent of each other
  const faults = createFaults(createRandom(initial.seed + 2));
  const uses = createKeyUses();
  const gateway = createGateway({ settings: () => settings, lock, quotas: createQuotas(), uses });
  const setUsers = (users: Settings["users"]) => change({ users });
  const iam = createIamState({ settings: () => settings, setUsers, uses, random: createRandom(initial.seed + 4) });
  const callbacks = createCallbacks({
    ...{ settings: () => settings, now, random: createRandom(initial.seed + 3) },
    look: () => void settle(),
  });

  const history = createPushHistory();
  const encoders = createEncoders({
    aheadMs: () => settings.clockOffsetMs,
    hasStandby: (domain) => settings.standbyDomains.includes(domain),
    isDisabled(stream, atMs) {
      const entry = disabled.find(stream);
      return entry !== undefined && (entry.resumeMs === null || entry.resumeMs > atMs + settings.clockOffsetMs);
    },
    enabledAgainMs(stream) {
      const resumeMs = disabled.find(stream)?.resumeMs ?? null;
      return resumeMs === null ? null : resumeMs - settings.clockOffsetMs;
    },
    note: (event) => void events.add(event),
    pushed(push) {
      history.note(push);
      callbacks.push(push);
    },
  });

  /** Makes all due events happen: encoders first, because they tried before the entries expired. */
  function settle(): number {
    const nowMs = now().getTime();
    encoders.settle(nowMs);
    disabled.expire(nowMs + settings.clockOffsetMs);
    return nowMs;
  }

  function change(wanted: unknown): void {
    const nowMs = settle(); // with the settings before the change
    const { users } = settings;
    settings = changeSettings(settings, wanted);
    if (settings.users !== users) iam.usersChanged(nowMs);
    callbacks.settingsChanged();
  }

  function notify(domain: string, notification: Notification | undefined): void {
    const others = settings.notifications.filter((known) => known.domain !== domain);
    change({ notifications: notification ? [...others, notification] : others });
  }

  function requireKnown(streams: readonly Stream[]): void {
    const unknown = streams.find(({ domain }) => !settings.ingestDomains.includes(domain));
    if (unknown) throw new RangeError(`${unknown.domain} is not an ingest domain of the settings`);
  }

  function setStandby(domain: string, enabled: boolean): void {
    const others = settings.standbyDomains.filter((known) => known !== domain);
    change({ standbyDomains: enabled ? [...others, domain] : others });
  }

  callbacks.settingsChanged();
  return {
    faults,
    beginCall: inFlight.begin,
    settings: (): Settings => settings,
    now,
    changeSettings: change,

    /** 32 hexadecimal digits. */
    requestId: (): string =>
      Array.from({ length: 4 }, () =>
        Math.floor(idRandom() * 2 ** 32)
          .toString(16)
          .padStart(8, "0"),
      ).join(""),

    /** Checks and answers one call; carries a write out unless `withoutDoing`. */
    handle(request: ReceivedRequest, withoutDoing: boolean): { answer: HttpResponse; committed: boolean } {
      const nowMs = settle();
      const { path, query } = splitTarget(request.target);
      const iamCall = parseIamCall(request.method, path);
      if (iamCall) return answerAndCommit(iam.handle(iamCall, request, gateway, nowMs), withoutDoing);
      const target = parsePath(path);
      const route = target && findRoute(request.method, target);
      if (!target || !route) {
        const message = "The API does not exist or has not been published in the environment";
        return { answer: gatewayError(404, "APIGW.0101", message), committed: false };
      }
      const admission = gateway.admit(request, target, route, nowMs);
      if ("refused" in admission) return { answer: admission.refused, committed: false };
      const context: CallContext = {
        ...{ settings, disabled, encoders, history, notify, setStandby, random: orderRandom, nowMs },
      };
      const result = answerCall(
        {
          call: route.call,
          query: splitQuery(query).map(({ name, value }) => [text(name), text(value)]),
          contentType: headerValue(request.headers, "content-type"),
          body: request.body,
        },
        context,
      );
      return answerAndCommit(result, withoutDoing);
    },

    record: (call: Omit<CallRecord, "seq" | "failures">): void =>
      void calls.add({ ...call, failures: call.ak === null ? null : lock.failures(call.ak, now().getTime()) }),
    /** Calls after number `since`, oldest first. */
    calls: (since = 0): CallRecord[] => calls.since(since),
    /** Events of encoders after number `since`, oldest first. */
    events(since = 0): EncoderEvent[] {
      settle();
      return events.since(since);
    },

    /** Attempts of callbacks after number `since`, oldest first. */
    callbacks: (since = 0): CallbackRecord[] => callbacks.log(since),
    sendCallback(choice: CallbackChoice): void {
      settle();
      callbacks.again(choice);
    },
    /** Stops callbacks, and ends those in flight. */
    close: callbacks.close,

    addEncoders(inputs: readonly EncoderInput[]): void {
      requireKnown(inputs);
      const nowMs = settle();
      for (const input of inputs) encoders.add(input, nowMs);
    },
    removeEncoders: (stream?: Stream): number => encoders.remove(stream, settle()),

    /** Disables streams without a call to Live, as in Huawei's console; cuts their pushes. */
    addDisabled(inputs: readonly DisabledInput[]): void {
      requireKnown(inputs);
      const nowMs = settle();
      const presetMs = parseResumeTime(undefined, nowMs + settings.clockOffsetMs);
      disabled.setMany(
        inputs.map(({ domain, app, stream, resume_time }) => {
          const resumeMs = resume_time === undefined ? presetMs : resume_time === null ? null : Date.parse(resume_time);
          return { domain, app, stream, resumeMs };
        }),
      );
      for (const stream of inputs) encoders.cut(stream, "disable", nowMs);
    },
    /** Enables one stream, or all, without a call to Live. Returns their number. */
    removeDisabled(stream?: Stream): number {
      settle();
      if (stream) return disabled.remove(stream) ? 1 : 0;
      const count = disabled.all().length;
      disabled.clear();
      return count;
    },

    /** The whole state, without secrets. */
    state() {
      const nowMs = settle();
      return {
        time: new Date(nowMs).toISOString(),
        settings: publicSettings(settings),
        encoders: encoders.all(),
        disabled: disabled.all().map(({ domain, app, stream, resumeMs }) => {
          return { domain, app, stream, resume_time: resumeMs === null ? null : formatTime(resumeMs) };
        }),
        keys: lock.state(nowMs),
        mostFailures: lock.mostFailures(),
        mostInFlight: inFlight.most(),
        mostKeys: iam.mostKeys(),
        faults: faults.all(),
      };
    },
  };
}

function answerAndCommit(
  { answer, commit }: Result,
  withoutDoing: boolean,
): { answer: HttpResponse; committed: boolean } {
  if (!commit || withoutDoing) return { answer, committed: false };
  commit();
  return { answer, committed: true };
}

export type World = ReturnType<typeof createWorld>;
export type SimulatorState = ReturnType<World["state"]>;
