/**
 * Multipart uploads under way. Kinder than S3 in one thing, so that tests stay small: a part may be shorter than 5 MiB.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
import { AwsError } from "./aws-error.ts";
import { type StoredObject, storedObject } from "./bucket.ts";
import { type Checksums, md5 } from "./checksums.ts";

/** S3's own limits: 10,000 parts; how many uploads may be open at once is ours. */
const MAX_PARTS = 10_000;
const MAX_UPLOADS = 1_000;

export interface NamedPart {
  readonly partNumber: number;
  readonly etag: string;
}

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, StoredObject>;
}

export function createMultipart({ newUploadId }: { readonly newUploadId: () => string }) {
  const uploads = new Map<string, Upload>();

  function find(bucket: string, key: string, uploadId: string): Upload {
    const upload = uploads.get(uploadId);
    if (upload?.bucket === bucket && upload.key === key) return upload;
    throw new AwsError(404, "NoSuchUpload", "The specified multipart upload does not exist.");
  }

  return {
    start(bucket: string, key: string, headers: Readonly<Record<string, string>>): string {
      if (uploads.size >= MAX_UPLOADS) throw new AwsError(503, "SlowDown", "Too many uploads are under way.");
      const uploadId = newUploadId();
      uploads.set(uploadId, { bucket, key, headers, parts: new Map() });
      return uploadId;
    },

    /** @returns the part's ETag; the same number again replaces the part. */
    addPart(target: readonly [string, string, string], number: number, bytes: Buffer, sums: Checksums): string {
      if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
        throw new AwsError(400, "InvalidArgument", `Part number must be an integer between 1 and ${MAX_PARTS}.`);
      }
      const part = storedObject(bytes, {}, sums);
      find(...target).parts.set(number, part);
      return part.etag;
    },

    /**
     * The object that the named parts make; the upload stays open until it is ended, for the write may yet be refused.
     *
     * @throws AwsError `InvalidPart`, `InvalidPartOrder`, `MalformedXML` for no parts, `NoSuchUpload`.
     */
    assemble(target: readonly [string, string, string], named: readonly NamedPart[]): StoredObject {
      const { parts, headers } = find(...target);
      if (named.length === 0) throw new AwsError(400, "MalformedXML", "A completion names at least one part.");
      if (named.some(({ partNumber }, index) => index > 0 && partNumber <= (named[index - 1]?.partNumber ?? 0))) {
        throw new AwsError(400, "InvalidPartOrder", "The list of parts was not in ascending order.");
      }
      const chosen = named.map(({ partNumber, etag }) => {
        const part = parts.get(partNumber);
        if (part && part.etag === quoted(etag)) return part;
        throw new AwsError(400, "InvalidPart", "A named part was not uploaded, or has another ETag.");
      });
      const object = storedObject(Buffer.concat(chosen.map(({ bytes }) => bytes)), headers);
      const etag = md5(Buffer.concat(chosen.map(({ bytes }) => md5(bytes)))).toString("hex");
      return { ...object, etag: `"${etag}-${chosen.length}"` };
    },

    end(bucket: string, key: string, uploadId: string): void {
      find(bucket, key, uploadId);
      uploads.delete(uploadId);
    },
  };
}

const quoted = (etag: string): string => (etag.startsWith('"') ? etag : `"${etag}"`);
