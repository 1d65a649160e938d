/** What a drill leaves behind: everything that its scorecard is computed from. The ledger's items are as the table holds them. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stream } from "../../../lib/core/stream.ts";
import type { CallRecord } from "../../live/world.ts";
import type { EncoderState } from "../flood/inputs.ts";
import { writeMaterial } from "../write-inputs.ts";
import { type Typed, transcript } from "./operator.ts";

/** Live at one moment. */
export interface LiveState {
  readonly at: string;
  readonly disabled: readonly Stream[];
  readonly encoders: readonly EncoderState[];
}

/** Of the ledger. */
export interface PlanItem {
  readonly orderId: string;
  readonly action: string;
  readonly requestedBy: string;
  readonly undoes?: string | undefined;
  readonly streams: readonly Stream[];
  readonly appliedAt?: string | undefined;
  readonly appliedBy?: string | undefined;
  readonly approvedBy?: string | undefined;
  readonly cancelledAt?: string | undefined;
}
export interface ResultItem {
  readonly orderId: string;
  readonly index: number;
  readonly outcome: string;
  readonly endedAt: string;
  readonly orderNumber?: number | undefined;
}
export interface OrderItem {
  readonly stream: Stream;
  readonly number: number;
  readonly action: string;
  readonly outcome?: string | undefined;
  /** Those that ended, and one that may be under way. */
  readonly attempts: number;
  readonly orderId?: string | undefined;
  readonly requestedBy?: string | undefined;
  readonly approvedBy?: string | undefined;
}

export interface Run {
  readonly live: number;
  readonly streams: number;
  readonly seed: number;
  readonly kill: boolean;
  /** Disables that the worker may send: the configured share of Live's quota. */
  readonly writesAMinute: number;
  readonly startedAt: string;
  readonly endedAt: string;
}

/** Order ids of the plans, in the order of the play. */
export interface Plans {
  readonly off: string;
  readonly undo: string;
  /** The second batch, and what took it back while it ran. */
  readonly offAgain?: string;
  readonly undoAgain?: string;
}

export interface DrillMaterial {
  readonly run: Run;
  readonly plans: Plans;
  readonly targets: readonly Stream[];
  readonly typed: readonly Typed[];
  readonly afterApply: LiveState;
  readonly afterUndo: LiveState;
  /** Where the second undo came while the batch ran. */
  readonly afterSecondUndo: LiveState | undefined;
  readonly calls: readonly CallRecord[];
  readonly planItems: readonly PlanItem[];
  readonly results: readonly ResultItem[];
  readonly orders: readonly OrderItem[];
  readonly deadLetters: number;
  /** By name: how often it struck, or how many it met. */
  readonly struck: Readonly<Record<string, number>>;
}

/** Beside the files of all material what the operators typed and saw, as text. */
export async function writeDrill(material: DrillMaterial, directory: string): Promise<void> {
  await writeMaterial(material, directory);
  await writeFile(join(directory, "terminal.txt"), `${material.typed.map(transcript).join("\n\n")}\n`);
}
