/** The AWS identity of whoever typed the command, found as every AWS tool finds it. Nothing of Live is known here. */

import { FailedError, propertyOf } from "./errors.ts";

const HOW =
  "set AWS_PROFILE (after aws sso login), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; " +
  "aws sts get-caller-identity tells who you are then";

/** @returns them anew where they have run out. */
export function createCredentials(): () => Promise<AwsCredentials> {
  let provide: (() => Promise<AwsCredentials>) | undefined;
  return async () => {
    if (!provide) {
      const { defaultProvider } = await import("@aws-sdk/credential-provider-node"); // a third of a second: only where needed
      provide = defaultProvider({ maxRetries: 0 });
    }
    try {
      return await provide();
    } catch (cause) {
      const why = String(propertyOf(cause, "message")); // of SSO it says that its token has expired
      throw new FailedError(`there are no AWS credentials (${why}): ${HOW}`, { cause });
    }
  };
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
