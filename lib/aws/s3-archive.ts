/** The S3 archive of write-once objects: snapshots and manifests. */
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { OffairError } from "../core/errors.ts";

export interface Archive {
  /**
   * Stores a new object; does nothing if the same bytes are already stored under this name.
   *
   * @throws OffairError `ERR_ARCHIVE_CONFLICT` if other bytes are stored under this name; they are kept. `ERR_ARCHIVE` if the bucket cannot
   *   be written.
   */
  store(name: string, bytes: Uint8Array, type: { contentType: string; contentEncoding?: string }): Promise<void>;
  /** Undefined if there is no such object. @throws OffairError `ERR_ARCHIVE` */
  read(name: string): Promise<Uint8Array | undefined>;
  /**
   * Lists all names, or those with a prefix, in byte order.
   *
   * @throws OffairError `ERR_ARCHIVE`
   */
  names(prefix?: string): AsyncIterable<string>;
}

export function createArchive(client: S3Client, bucket: string): Archive {
  async function read(name: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
      return await Body?.transformToByteArray();
    } catch (cause) {
      if (cause instanceof NoSuchKey) return undefined;
      throw new OffairError("ERR_ARCHIVE", `the object ${name} of the bucket ${bucket} cannot be read`, { cause });
    }
  }

  async function* names(prefix = ""): AsyncGenerator<string> {
    let next: string | undefined;
    do {
      const page = await client
        .send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            EncodingType: "url", // a name may have characters that XML cannot represent
            ...(next !== undefined && { ContinuationToken: next }),
          }),
        )
        .catch((cause: unknown) => {
          const below = prefix === "" ? "" : ` below ${prefix}`;
          throw new OffairError("ERR_ARCHIVE", `the bucket ${bucket} cannot be listed${below}`, { cause });
        });
      for (const { Key: key } of page.Contents ?? []) if (key !== undefined) yield decodeName(key);
      next = page.NextContinuationToken;
    } while (next !== undefined);
  }

  return {
    read,
    names,
    async store(name, bytes, { contentType, contentEncoding }) {
      try {
        const type = { ContentType: contentType, ...(contentEncoding && { ContentEncoding: contentEncoding }) };
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: bytes, IfNoneMatch: "*", ...type }));
      } catch (cause) {
        // 412: the object exists. 409: another writer is storing it now (ConditionalRequestConflict).
        const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
        if (status !== 412 && status !== 409) {
          throw new OffairError("ERR_ARCHIVE", `the object ${name} cannot be stored`, { cause });
        }
        const stored = await read(name);
        if (!stored) throw new OffairError("ERR_ARCHIVE", `another writer is storing the object ${name}`, { cause });
        if (Buffer.from(stored).equals(bytes)) return; // stored by an attempt whose response was lost
        throw new OffairError("ERR_ARCHIVE_CONFLICT", `another object is stored as ${name}`, { cause });
      }
    },
  };
}

/** Decodes a name of a list, where S3 encodes a space as "+". */
const decodeName = (encoded: string): string => decodeURIComponent(encoded.replaceAll("+", "%20"));
