/**
 * One bucket in memory: objects, their versions, conditional writes. Every function is synchronous, so a condition and its
 * write are one step and of any number of racing writers exactly one wins.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html, …/userguide/Versioning.html
 */
import { AwsError } from "./aws-error.ts";
import { type Checksums, defaultChecksums, md5 } from "./checksums.ts";
import { compareKeys } from "./list-page.ts";

/** `null` is the version id of whatever was written while versions were not kept. */
const UNVERSIONED = "null";

export type Versioning = "Off" | "Enabled" | "Suspended";

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Quoted, as on the wire. */
  readonly etag: string;
  /** What came with it and goes out with it: content-type, x-amz-meta-… */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksums: Checksums;
}

export interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: Date;
  /** Undefined for a delete marker. */
  readonly object: StoredObject | undefined;
}

export interface Conditions {
  /** An ETag as given by S3, or `*`: only over exactly that object. */
  readonly ifMatch?: string | undefined;
  /** `*`: only where there is none. */
  readonly ifNoneMatch?: string | undefined;
}

export interface BucketSettings {
  /** Keeps every version from the start. Default false. */
  readonly versioned?: boolean;
  /** Answers 403 to every delete, of versions too, as the deployed bucket's policy does. Default false. */
  readonly denyDelete?: boolean;
}

export type Bucket = ReturnType<typeof createBucket>;

export const storedObject = (bytes: Uint8Array, headers = {}, checksums = defaultChecksums(bytes)): StoredObject => ({
  bytes,
  etag: `"${md5(bytes).toString("hex")}"`,
  headers,
  checksums,
});

export function createBucket(
  { now, newVersionId }: { readonly now: () => Date; readonly newVersionId: () => string },
  { versioned = false, denyDelete = false }: BucketSettings = {},
) {
  /** Newest first. */
  const history = new Map<string, Version[]>();
  let versioning: Versioning = versioned ? "Enabled" : "Off";

  const versionsOf = (key: string): Version[] => history.get(key) ?? [];

  function keep(key: string, versions: Version[]): void {
    if (versions.length > 0) history.set(key, versions);
    else history.delete(key);
  }

  function add(key: string, object: StoredObject | undefined): Version {
    const versionId = versioning === "Enabled" ? newVersionId() : UNVERSIONED;
    const version = { key, versionId, lastModified: now(), object };
    keep(key, [version, ...versionsOf(key).filter((older) => older.versionId !== versionId)]);
    return version;
  }

  return {
    versioning: () => versioning,
    setVersioning(status: Exclude<Versioning, "Off">): void {
      versioning = status;
    },

    /**
     * @throws AwsError `PreconditionFailed`, or `NoSuchKey` when there is nothing for `ifMatch`; then nothing is written.
     */
    put(key: string, object: StoredObject, conditions: Conditions = {}): Version {
      checkWrite(versionsOf(key)[0]?.object, conditions);
      return add(key, object);
    },

    /** @throws AwsError `NoSuchKey`, `NoSuchVersion`, or `MethodNotAllowed` for the version id of a delete marker. */
    get(key: string, versionId?: string): Version & { readonly object: StoredObject } {
      const marker = { "x-amz-delete-marker": "true" };
      const found =
        versionId === undefined
          ? versionsOf(key)[0]
          : versionsOf(key).find((version) => version.versionId === versionId);
      if (found?.object) return { ...found, object: found.object };
      if (versionId === undefined) throw noSuchKey(found && { ...marker, "x-amz-version-id": found.versionId });
      if (found) throw new AwsError(405, "MethodNotAllowed", "This version is a delete marker.", marker);
      throw new AwsError(404, "NoSuchVersion", "The specified version does not exist.");
    },

    /**
     * Without a version id, hides the object behind a marker where versions are kept, and removes it where they are not.
     *
     * @returns the marker that was added, or the version that was removed, if any.
     * @throws AwsError `AccessDenied` in a bucket that denies deletes.
     */
    remove(key: string, versionId?: string): Version | undefined {
      if (denyDelete) throw new AwsError(403, "AccessDenied", "Access Denied by the bucket's policy.");
      if (versionId === undefined && versioning !== "Off") return add(key, undefined);
      const gone = versionsOf(key).find((version) => version.versionId === (versionId ?? UNVERSIONED));
      keep(
        key,
        versionsOf(key).filter((version) => version !== gone),
      );
      return gone;
    },

    /** Every version and delete marker, keys in UTF-8 order, newest first. */
    versions: (): Version[] => [...history.keys()].sort(compareKeys).flatMap(versionsOf),

    /** What an unversioned reader sees, in the same order. */
    objects(): (Version & { readonly object: StoredObject })[] {
      const current = [...history.keys()].sort(compareKeys).map((key) => versionsOf(key)[0]);
      return current.flatMap((version) => (version?.object ? [{ ...version, object: version.object }] : []));
    },

    /** Other bytes under the same name, version id and time, with sums to match: no rule of the service is asked. */
    tamper(key: string, bytes: Uint8Array): void {
      const [current, ...older] = versionsOf(key);
      if (!current?.object) throw noSuchKey();
      keep(key, [{ ...current, object: storedObject(Uint8Array.from(bytes), current.object.headers) }, ...older]);
    },

    /** Every version of a key gone without a trace, also where deletes are denied. */
    erase: (key: string): boolean => history.delete(key),
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, If-Match and If-None-Match. */
function checkWrite(current: StoredObject | undefined, { ifMatch, ifNoneMatch }: Conditions): void {
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
    throw new AwsError(501, "NotImplemented", "A write takes no If-None-Match but *.");
  }
  if (ifNoneMatch !== undefined && current) throw preconditionFailed();
  if (ifMatch === undefined) return;
  if (!current) throw noSuchKey();
  if (ifMatch !== "*" && ifMatch !== current.etag) throw preconditionFailed();
}

export const preconditionFailed = () =>
  new AwsError(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");

const noSuchKey = (headers?: Readonly<Record<string, string>>) =>
  new AwsError(404, "NoSuchKey", "The specified key does not exist.", headers);
