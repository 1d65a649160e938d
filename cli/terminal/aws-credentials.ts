/** The AWS credentials of the caller, from the default provider chain. There are no credentials of Live here. */

import { FailedError, propertyOf } from "./errors.ts";

const HOW =
  "set AWS_PROFILE (after aws sso login), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; " +
  "aws sts get-caller-identity then shows who you are";

/** There are none, or they have expired. */
export class CredentialsError extends FailedError {}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * The credentials, which are read again when they have expired. Those of a file have no time at which they expire.
 *
 * @param anew - reads them again in any case, because AWS has refused the ones before.
 * @throws CredentialsError. A failed attempt is not remembered.
 */
export type Credentials = (options?: { readonly anew?: boolean }) => Promise<AwsCredentials>;

export type Provider = (options?: { readonly forceRefresh?: boolean }) => Promise<AwsCredentials>;

export function createCredentials(open: () => Promise<Provider> = openDefault): Credentials {
  let provide: Provider | undefined;
  return async ({ anew = false } = {}) => {
    provide ??= await open();
    try {
      return await provide({ forceRefresh: anew });
    } catch (cause) {
      const why = String(propertyOf(cause, "message")); // with SSO: that the token has expired
      throw new CredentialsError(`there are no AWS credentials (${why}): ${HOW}`, { cause });
    }
  };
}

async function openDefault(): Promise<Provider> {
  const { defaultProvider } = await import("@aws-sdk/credential-provider-node"); // takes a third of a second, so only if needed
  return defaultProvider({ maxRetries: 0, ignoreCache: true }); // a file may have been written again since it was read
}
