export const isProven = (requestedBy: string): boolean => requestedBy.startsWith("arn:");
/**
 * By the name at its end, whatever stands before it: else somebody who may also take a role could plan as a user and approve as that
 * role's session (docs/adr/0017). IAM tells names apart without case.
 */
export const isSamePerson = (one: string, other: string): boolean => nameOf(one) === nameOf(other);
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1).toLowerCase();

/** Under which what somebody does is counted. Names that are only claimed are one: the next claim would be another. */
export const personOf = (requestedBy: string): string =>
  isProven(requestedBy) ? `person#${nameOf(requestedBy)}` : "claimed";
