/** The S3 operations: one entry each, from a verified request to its answer. Knows no socket and no signature. */
import { AwsError } from "./aws-error.ts";
import {
  type Bucket,
  type BucketSettings,
  createBucket,
  preconditionFailed,
  storedObject,
  type Version,
} from "./bucket.ts";
import type { HttpAnswer, HttpRequest } from "./loopback-server.ts";
import { createMultipart } from "./multipart.ts";
import { listObjectsV2, listObjectVersions } from "./s3-listing.ts";
import { byteRange, conditionsOf, header, readPayload, storedHeaders } from "./s3-request.ts";
import type { S3Operation, S3Target } from "./s3-route.ts";
import { innerXml, leaf, textOf, xmlDocument } from "./xml.ts";

/** What an operation sees of its request. */
export interface S3Call extends S3Target {
  readonly operation: S3Operation;
  readonly query: URLSearchParams;
  readonly request: HttpRequest;
}

export interface S3ApiDeps {
  readonly now: () => Date;
  readonly newId: () => string;
}

export function createS3Api({ now, newId }: S3ApiDeps) {
  const buckets = new Map<string, Bucket>();
  const multipart = createMultipart({ newUploadId: newId });

  function create(name: string, settings: BucketSettings = {}): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new AwsError(400, "InvalidBucketName", "The specified bucket is not valid.");
    }
    if (buckets.has(name)) throw new AwsError(409, "BucketAlreadyOwnedByYou", "You already own this bucket.");
    buckets.set(name, createBucket({ now, newVersionId: newId }, settings));
  }

  function find(name: string): Bucket {
    const bucket = buckets.get(name);
    if (!bucket) throw new AwsError(404, "NoSuchBucket", "The specified bucket does not exist");
    return bucket;
  }

  const versionHeader = (bucket: Bucket, version: Version | undefined): Record<string, string> =>
    version && bucket.versioning() !== "Off" ? { "x-amz-version-id": version.versionId } : {};

  function read({ bucket: name, key, query, request: { headers } }: S3Call): HttpAnswer {
    const bucket = find(name);
    const version = bucket.get(key, query.get("versionId") ?? undefined);
    const { object } = version;
    const common = {
      ...object.headers,
      etag: object.etag,
      "last-modified": version.lastModified.toUTCString(),
      "accept-ranges": "bytes",
      ...versionHeader(bucket, version),
    };
    const { ifMatch, ifNoneMatch } = conditionsOf(headers);
    if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== object.etag) throw preconditionFailed();
    if (ifNoneMatch === "*" || ifNoneMatch === object.etag) return { status: 304, headers: { etag: object.etag } };

    const range = byteRange(header(headers, "range"), object.bytes.length);
    if (range) {
      const [first, last] = range;
      const contentRange = `bytes ${first}-${last}/${object.bytes.length}`;
      return {
        status: 206,
        headers: { ...common, "content-range": contentRange },
        body: object.bytes.subarray(first, last + 1),
      };
    }
    // S3 tells the checksums only to whoever asks, and of the whole object only.
    const wantsChecksums = header(headers, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
    return { status: 200, headers: { ...common, ...(wantsChecksums ? object.checksums : {}) }, body: object.bytes };
  }

  const operations: Readonly<Record<S3Operation, (call: S3Call) => HttpAnswer>> = {
    CreateBucket({ bucket }) {
      create(bucket);
      return { status: 200, headers: { location: `/${bucket}` } };
    },
    HeadBucket({ bucket }) {
      find(bucket);
      return { status: 200 };
    },
    PutBucketVersioning({ bucket, request }) {
      const status = textOf(request.body.toString(), "Status");
      if (status !== "Enabled" && status !== "Suspended") {
        throw new AwsError(400, "IllegalVersioningConfigurationException", "Status is Enabled or Suspended.");
      }
      find(bucket).setVersioning(status);
      return { status: 200 };
    },
    GetBucketVersioning({ bucket }) {
      const versioning = find(bucket).versioning();
      return xml("VersioningConfiguration", versioning === "Off" ? [] : [leaf("Status", versioning)]);
    },
    ListObjectsV2: ({ bucket, query }) => xmlAnswer(listObjectsV2(bucket, find(bucket), query)),
    ListObjectVersions: ({ bucket, query }) => xmlAnswer(listObjectVersions(bucket, find(bucket), query)),

    PutObject({ bucket: name, key, request }) {
      const bucket = find(name);
      const { bytes, checksums } = readPayload(request);
      const object = storedObject(bytes, storedHeaders(request.headers), checksums);
      const version = bucket.put(key, object, conditionsOf(request.headers));
      return { status: 200, headers: { etag: object.etag, ...checksums, ...versionHeader(bucket, version) } };
    },
    GetObject: read,
    HeadObject: read,
    DeleteObject({ bucket: name, key, query }) {
      const bucket = find(name);
      const version = bucket.remove(key, query.get("versionId") ?? undefined);
      const isMarker = version !== undefined && version.object === undefined;
      const marker: Record<string, string> = isMarker ? { "x-amz-delete-marker": "true" } : {};
      return { status: 204, headers: { ...marker, ...versionHeader(bucket, version) } };
    },

    CreateMultipartUpload({ bucket, key, request }) {
      find(bucket);
      const uploadId = multipart.start(bucket, key, storedHeaders(request.headers));
      return xml("InitiateMultipartUploadResult", [
        leaf("Bucket", bucket),
        leaf("Key", key),
        leaf("UploadId", uploadId),
      ]);
    },
    UploadPart({ bucket, key, query, request }) {
      const { bytes, checksums } = readPayload(request);
      const target = [bucket, key, query.get("uploadId") ?? ""] as const;
      const etag = multipart.addPart(target, Number(query.get("partNumber")), bytes, checksums);
      return { status: 200, headers: { etag, ...checksums } };
    },
    CompleteMultipartUpload({ bucket: name, key, query, request }) {
      const bucket = find(name);
      const target = [name, key, query.get("uploadId") ?? ""] as const;
      const named = innerXml(request.body.toString(), "Part").map((part) => ({
        partNumber: Number(textOf(part, "PartNumber")),
        etag: textOf(part, "ETag") ?? "",
      }));
      const object = multipart.assemble(target, named);
      const version = bucket.put(key, object, conditionsOf(request.headers));
      multipart.end(...target);
      const result = [leaf("Bucket", name), leaf("Key", key), leaf("ETag", object.etag)];
      return xml("CompleteMultipartUploadResult", result, versionHeader(bucket, version));
    },
    AbortMultipartUpload({ bucket, key, query }) {
      multipart.end(bucket, key, query.get("uploadId") ?? "");
      return { status: 204 };
    },
  };

  return {
    create,
    find,
    /** @throws AwsError, whatever S3 would answer. */
    execute(call: S3Call): HttpAnswer {
      if (Buffer.byteLength(call.key) > 1_024) throw new AwsError(400, "KeyTooLongError", "Your key is too long");
      return operations[call.operation](call);
    },
  };
}

const xmlAnswer = (body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer => ({
  status: 200,
  headers: { "content-type": "application/xml", ...headers },
  body,
});

const xml = (name: string, children: readonly string[], headers: Readonly<Record<string, string>> = {}): HttpAnswer =>
  xmlAnswer(xmlDocument(name, children), headers);
