/**
 * Broadcasters' encoders: they push, are cut, and reconnect. Without timers: `settle` makes all events happen that are due since
 * its last call, in the order of their time, so that a test can choose the time.
 *
 * A stream has one encoder, or several if its domain has standby streams. The pushes of one stream have their priority by the order
 * in which they began, so a push that was cut and begins again is the last one.
 */
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { toSecondsUtc } from "../../lib/core/time.ts";
import { createDueQueue } from "./due-queue.ts";

export interface EncoderInput extends Stream {
  /** Time from a cut or a refusal to the next attempt; null: no reconnect. Default 2000. */
  readonly reconnectAfterMs?: number | null | undefined;
  readonly client_ip?: string | undefined;
  /** The query of the push URL. */
  readonly user_args?: string | undefined;
  /** RFC 3339; default now. A reconnect starts a new push. */
  readonly start_time?: string | undefined;
}

export interface Encoder extends Stream {
  readonly reconnectAfterMs: number | null;
  readonly client_ip: string;
  readonly online: boolean;
  /** Start of the current push; null if there is none. */
  readonly start_time: string | null;
  readonly pushes: number;
  readonly refusals: number;
}

export interface EncoderEvent extends Stream {
  readonly seq: number;
  readonly time: string;
  readonly kind: "started" | "cut" | "refused" | "reconnected" | "stopped";
  /** The reason of a cut. */
  readonly cause?: "pause" | "disable";
}

/** Start or end of a push, about which Live calls back. */
export interface Push extends Stream {
  readonly event: "PUBLISH" | "PUBLISH_DONE";
  readonly atMs: number;
  /** The same at the start and the end of a push. */
  readonly startedMs: number;
  /** How far Live's clock was ahead when the push began. */
  readonly startedAheadMs: number;
  readonly client_ip: string;
  readonly user_args: string;
}

interface State extends Stream {
  reconnectAfterMs: number | null;
  client_ip: string;
  user_args: string;
  startedMs: number | null;
  startedAheadMs: number;
  /** Time of the next attempt; attempts queued for another time are void. */
  attemptMs: number | null;
  pushes: number;
  refusals: number;
  gone: boolean;
}

/** Limits the logged refusals, because a clock that jumps by days would cause millions. All refusals are counted. */
const MAX_REFUSED_EVENTS = 100;

export interface EncoderDeps {
  /** How far Live's clock is ahead. */
  readonly aheadMs: () => number;
  /** Whether several encoders may push one stream name of the domain. */
  readonly hasStandby: (domain: string) => boolean;
  /** Whether the stream is disabled at this moment (simulator's clock). */
  readonly isDisabled: (stream: Stream, atMs: number) => boolean;
  /** When it may push again (simulator's clock); null: never. */
  readonly enabledAgainMs: (stream: Stream) => number | null;
  readonly note: (event: Omit<EncoderEvent, "seq">) => void;
  readonly pushed: (push: Push) => void;
}

