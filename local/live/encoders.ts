/**
 * Broadcasters' encoders: they push, are cut, and reconnect. Without timers: `settle` makes all events happen that are due since
 * its last call, in the order of their time, so that a test can choose the time.
 */
import { type Stream, streamKey } from "../../lib/core/stream.ts";
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
  readonly client_ip: string;
  readonly user_args: string;
}

interface State extends Stream {
  reconnectAfterMs: number | null;
  client_ip: string;
  user_args: string;
  startedMs: number | null;
  /** Time of the next attempt; attempts queued for another time are void. */
  attemptMs: number | null;
  pushes: number;
  refusals: number;
  gone: boolean;
}

/** Limits the logged refusals, because a clock that jumps by days would cause millions. All refusals are counted. */
const MAX_REFUSED_EVENTS = 100;

const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export interface EncoderDeps {
  /** Whether the stream is disabled at this moment (simulator's clock). */
  readonly isDisabled: (stream: Stream, atMs: number) => boolean;
  /** When it may push again (simulator's clock); null: never. */
  readonly enabledAgainMs: (stream: Stream) => number | null;
  readonly note: (event: Omit<EncoderEvent, "seq">) => void;
  readonly pushed: (push: Push) => void;
}

export function createEncoders({ isDisabled, enabledAgainMs, note, pushed }: EncoderDeps) {
  const byKey = new Map<string, State>();
  const attempts = createDueQueue<State>();

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
    encoder.pushes += 1;
    tell(encoder, encoder.pushes === 1 ? "started" : "reconnected", atMs);
    const { domain, app, stream, client_ip, user_args } = encoder;
    pushed({ event: "PUBLISH", domain, app, stream, client_ip, user_args, startedMs, atMs });
  }

  /** Reports the end of the current push, if there is one. */
  function end(encoder: State, atMs: number) {
    const { domain, app, stream, client_ip, user_args, startedMs } = encoder;
    if (startedMs === null) return;
    encoder.startedMs = null;
    pushed({ event: "PUBLISH_DONE", domain, app, stream, client_ip, user_args, startedMs, atMs });
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
    const start_time = startedMs === null ? null : iso(startedMs);
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

    /** Adds an encoder that pushes at once; it replaces an older one of the same stream. */
    add(input: EncoderInput, nowMs: number): void {
      const { domain, app, stream, reconnectAfterMs = 2_000, client_ip = "192.0.2.1", start_time } = input;
      const { user_args = "" } = input;
      const encoder: State = {
        ...{ domain, app, stream, reconnectAfterMs, client_ip, user_args },
        ...{ startedMs: null, attemptMs: null, pushes: 0, refusals: 0, gone: false },
      };
      const older = byKey.get(streamKey(encoder));
      if (older) {
        older.gone = true;
        end(older, nowMs);
      }
      byKey.set(streamKey(encoder), encoder);
      attempt(encoder, nowMs, nowMs, start_time === undefined ? nowMs : Date.parse(start_time));
    },

    /** Whether the stream is being pushed. */
    isOnline: (stream: Stream): boolean => (byKey.get(streamKey(stream))?.startedMs ?? null) !== null,

    /** Cuts the current push, if there is one; the encoder reconnects after its `reconnectAfterMs`. */
    cut(stream: Stream, cause: "pause" | "disable", nowMs: number): void {
      const encoder = byKey.get(streamKey(stream));
      if (!encoder || encoder.startedMs === null) return;
      tell(encoder, "cut", nowMs, cause);
      end(encoder, nowMs);
      tryAgainAt(encoder, encoder.reconnectAfterMs === null ? null : nowMs + encoder.reconnectAfterMs);
    },

    /** Removes the encoder of a stream, or all encoders. Returns their number. */
    remove(stream: Stream | undefined, nowMs: number): number {
      const leaving = stream ? [byKey.get(streamKey(stream))] : [...byKey.values()];
      for (const encoder of leaving) {
        if (!encoder) continue;
        encoder.gone = true;
        byKey.delete(streamKey(encoder));
        tell(encoder, "stopped", nowMs);
        end(encoder, nowMs);
      }
      return leaving.filter(Boolean).length;
    },

    /** Current pushes of a domain that began at or before `startedBeforeMs`, in the order in which their encoders were added. */
    online(domain: string, startedBeforeMs: number, app?: string, stream?: string): Encoder[] {
      const found: Encoder[] = [];
      for (const encoder of byKey.values()) {
        if (encoder.startedMs === null || encoder.startedMs > startedBeforeMs || encoder.domain !== domain) continue;
        if ((app ?? encoder.app) !== encoder.app || (stream ?? encoder.stream) !== encoder.stream) continue;
        found.push(describe(encoder));
      }
      return found;
    },

    all: (): Encoder[] => [...byKey.values()].map(describe),
  };
}
