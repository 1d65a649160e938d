/**
 * The secret of a Huawei user, as rotation needs it: `{"ak", "sk", "userId", "accountId"}`. The other functions read only `ak` and `sk`. A
 * temporary pair and a token cannot be rotated, because they are no IAM access keys.
 */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import { parseJson } from "../../core/parse-json.ts";

/** A key or an id: it becomes a part of a path or of a header. */
export const keyText = z.string().regex(/^[\w-]{1,128}$/, "must be letters, digits, - and _");
export const secretKey = z.string().regex(/^[!-~]{1,256}$/, "must be printable ASCII without spaces");

const pairSchema = z.looseObject({
  ak: keyText,
  sk: secretKey,
  /** Both are on the page My Credentials of Huawei's console: IAM user id, and account id. */
  userId: keyText,
  accountId: keyText,
  securityToken: z.undefined({ error: "a temporary pair cannot be rotated" }).optional(),
});

export type RotatablePair = Readonly<z.infer<typeof pairSchema>>;

/** @throws OffairError `ERR_SECRET` naming the issues, never a value. */
export function parseRotatablePair(secret: string): RotatablePair {
  const { data, error } = pairSchema.safeParse(parseJson(secret));
  if (!error) return data;
  const issues = formatIssues(issuesOf(error));
  throw new OffairError("ERR_SECRET", `the Huawei secret cannot be rotated: ${issues}; see docs/operate.md`);
}

/** @returns the secret with another key, and otherwise unchanged. */
export const withKey = (pair: RotatablePair, key: { readonly ak: string; readonly sk: string }): string =>
  JSON.stringify({ ...pair, ak: key.ak, sk: key.sk });