export function createEncoders({ aheadMs, hasStandby, isDisabled, enabledAgainMs, note, pushed }: EncoderDeps) {
  /** The encoders of each stream, those that push in the order of their priority. */
  const byKey = new Map<string, State[]>();
  const attempts = createDueQueue<State>();

  const encodersOf = (stream: Stream): State[] => byKey.get(streamKey(stream)) ?? [];
  const pushing = (stream: Stream): State[] => encodersOf(stream).filter(({ startedMs }) => startedMs !== null);

  const tell = (
    { domain, app, stream }: State,
    kind: EncoderEvent["kind"],
    atMs: number,
    cause?: "pause" | "disable",
  ) => note({ time: new Date(atMs).toISOString(), kind, domain, app, stream, ...(cause && { cause }) });

  function tryAgainAt(encoder: State, atMs: number | null) {
    encoder.attemptMs = atMs;
    if (atMs !== null) attempts.add(atMs, encoder);
  }

  function begin(encoder: State, atMs: number, startedMs: number) {
    encoder.startedMs = startedMs;
    encoder.startedAheadMs = aheadMs();
    encoder.pushes += 1;
    const encoders = encodersOf(encoder);
    if (encoders.length > 1) encoders.push(...encoders.splice(encoders.indexOf(encoder), 1));
    tell(encoder, encoder.pushes === 1 ? "started" : "reconnected", atMs);
    const { domain, app, stream, client_ip, user_args, startedAheadMs } = encoder;
    pushed({ event: "PUBLISH", domain, app, stream, client_ip, user_args, startedMs, startedAheadMs, atMs });
  }

  /** Reports the end of the current push, if there is one. */
  function end(encoder: State, atMs: number) {
    const { domain, app, stream, client_ip, user_args, startedMs, startedAheadMs } = encoder;
    if (startedMs === null) return;
    encoder.startedMs = null;
    pushed({ event: "PUBLISH_DONE", domain, app, stream, client_ip, user_args, startedMs, startedAheadMs, atMs });
  }

  function attempt(encoder: State, atMs: number, nowMs: number, startedMs = atMs) {
    encoder.attemptMs = null;
    if (!isDisabled(encoder, atMs)) return begin(encoder, atMs, startedMs);
    encoder.refusals += 1;
    tell(encoder, "refused", atMs);
    const { reconnectAfterMs } = encoder;
    if (reconnectAfterMs === null) return;
    const step = Math.max(reconnectAfterMs, 1);
    const until = Math.min(enabledAgainMs(encoder) ?? Number.POSITIVE_INFINITY, nowMs);
    const skipped = Math.max(0, Math.floor((until - atMs) / step) - MAX_REFUSED_EVENTS);
    encoder.refusals += skipped;
    tryAgainAt(encoder, atMs + step * (skipped + 1));
  }

  function describe(encoder: State): Encoder {
    const { domain, app, stream, reconnectAfterMs, client_ip, startedMs, pushes, refusals } = encoder;
    const online = startedMs !== null;
    const start_time = startedMs === null ? null : toSecondsUtc(new Date(startedMs));
    return { domain, app, stream, reconnectAfterMs, client_ip, online, start_time, pushes, refusals };
  }

  return {
    /** Makes all attempts that are due. */
    settle(nowMs: number): void {
      for (let due = attempts.take(nowMs); due; due = attempts.take(nowMs)) {
        const { item, dueMs } = due;
        if (!item.gone && item.attemptMs === dueMs) attempt(item, dueMs, nowMs);
      }
    },

    /** Adds an encoder that pushes at once; without standby streams, it replaces an older one of the same stream. */
    add(input: EncoderInput, nowMs: number): void {
      const { domain, app, stream, reconnectAfterMs = 2_000, client_ip = "192.0.2.1", start_time } = input;
      const { user_args = "" } = input;
      const encoder: State = {
        ...{ domain, app, stream, reconnectAfterMs, client_ip, user_args },
        ...{ startedMs: null, startedAheadMs: 0, attemptMs: null, pushes: 0, refusals: 0, gone: false },
      };
      const others = encodersOf(encoder);
      if (hasStandby(domain)) byKey.set(streamKey(encoder), [...others, encoder]);
      else {
        for (const older of others) {
          older.gone = true;
          end(older, nowMs);
        }
        byKey.set(streamKey(encoder), [encoder]);
      }
      attempt(encoder, nowMs, nowMs, start_time === undefined ? nowMs : Date.parse(start_time));
    },

    /** Whether the stream is being pushed. */
    isOnline: (stream: Stream): boolean => pushing(stream).length > 0,

    /** Cuts all current pushes of a stream, or only the primary one; each encoder reconnects after its `reconnectAfterMs`. */
    cut(stream: Stream, cause: "pause" | "disable", nowMs: number, which: "all" | "primary" = "all"): void {
      for (const encoder of pushing(stream).slice(0, which === "primary" ? 1 : undefined)) {
        tell(encoder, "cut", nowMs, cause);
        end(encoder, nowMs);
        tryAgainAt(encoder, encoder.reconnectAfterMs === null ? null : nowMs + encoder.reconnectAfterMs);
      }
    },

    /** Removes the encoders of a stream, or all encoders. Returns their number. */
    remove(stream: Stream | undefined, nowMs: number): number {
      const leaving = stream ? encodersOf(stream) : [...byKey.values()].flat();
      for (const encoder of leaving) {
        encoder.gone = true;
        byKey.delete(streamKey(encoder));
        tell(encoder, "stopped", nowMs);
        end(encoder, nowMs);
      }
      return leaving.length;
    },

    /**
     * Current pushes of a domain that began at or before `startedBeforeMs`, in the order in which their encoders were added. Of
     * several pushes of one stream, the primary one (inferred: the documentation does not mention standby streams here).
     */
    online(domain: string, startedBeforeMs: number, app?: string, stream?: string): Encoder[] {
      const found: Encoder[] = [];
      for (const encoders of byKey.values()) {
        if (encoders[0]?.domain !== domain) continue;
        const encoder = encoders.find(({ startedMs }) => startedMs !== null);
        if (!encoder || (encoder.startedMs ?? 0) > startedBeforeMs) continue;
        if ((app ?? encoder.app) !== encoder.app || (stream ?? encoder.stream) !== encoder.stream) continue;
        found.push(describe(encoder));
      }
      return found;
    },

    all: (): Encoder[] => [...byKey.values()].flat().map(describe),
  };
}
