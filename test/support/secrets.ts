/** Secrets Manager: our stand-in in this process, or another implementation. */
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll } from "@jest/globals";
import { type Secrets, startSecrets } from "../../local/aws/secrets.ts";
import { clientSettings, otherEndpoint } from "./implementation.ts";

export interface TestSecrets {
  readonly client: SecretsManagerClient;
  create(name: string, value: string | Uint8Array): Promise<unknown>;
  /** A new current version. */
  change(name: string, value: string): Promise<unknown>;
  /** Of our stand-in only. */
  readonly own: Secrets;
}

/** Call once at the top of a test file; `current` holds the secrets while tests run. */
export function useSecrets(): { current: TestSecrets } {
  const holder = {} as { current: TestSecrets };
  let own: Secrets;
  beforeAll(async () => {
    own = await startSecrets({ region: "eu-central-1" });
    const other = otherEndpoint("secretsmanager");
    const client = new SecretsManagerClient(clientSettings(other ?? own.url));
    const create = async (Name: string, value: string | Uint8Array) => {
      if (other === undefined) return own.put(Name, value);
      const content = typeof value === "string" ? { SecretString: value } : { SecretBinary: value };
      return client.send(new CreateSecretCommand({ Name, ...content }));
    };
    const change = async (SecretId: string, SecretString: string) =>
      other === undefined
        ? own.put(SecretId, SecretString)
        : client.send(new PutSecretValueCommand({ SecretId, SecretString }));
    holder.current = { client, create, change, own };
  });
  afterAll(async () => {
    holder.current.client.destroy();
    await own.close();
  });
  return holder;
}
