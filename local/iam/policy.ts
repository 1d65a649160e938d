/** The policies that the local stack can evaluate. Any other policy is an error, never ignored. */
import * as z from "zod";

const text = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const oneOrMore = z.union([z.array(text), text.transform((one) => [one])]);
const principalSchema = z.union([z.literal("*"), z.partialRecord(z.enum(["AWS", "Service"]), oneOrMore)]);

/**
 * The condition keys that the mapping of requests supplies. A policy with another key cannot be evaluated here.
 * Keys of the principal and the request: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const SUPPLIED_KEYS: readonly string[] = [
  ...["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:PrincipalIsAWSService"],
  ...["aws:PrincipalServiceName", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:ResourceAccount"],
  ...["aws:RequestedRegion", "dynamodb:LeadingKeys", "dynamodb:EnclosingOperation"],
  ...["dynamodb:Attributes", "dynamodb:Select", "events:source", "events:detail-type"],
  ...["s3:prefix", "s3:if-none-match", "s3:ObjectCreationOperation", "secretsmanager:SecretId"],
];
const supplied = new Set(SUPPLIED_KEYS.map((key) => key.toLowerCase()));

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATOR =
  /^(Null|(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Arn(Not)?(Equals|Like)|Bool|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)|(Not)?IpAddress|BinaryEquals)(IfExists)?)$/;

const conditionSchema = z.record(
  z.string().regex(OPERATOR, "IAM has no such condition operator"),
  z.record(
    z.string().refine((key) => supplied.has(key.toLowerCase()), {
      error: "the local stack does not supply this condition key (local/iam/policy.ts)",
    }),
    oneOrMore,
  ),
);

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Principal: principalSchema.optional(),
  Action: oneOrMore,
  /** Absent in a trust policy. */
  Resource: oneOrMore.optional(),
  Condition: conditionSchema.optional(),
});
export type Statement = z.infer<typeof statementSchema>;

export const policySchema = z.strictObject({
  Version: z.enum(["2012-10-17", "2008-10-17"]).default("2008-10-17"),
  Id: z.string().optional(),
  Statement: z.union([z.array(statementSchema), statementSchema.transform((one) => [one])]),
});
export type Policy = z.infer<typeof policySchema>;

/** IAM's wildcards: `*` is any text, `?` any one character. Actions are compared without regard to case. */
export const matchesPattern = (pattern: string, value: string, flags = ""): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    `s${flags}`,
  ).test(value);
