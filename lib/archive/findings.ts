/** What an audit found, one after the other: what changed since the last complete snapshot, and where ledger and Live disagree. */
import type { Stream } from "../core/stream.ts";
import type { Expected } from "./expected-disable.ts";
import { DRIFT_KINDS, type DriftKind } from "./manifest.ts";

/** As Live lists it; null where Live names no end. */
type ResumeTime = string | null;

export type DiffFinding = Stream &
  (
    | { readonly kind: "disabled"; readonly resumeTime: ResumeTime }
    /** No longer listed. `expired`: its resume time, as it was listed, had passed. */
    | { readonly kind: "enabled"; readonly resumeTime: ResumeTime; readonly expired: boolean }
    | { readonly kind: "changed"; readonly resumeTime: ResumeTime; readonly before: ResumeTime }
  );

/** Of our order that the finding is about. */
type OurOrder = Pick<Expected, "number" | "by" | "reason" | "cause">;

/** `source#id`; the id of an operator's order has no "#". */
export const isOfRule = ({ cause }: Pick<Expected, "cause">): boolean => cause.includes("#");

export type DriftFinding = Stream &
  (
    | (OurOrder & {
        readonly kind: "missing";
        readonly expectedResumeTime: string;
        /** When Live was asked for it by name, and the ledger after that. */
        readonly askedAt: string;
      })
    | (OurOrder & {
        readonly kind: "wrong-resume-time";
        readonly resumeTime: ResumeTime;
        readonly expectedResumeTime: string;
        readonly seenAt: string;
        readonly askedAt: string;
      })
    | (OurOrder & {
        readonly kind: "expiring";
        readonly resumeTime: ResumeTime;
        readonly expectedResumeTime: string;
        readonly seenAt: string;
      })
    /** `number`: of the order that was to let it on. */
    | (OurOrder & {
        readonly kind: "outlived";
        readonly resumeTime: ResumeTime;
        readonly seenAt: string;
        readonly askedAt: string;
        /** Number of the order that put it there. */
        readonly disabledBy: number;
      })
    | {
        readonly kind: "unexpected";
        readonly resumeTime: ResumeTime;
        readonly seenAt: string;
        readonly askedAt: string;
        /** Number of the last order of ours that said anything of the stream's state; absent: none ever did. */
        readonly number?: number;
      }
  );

export type AuditFinding = DiffFinding | DriftFinding;

export type Counts = Record<DiffFinding["kind"], number> & { readonly drift: Record<DriftKind, number> };

export const noCounts = (): Counts => ({
  ...{ disabled: 0, enabled: 0, changed: 0 },
  drift: { missing: 0, unexpected: 0, expiring: 0, "wrong-resume-time": 0, outlived: 0 },
});

const isDriftKind = (kind: AuditFinding["kind"]): kind is DriftKind => DRIFT_KINDS.some((each) => each === kind);

/** Counts a finding in. */
export function count(counts: Counts, { kind }: AuditFinding): void {
  if (isDriftKind(kind)) counts.drift[kind] += 1;
  else counts[kind] += 1;
}

/** Somebody has to look: what expires is only told. */
export const isAlarming = ({ kind }: DriftFinding): boolean => kind !== "expiring";
