/** A finding of a verification: what is wrong with one object. */

/** Kinds that need no tampering to explain them. */
const GAPS = [
  /** What the audit itself recorded about its work. */
  "incomplete",
  /** The chain does not begin with entry 1, and the caller did not state where it has to begin. */
  "excerpt",
  /** An object that no entry names, and that an audit may have left when it ended before it wrote its entry. */
  "left-over",
] as const;

/** All other kinds mean that evidence was changed or damaged. */
export type VerificationFindingKind =
  | ("altered" | "missing" | "reordered" | "truncated" | "appended" | "unknown-key" | "unreadable")
  | (typeof GAPS)[number];

export const isGap = (kind: VerificationFindingKind): boolean => GAPS.some((each) => each === kind);

export interface VerificationFinding {
  readonly kind: VerificationFindingKind;
  /** Name of the object in the bundle; for a missing object, the name that it should have. */
  readonly object: string;
  /** One sentence for people. It may contain names from the bundle, unescaped: escape it before printing. */
  readonly message: string;
}

export const finding = (kind: VerificationFindingKind, object: string, message: string): VerificationFinding => ({
  kind,
  object,
  message,
});
