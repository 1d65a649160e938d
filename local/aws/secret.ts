/**
 * One secret with its versions and their staging labels. A label is attached to one version at most; a version without a label is
 * deprecated: it can be read by its id, and DescribeSecret leaves it out.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
import { AwsError } from "./aws-error.ts";

export interface SecretVersion {
  readonly id: string;
  /** Missing until the first PutSecretValue of a version that a rotation began. */
  readonly value?: string | Uint8Array;
  readonly createdAt: Date;
}

export interface LabelMove {
  readonly label: string;
  /** The version that has the label now. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const CURRENT = "AWSCURRENT";

export class Secret {
  readonly name: string;
  readonly arn: string;
  readonly #versions = new Map<string, SecretVersion>();
  readonly #versionOf = new Map<string, string>();

  constructor(name: string, arn: string) {
    this.name = name;
    this.arn = arn;
  }

  /**
   * A version that exists with the same value is left as it is; its labels too.
   *
   * @throws AwsError `ResourceExistsException` if the version has another value.
   * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
   */
  put(id: string, value: string | Uint8Array, labels: readonly string[] = [CURRENT]): void {
    const known = this.#versions.get(id)?.value;
    if (known !== undefined) {
      if (Buffer.compare(Buffer.from(known), Buffer.from(value)) === 0 && typeof known === typeof value) return;
      throw new AwsError(400, "ResourceExistsException", `You can't modify an existing version: ${id}.`);
    }
    const isFirst = !this.#versionOf.has(CURRENT);
    this.#versions.set(id, { id, value, createdAt: new Date() });
    for (const label of isFirst ? [CURRENT, ...labels] : labels) this.#attach(label, id);
  }

  /** Begins a rotation as Secrets Manager does before it invokes the function: attaches the label to a version without a value. */
  beginRotation(id: string): void {
    this.#versions.set(id, { id, createdAt: new Date() });
    this.#attach("AWSPENDING", id);
  }

  /** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
  moveLabel({ label, from, to }: LabelMove): void {
    for (const id of [from, to]) if (id !== undefined) this.#existing(id);
    const holder = this.#versionOf.get(label);
    if (from !== undefined && from !== holder) {
      throw new AwsError(400, "InvalidParameterException", `The label ${label} is not attached to version ${from}.`);
    }
    if (to === undefined) {
      if (from === undefined || label === CURRENT) {
        throw new AwsError(400, "InvalidParameterException", `Name the version that ${label} moves to.`);
      }
      this.#versionOf.delete(label);
      return;
    }
    if (holder !== undefined && holder !== to && from === undefined) {
      const message = `${label} is attached to version ${holder}, so that version must be named in RemoveFromVersionId.`;
      throw new AwsError(400, "InvalidParameterException", message);
    }
    this.#attach(label, to);
  }

  /**
   * @param id - and `label` must be of the same version if both are given.
   * @throws AwsError `ResourceNotFoundException`, also for a version without a value.
   */
  read({ id, label }: { readonly id?: string | undefined; readonly label?: string | undefined }): SecretVersion {
    if (id === undefined) {
      const holder = this.#versionOf.get(label ?? CURRENT);
      const found = holder === undefined ? undefined : this.#versions.get(holder);
      if (found?.value !== undefined) return found;
      throw notFound(`the specified secret value for staging label: ${label ?? CURRENT}`);
    }
    const found = this.#versions.get(id);
    if (found?.value === undefined) throw notFound(`the specified secret value for VersionId: ${id}`);
    if (label !== undefined && this.#versionOf.get(label) !== id) {
      throw new AwsError(400, "InvalidRequestException", `The label ${label} is not attached to version ${id}.`);
    }
    return found;
  }

  labelsOf(id: string): string[] {
    return [...this.#versionOf].filter(([, holder]) => holder === id).map(([label]) => label);
  }

  /** The versions that have a label. */
  stages(): Record<string, string[]> {
    return Object.fromEntries([...new Set(this.#versionOf.values())].map((id) => [id, this.labelsOf(id)]));
  }

  /** Moving AWSCURRENT attaches AWSPREVIOUS to the version that it left. */
  #attach(label: string, id: string): void {
    const holder = this.#versionOf.get(label);
    if (holder === id) return;
    this.#versionOf.set(label, id);
    if (label === CURRENT && holder !== undefined) this.#versionOf.set("AWSPREVIOUS", holder);
  }

  #existing(id: string): void {
    if (!this.#versions.has(id)) throw notFound(`the specified secret version: ${id}`);
  }
}

const notFound = (what: string): AwsError =>
  new AwsError(400, "ResourceNotFoundException", `Secrets Manager can't find ${what}.`);
