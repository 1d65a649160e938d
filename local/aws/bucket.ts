/**
 * One S3 bucket in memory, with conditional writes. Every function is synchronous, so checking the condition and writing are
 * one step: of any number of racing writers exactly one wins. Keeps the current version of each object only.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { AwsError } from "./aws-error.ts";
import { type Checksums, defaultChecksums, md5 } from "./checksums.ts";

export interface StoredObject {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Quoted, as in the response. */
  readonly etag: string;
  /** Stored with the object and returned with it: content-type, content-encoding, and the version id of a versioned bucket. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksums: Checksums;
  readonly lastModified: Date;
}

export interface NewObject {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly checksums?: Checksums;
}

export interface BucketSettings {
  /** Gives every stored object a version id. Default false. */
  readonly versioned?: boolean;
  /** Answers 403 to every delete, as the deployed bucket's policy does. Default false. */
  readonly denyDelete?: boolean;
}

export class Bucket {
  readonly denyDelete: boolean;
  readonly isVersioned: boolean;
  /** The text of the bucket's policy. It is stored and returned; of its statements only `denyDelete` has an effect. */
  policy: string | undefined;
  readonly #newVersionId: () => string;
  readonly #objects = new Map<string, StoredObject>();

  constructor(newVersionId: () => string, { versioned = false, denyDelete = false }: BucketSettings = {}) {
    this.#newVersionId = newVersionId;
    this.isVersioned = versioned;
    this.denyDelete = denyDelete;
  }

  /**
   * @param ifNoneMatch - `*`: write only if there is no object of this key.
   * @throws AwsError `PreconditionFailed`; then nothing is written.
   */
  put(
    { key, bytes, headers = {}, checksums = defaultChecksums(bytes) }: NewObject,
    ifNoneMatch?: string,
  ): StoredObject {
    if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
      throw new AwsError(501, "NotImplemented", "The only If-None-Match value of a write is *.");
    }
    if (ifNoneMatch !== undefined && this.#objects.has(key)) {
      throw new AwsError(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
    }
    const version = this.isVersioned ? { "x-amz-version-id": this.#newVersionId() } : {};
    const etag = `"${md5(bytes).toString("hex")}"`;
    const object = { key, bytes, etag, headers: { ...headers, ...version }, checksums, lastModified: new Date() };
    this.#objects.set(key, object);
    return object;
  }

  /** @throws AwsError `NoSuchKey`. */
  get(key: string): StoredObject {
    const object = this.#objects.get(key);
    if (!object) throw new AwsError(404, "NoSuchKey", "The specified key does not exist.");
    return object;
  }

  find(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** In S3's order: by the bytes of the keys in UTF-8, which JavaScript's order differs from beyond U+FFFF. */
  objects(): StoredObject[] {
    return [...this.#objects.values()].sort((a, b) => compareKeys(a.key, b.key));
  }

  /** @throws AwsError `NoSuchBucketPolicy`. */
  policyText(): string {
    if (this.policy === undefined) throw new AwsError(404, "NoSuchBucketPolicy", "The bucket policy does not exist");
    return this.policy;
  }

  /** Replaces the bytes and their checksums; version id and time stay. Checks no rule of the service. */
  tamper(key: string, bytes: Uint8Array): void {
    const etag = `"${md5(bytes).toString("hex")}"`;
    this.#objects.set(key, { ...this.get(key), bytes, etag, checksums: defaultChecksums(bytes) });
  }

  /** Removes an object, even where deletes are denied. Returns false if there was none. */
  erase(key: string): boolean {
    return this.#objects.delete(key);
  }
}

export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
