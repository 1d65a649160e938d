/** The settings of the simulated IAM. Huawei's documentation does not say how soon a change of a key has an effect. */
import * as z from "zod";

export const iamSchema = z.strictObject({
  /** The account, which calls to IAM name in `X-Domain-Id`. */
  accountId: z.string().min(1).default("fedcba9876543210fedcba9876543210"),
  /** How long a new key is refused everywhere. */
  newKeyDelayMs: z.int().min(0).default(0),
  /** How it is refused: as a key that does not exist, or by its signature, which counts towards its lock. */
  newKeyRefusal: z.enum(["unknown", "signature"]).default("unknown"),
  /** How old the list of keys is. */
  listDelayMs: z.int().min(0).default(0),
  /** Of several uses within this time, the first is shown: https://support.huaweicloud.com/intl/en-us/usermanual-iam/iam_02_0003.html */
  lastUsedStepMs: z
    .int()
    .min(0)
    .default(15 * 60_000),
});
