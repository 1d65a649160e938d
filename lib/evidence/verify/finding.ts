/** What a verification has to say against an object. */

/** All but `incomplete` speak of somebody's hand, or of decay; `incomplete` is what the audit itself says of its work. */
export const FINDING_KINDS = [
  "altered",
  "missing",
  "reordered",
  "truncated",
  "appended",
  "unknown-key",
  "unreadable",
  "incomplete",
] as const;
export type VerificationFindingKind = (typeof FINDING_KINDS)[number];

export interface VerificationFinding {
  readonly kind: VerificationFindingKind;
  /** Its name in the bundle; of one that is missing, where it should be. */
  readonly object: string;
  /** One sentence for people, in which names stand as they came: hostile ones too. */
  readonly message: string;
}
