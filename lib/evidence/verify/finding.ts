/** A finding of a verification: what is wrong with one object. */

/** All kinds except `incomplete` mean that evidence was changed or damaged; `incomplete` is what the audit itself recorded about its work. */
export type VerificationFindingKind =
  | ("altered" | "missing" | "reordered" | "truncated" | "appended" | "unknown-key" | "unreadable")
  | "incomplete";

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
