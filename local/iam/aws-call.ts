/** One permission that a request needs, in IAM's terms. A request may need several: each item of a transaction is one. */
export interface AwsCall {
  /** `dynamodb:GetItem`, written as in the Service Authorization Reference. */
  readonly action: string;
  /** An ARN, or `*` for an action without a resource. */
  readonly resource: string;
  /** Condition keys of the request; those of the principal are added by `iam.ts`. */
  readonly context: Context;
}

/** By condition key. An absent key is absent for IAM too, which is not the same as empty. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** Of the ARNs. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

export const arnOf = (service: string, { region, accountId }: Place, rest: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${rest}`;

/** The fields of a request's JSON body; none if it is not an object. The service itself refuses such a body. */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
}

export const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
