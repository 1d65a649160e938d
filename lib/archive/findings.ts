/** The findings of an audit: differences from the last complete snapshot, and drift, where Live and the ledger disagree. */
import type { Stream } from "../core/stream.ts";
import type { Expected } from "./expected-disable.ts";
import { DRIFT_KINDS, type DriftKind } from "./manifest.ts";

/** As Live lists it; null if the entry has no end. */
type ResumeTime = string | null;

export type DiffFinding = Stream &
  (
    | { readonly kind: "disabled"; readonly resumeTime: ResumeTime }
    /** No longer listed. `expired`: the resume time that was listed had passed. */
    | { readonly kind: "enabled"; readonly resumeTime: ResumeTime; readonly expired: boolean }
    | { readonly kind: "changed"; readonly resumeTime: ResumeTime; readonly before: ResumeTime }
  );

/** The offair order that a finding is about. */
type OurOrder = Pick<Expected, "number" | "by" | "reason" | "cause">;

/** Whether a rule placed the order: its cause is `source#id`, and an operator's order id contains no "#". */
export const isOfRule = ({ cause }: Pick<Expected, "cause">): boolean => cause.includes("#");

export type DriftFinding = Stream &
  (
    | (OurOrder & {
        readonly kind: "missing";
        readonly expectedResumeTime: string;
        /** When Live was queried for the stream by name; the ledger was read after that. */
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
    /** `number`: the order that should have enabled the stream. */
    | (OurOrder & {
        readonly kind: "outlived";
        readonly resumeTime: ResumeTime;
        readonly seenAt: string;
        readonly askedAt: string;
        /** Number of the order that disabled the stream. */
        readonly disabledBy: number;
      })
    | {
        readonly kind: "unexpected";
        readonly resumeTime: ResumeTime;
        readonly seenAt: string;
        readonly askedAt: string;
        /** Number of the newest offair order with an effect on the stream; absent if there is none. */
        readonly number?: number;
      }
  );

export type AuditFinding = DiffFinding | DriftFinding;

export type Counts = Record<DiffFinding["kind"], number> & { readonly drift: Record<DriftKind, number> };

export const noCounts = (): Counts => ({
  disabled: 0,
  enabled: 0,
  changed: 0,
  drift: { missing: 0, unexpected: 0, expiring: 0, "wrong-resume-time": 0, outlived: 0 },
});

const isDriftKind = (kind: AuditFinding["kind"]): kind is DriftKind => DRIFT_KINDS.some((each) => each === kind);

/** Adds a finding to the counts. */
export function count(counts: Counts, { kind }: AuditFinding): void {
  if (isDriftKind(kind)) counts.drift[kind] += 1;
  else counts[kind] += 1;
}

/** Whether the finding raises the drift alarm. A disable that expires soon is information only. */
export const isAlarming = ({ kind }: DriftFinding): boolean => kind !== "expiring";
