/** One simulated Live: its users, streams, quotas, locks, faults and logs, without HTTP. Everything in it happens at once or not at all. */
import type { Stream } from "../../lib/core/stream.ts";
import { splitTarget } from "../kit/http.ts";
import { createRandom } from "../kit/random.ts";
import { gatewayError, type HttpResponse } from "./answer.ts";
import type { CallContext } from "./call-types.ts";
import { type CallbackRecord, createCallbacks } from "./callbacks.ts";
import { answerCall, formatResumeTime, parseResumeTime } from "./calls.ts";
import { createDisabledStreams } from "./disabled-streams.ts";
import { createEncoders, type EncoderEvent, type EncoderInput } from "./encoders.ts";
import { createFaults } from "./faults.ts";
import { createGateway } from "./gateway.ts";
import { createKeyLock } from "./key-lock.ts";
import { createLog } from "./log.ts";
import type { Notification } from "./notifications.ts";
import { createQuotas } from "./quotas.ts";
import { findRoute, parsePath } from "./routes.ts";
import { changeSettings, publicSettings, type Settings } from "./settings.ts";
import { headerValue, type ReceivedRequest, splitQuery } from "./signature.ts";

/** One call to Live, as it was answered. */
export interface CallRecord {
  readonly seq: number;
  /** When it was answered or given up, by our clock; RFC 3339. */
  readonly time: string;
  /** The Huawei user it says it is from; null when nobody is known by that key or token. */
  readonly user: string | null;
  readonly ak: string | null;
  readonly method: string;
  /** What follows the project id: `stream/blocks`. The whole path when it is none of Live's. */
  readonly path: string;
  readonly stream: { readonly domain: string | null; readonly app: string | null; readonly stream: string | null };
  /** null when the caller got no answer. */
  readonly status: number | null;
  readonly error_code: string | null;
  readonly requestId: string;
  /** Whether a write was carried out. */
  readonly committed: boolean;
  /** Ids of the fault rules that fired, joined by ",". */
  readonly fault?: string;
}

/** An entry of the list of disabled streams, set up by hand. */
export interface DisabledInput extends Stream {
  /** 7 days from now when absent; null has no known end. May lie in the past, as Live's own may not. */
  readonly resume_time?: string | null | undefined;
}

const text = (bytes: Buffer) => bytes.toString("utf8");

export function createWorld(initial: Settings, now: () => Date) {
  let settings = initial;
  const events = createLog<Omit<EncoderEvent, "seq">>();
  const calls = createLog<Omit<CallRecord, "seq">>();
  const lock = createKeyLock();
  const disabled = createDisabledStreams();
  const [orderRandom, idRandom] = [createRandom(initial.seed), createRandom(initial.seed + 1)]; // one does not move the other
  const faults = createFaults(createRandom(initial.seed + 2));
  const gateway = createGateway({ settings: () => settings, lock, quotas: createQuotas() });
  const callbacks = createCallbacks({
    ...{ settings: () => settings, now, random: createRandom(initial.seed + 3) },
    look: () => void settle(),
  });

  const encoders = createEncoders({
    isDisabled(stream, atMs) {
      const entry = disabled.find(stream);
      return entry !== undefined && (entry.resumeMs === null || entry.resumeMs > atMs + settings.clockOffsetMs);
    },
    enabledAgainMs(stream) {
      const resumeMs = disabled.find(stream)?.resumeMs ?? null;
      return resumeMs === null ? null : resumeMs - settings.clockOffsetMs;
    },
    note: (event) => void events.add(event),
    pushed: callbacks.push,
  });

  /** What should have happened until now happens: encoders first, for they tried while the entries were still there. */
  function settle(): number {
    const nowMs = now().getTime();
    encoders.settle(nowMs);
    disabled.expire(nowMs + settings.clockOffsetMs);
    return nowMs;
  }

  function change(wanted: unknown): void {
    settle(); // as things were before it
    settings = changeSettings(settings, wanted);
    callbacks.settingsChanged();
  }

  function notify(domain: string, notification: Notification | undefined): void {
    const others = settings.notifications.filter((known) => known.domain !== domain);
    change({ notifications: notification ? [...others, notification] : others });
  }

  function requireKnown(streams: readonly Stream[]): void {
    const unknown = streams.find(({ domain }) => !settings.ingestDomains.includes(domain));
    if (unknown) throw new RangeError(`${unknown.domain} is none of the ingest domains in the settings`);
  }

  callbacks.settingsChanged();
  return {
    faults,
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

    /** Checks and answers one call; a write is carried out unless `withoutDoing`. */
    handle(request: ReceivedRequest, withoutDoing: boolean): { answer: HttpResponse; committed: boolean } {
      const nowMs = settle();
      const { path, query } = splitTarget(request.target);
      const target = parsePath(path);
      const route = target && findRoute(request.method, target.path);
      if (!target || !route) {
        const message = "The API does not exist or has not been published in the environment";
        return { answer: gatewayError(404, "APIGW.0101", message), committed: false };
      }
      const admission = gateway.admit(request, target, route, nowMs);
      if ("refused" in admission) return { answer: admission.refused, committed: false };
      const context: CallContext = { settings, disabled, encoders, notify, random: orderRandom, nowMs };
      const { answer, commit } = answerCall(
        {
          call: route.call,
          query: splitQuery(query).map(({ name, value }) => [text(name), text(value)]),
          contentType: headerValue(request.headers, "content-type"),
          body: request.body,
        },
        context,
      );
      if (!commit || withoutDoing) return { answer, committed: false };
      commit();
      return { answer, committed: true };
    },

    record: (call: Omit<CallRecord, "seq">): void => void calls.add(call),
    /** Calls after number `since`, oldest first. */
    calls: (since = 0): CallRecord[] => calls.since(since),
    /** What encoders did after number `since`, oldest first. */
    events(since = 0): EncoderEvent[] {
      settle();
      return events.since(since);
    },

    /** Each attempt to call somebody back after number `since`, oldest first. */
    callbacks: (since = 0): CallbackRecord[] => callbacks.log(since),
    /** Nobody is called any more, and calls that are under way end. */
    close: callbacks.close,

    addEncoders(inputs: readonly EncoderInput[]): void {
      requireKnown(inputs);
      const nowMs = settle();
      for (const input of inputs) encoders.add(input, nowMs);
    },
    removeEncoders: (stream?: Stream): number => encoders.remove(stream, settle()),

    /** Disables streams without a call of Live, as somebody at the console would; what they push is cut. */
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
    /** Enables one stream, or all, without a call of Live. Tells how many. */
    removeDisabled(stream?: Stream): number {
      settle();
      if (stream) return disabled.remove(stream) ? 1 : 0;
      const count = disabled.all().length;
      disabled.clear();
      return count;
    },

    /** All there is, as anybody may see it: no secret key is in it. */
    state() {
      const nowMs = settle();
      return {
        time: new Date(nowMs).toISOString(),
        settings: publicSettings(settings),
        encoders: encoders.all(),
        disabled: disabled.all().map(({ domain, app, stream, resumeMs }) => {
          return { domain, app, stream, resume_time: resumeMs === null ? null : formatResumeTime(resumeMs) };
        }),
        keys: lock.state(nowMs),
        faults: faults.all(),
      };
    },
  };
}

export type World = ReturnType<typeof createWorld>;
export type SimulatorState = ReturnType<World["state"]>;
