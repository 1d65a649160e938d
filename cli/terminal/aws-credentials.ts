/** The AWS credentials of the caller, from the default provider chain. There are no credentials of Live here. */

import { FailedError, propertyOf } from "./errors.ts";

const HOW =
  "set AWS_PROFILE (after aws sso login), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; " +
  "aws sts get-caller-identity then shows who you are";

/** @returns a function that renews expired credentials. */
export function createCredentials(): () => Promise<AwsCredentials> {
  let provide: (() => Promise<AwsCredentials>) | undefined;
  return async () => {
    if (!provide) {
      const { defaultProvider } = await import("@aws-sdk/credential-provider-node"); // takes a third of a second, so only if needed
      provide = defaultProvider({ maxRetries: 0 });
    }
    try {
      return await provide();
    } catch (cause) {
      const why = String(propertyOf(cause, "message")); // with SSO: that the token has expired
      throw new FailedError(`there are no AWS credentials (${why}): ${HOW}`, { cause });
    }
  };
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
