/** Reads the database's token from Secrets Manager, with the caller's AWS credentials. It is never printed. */
import type { AwsCredentials } from "../terminal/aws-credentials.ts";
import { InputError } from "../terminal/errors.ts";

/** As in an Authorization header: no blank, no line break. */
const TOKEN = /^[\x21-\x7e]{8,512}$/;

/** The secret is the token itself, or JSON with the key `token`. @throws InputError without the value. */
export function tokenOf(secret: string, id: string): string {
  const token = jsonToken(secret) ?? secret.trim();
  if (!TOKEN.test(token)) throw new InputError(`the secret ${id} is no token: the token alone, or {"token": "…"}`);
  return token;
}

function jsonToken(secret: string): string | undefined {
  try {
    const value: unknown = JSON.parse(secret);
    return typeof value === "object" && value !== null && "token" in value && typeof value.token === "string"
      ? value.token
      : undefined;
  } catch {
    return undefined;
  }
}

/** @throws OffairError `ERR_SECRET`, InputError */
export async function readToken(
  id: string,
  credentials: () => Promise<AwsCredentials>,
  now: () => Date,
): Promise<string> {
  const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const { createReadSecret } = await import("../../lib/aws/secrets-manager.ts");
  const client = new SecretsManagerClient({ credentials: () => credentials() });
  try {
    return tokenOf((await createReadSecret({ client, maxAgeMs: 0, now })(id)).value, id);
  } finally {
    client.destroy();
  }
}
