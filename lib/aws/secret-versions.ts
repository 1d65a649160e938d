/** The versions of one secret in Secrets Manager, for its rotation. Never cached. */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { OffairError } from "../core/errors.ts";
import type { SecretVersions } from "../rotation/rotate.ts";

const CURRENT = "AWSCURRENT";
const PENDING = "AWSPENDING";

/** @throws OffairError `ERR_SECRET` from every function, never with a value: no error of the SDK is passed on. */
export function createSecretVersions(client: SecretsManagerClient, id: string): SecretVersions {
  async function attempt<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw new OffairError("ERR_SECRET", `the secret ${id} cannot be ${what}: ${kindOf(error)}`);
    }
  }

  return {
    current: () =>
      attempt("read", async () => {
        const { SecretString, VersionId } = await client.send(new GetSecretValueCommand({ SecretId: id }));
        return { version: VersionId ?? "", value: SecretString ?? "" };
      }),
    labels: (version) =>
      attempt("described", async () => {
        const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: id }));
        return VersionIdsToStages?.[version] ?? [];
      }),
    read: (version) =>
      attempt("read", async () => {
        try {
          const request = new GetSecretValueCommand({ SecretId: id, VersionId: version });
          return (await client.send(request)).SecretString;
        } catch (error) {
          if (error instanceof ResourceNotFoundException) return undefined;
          throw error;
        }
      }),
    putPending: (version, value) =>
      attempt("written", async () => {
        const content = { ClientRequestToken: version, SecretString: value, VersionStages: [PENDING] };
        await client.send(new PutSecretValueCommand({ SecretId: id, ...content }));
      }),
    async promote({ from, to }) {
      await attempt("given another current version", () =>
        client.send(
          new UpdateSecretVersionStageCommand({
            ...{ SecretId: id, VersionStage: CURRENT, RemoveFromVersionId: from, MoveToVersionId: to },
          }),
        ),
      );
    },
  };
}

const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
