/** Whether the operator's name is proven by IAM (an ARN) and not only claimed. */
export const isProven = (requestedBy: string): boolean => requestedBy.startsWith("arn:");
/**
 * Compares only the name at the end of the ARNs. Otherwise a user who may also assume a role could plan as the user and approve as a
 * session of that role (docs/adr/0017). IAM compares names without case.
 */
export const isSamePerson = (one: string, other: string): boolean => nameOf(one) === nameOf(other);
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1).toLowerCase();

/** The key under which one person's actions are counted. All claimed names share one key, because anybody can claim a new name. */
export const personOf = (requestedBy: string): string =>
  isProven(requestedBy) ? `person#${nameOf(requestedBy)}` : "claimed";
