/**
 * Secrets, their versions and the staging labels that say which version is which. In memory; knows no HTTP.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
import { AwsError } from "./aws-error.ts";

const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";
/** Secrets Manager too keeps about a hundred versions and drops those without a label first. */
const MAX_VERSIONS = 100;

export interface SecretValue {
  readonly SecretString?: string | undefined;
  /** Base64, as on the wire. */
  readonly SecretBinary?: string | undefined;
}

export interface SecretVersion extends SecretValue {
  readonly versionId: string;
  readonly createdAt: Date;
  readonly stages: Set<string>;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly createdAt: Date;
  /** Oldest first. */
  readonly versions: Map<string, SecretVersion>;
  changedAt: Date;
  /** Set while the secret waits for its end: it can then only be described. */
  deletedAt: Date | undefined;
}

export interface SecretStoreDeps {
  readonly now: () => Date;
  /** Begins every ARN: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:` */
  readonly arnPrefix: string;
  /** Six letters or digits that AWS puts behind the name in an ARN. */
  readonly newArnSuffix: () => string;
}

export function createSecretStore({ now, arnPrefix, newArnSuffix }: SecretStoreDeps) {
  const secrets = new Map<string, Secret>();

  /** @param id - the name, the ARN, or the ARN without its random end. */
  const lookUp = (id: string): Secret | undefined =>
    [...secrets.values()].find(({ name, arn }) => [name, arn, arn.slice(0, -7)].includes(id));

  function find(id: string): Secret {
    const named = lookUp(id);
    if (named) return named;
    throw new AwsError(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }

  function findUsable(id: string): Secret {
    const secret = find(id);
    if (!secret.deletedAt) return secret;
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
  }

  /** Gives a label to one version and so takes it from another; what was current becomes the previous one. */
  function moveStage(secret: Secret, stage: string, to: SecretVersion): void {
    const from = [...secret.versions.values()].find(({ stages }) => stages.has(stage));
    if (from === to) return;
    from?.stages.delete(stage);
    to.stages.add(stage);
    if (stage !== CURRENT) return;
    to.stages.delete(PREVIOUS);
    if (from) moveStage(secret, PREVIOUS, from);
  }

  /** @throws AwsError `ResourceExistsException` when the version id already stands for another value. */
  function putVersion(id: string, value: SecretValue, versionId: string, stages: readonly string[]): SecretVersion {
    const secret = findUsable(id);
    const stored = secret.versions.get(versionId);
    if (stored) {
      if (stored.SecretString === value.SecretString && stored.SecretBinary === value.SecretBinary) return stored;
      throw resourceExists("The version id is already used by a version with another value.");
    }
    const version: SecretVersion = { ...value, versionId, createdAt: now(), stages: new Set() };
    const isFirst = secret.versions.size === 0;
    secret.versions.set(versionId, version);
    secret.changedAt = version.createdAt;
    for (const stage of isFirst ? new Set([CURRENT, ...stages]) : stages) moveStage(secret, stage, version);
    dropUnlabelled(secret);
    return version;
  }

  return {
    find,
    findUsable,
    putVersion,
    list: (): Secret[] => [...secrets.values()],
    has: (name: string): boolean => secrets.has(name),
    lookUp,

    /** @throws AwsError `ResourceExistsException`, or `InvalidRequestException` while one of that name waits for its end. */
    create(name: string, description?: string): Secret {
      const known = secrets.get(name);
      if (known?.deletedAt) throw invalidRequest("A secret with this name is already scheduled for deletion.");
      if (known) throw resourceExists(`The secret ${name} already exists.`);
      const createdAt = now();
      const arn = `${arnPrefix}${name}-${newArnSuffix()}`;
      const secret = { name, arn, description, createdAt, changedAt: createdAt, deletedAt: undefined };
      const stored: Secret = { ...secret, versions: new Map() };
      secrets.set(name, stored);
      return stored;
    },

    /** The current version unless said otherwise. A version id and a label must mean the same version. */
    version(secret: Secret, versionId: string | undefined, stage: string | undefined): SecretVersion {
      const found = [...secret.versions.values()].find((version) =>
        versionId === undefined ? version.stages.has(stage ?? CURRENT) : version.versionId === versionId,
      );
      const asked = versionId === undefined ? `staging label: ${stage ?? CURRENT}` : `VersionId: ${versionId}`;
      if (!found) {
        const message = `Secrets Manager can't find the specified secret value for ${asked}`;
        throw new AwsError(400, "ResourceNotFoundException", message);
      }
      if (stage !== undefined && !found.stages.has(stage)) {
        throw invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
      }
      return found;
    },

    /** @throws AwsError `InvalidParameterException` when `from` is not the version that has the label now. */
    updateStage(secret: Secret, stage: string, from: string | undefined, to: string | undefined): void {
      const holder = [...secret.versions.values()].find(({ stages }) => stages.has(stage));
      for (const id of [from, to]) {
        if (id !== undefined && !secret.versions.has(id)) {
          throw new AwsError(400, "ResourceNotFoundException", `There is no version ${id}.`);
        }
      }
      if (holder && holder.versionId !== to && holder.versionId !== from) {
        throw invalidParameter(`RemoveFromVersionId must be ${holder.versionId}, which has ${stage} now.`);
      }
      if (from !== undefined && holder?.versionId !== from) {
        throw invalidParameter(`The staging label ${stage} is not attached to version ${from}.`);
      }
      const target = to === undefined ? undefined : secret.versions.get(to);
      if (target) moveStage(secret, stage, target);
      else if (stage === CURRENT) throw invalidParameter(`${CURRENT} can be moved, not removed.`);
      else holder?.stages.delete(stage);
      secret.changedAt = now();
    },

    /** @param recoveryDays - undefined: at once and for good. */
    remove(id: string, recoveryDays: number | undefined): { secret: Secret; endsAt: Date } {
      const secret = recoveryDays === undefined ? find(id) : findUsable(id);
      if (recoveryDays === undefined) secrets.delete(secret.name);
      else secret.deletedAt = now();
      return { secret, endsAt: new Date(now().getTime() + (recoveryDays ?? 0) * 86_400_000) };
    },
  };
}

function dropUnlabelled({ versions }: Secret): void {
  for (const { versionId, stages } of versions.values()) {
    if (versions.size <= MAX_VERSIONS) return;
    if (stages.size === 0) versions.delete(versionId);
  }
}

const invalidRequest = (message: string) => new AwsError(400, "InvalidRequestException", message);
const resourceExists = (message: string) => new AwsError(400, "ResourceExistsException", message);
export const invalidParameter = (message: string) => new AwsError(400, "InvalidParameterException", message);
