/** The findings of an audit: differences from the last complete snapshot, and drift, where Live and the ledger disagree. */
import type { Stream } from "../core/stream.ts";
import type { Expected } from "./line-schemas.ts";
import { DRIFT_KINDS, type DriftKind } from "./manifest.ts";
import type { RowState } from "./snapshot.ts";

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

interface Confirmed {
  /** When the stream was queried: in Live by name if it is missing, and in the ledger after that. */
  readonly askedAt: string;
}
interface Ordered extends OurOrder {
  readonly expectedResumeTime: string;
}

export type DriftFinding = Stream &
  (
    | (Ordered & Confirmed & { readonly kind: "missing" })
    | (Ordered & RowState & Confirmed & { readonly kind: "wrong-resume-time" })
    | (Ordered & RowState & { readonly kind: "expiring" })
    /** `number`: the order that should have enabled the stream; `disabledBy`: number of the order that disabled it. */
    | (OurOrder & RowState & Confirmed & { readonly kind: "outlived"; readonly disabledBy: number })
    /** `number`: the newest offair order with an effect on the stream; absent if there is none. */
    | (RowState & Confirmed & { readonly kind: "unexpected"; readonly number?: number })
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

/** Adds a finding to the counts. @returns how many of its kind there are now. */
export const count = (counts: Counts, { kind }: AuditFinding): number =>
  isDriftKind(kind) ? ++counts.drift[kind] : ++counts[kind];

/** Whether the finding raises the drift alarm. A disable that expires soon is information only. */
export const isAlarming = ({ kind }: Pick<DriftFinding, "kind">): boolean => kind !== "expiring";
