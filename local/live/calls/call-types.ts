/** Types of the simulated calls: what a call works on, and its result. */
import type { HttpResponse } from "../answer.ts";
import type { DisabledStreams } from "../disabled-streams.ts";
import type { createEncoders } from "../encoders.ts";
import type { Notification } from "../notifications.ts";
import type { PushHistory } from "../push-history.ts";
import type { Settings } from "../settings.ts";

/** An answer, and for a write that passed its checks the function that carries it out. */
export interface Result {
  readonly answer: HttpResponse;
  readonly commit?: () => void;
}

export interface CallContext {
  readonly settings: Settings;
  readonly disabled: DisabledStreams;
  readonly encoders: ReturnType<typeof createEncoders>;
  readonly history: PushHistory;
  /** Starts or stops Live's callbacks about the domain's pushes. */
  readonly notify: (domain: string, notification: Notification | undefined) => void;
  readonly setStandby: (domain: string, enabled: boolean) => void;
  readonly random: () => number;
  readonly nowMs: number;
}
