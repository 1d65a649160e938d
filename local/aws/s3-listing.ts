/** ListObjectsV2 and ListObjectVersions: the query's parameters in, XML out. */
import * as z from "zod";
import { AwsError } from "./aws-error.ts";
import type { Bucket, Version } from "./bucket.ts";
import { compareKeys, listPage } from "./list-page.ts";
import { leaf, node, xmlDocument } from "./xml.ts";

/** S3 lists no more on one page, whatever was asked for. */
const MAX_KEYS = 1_000;

const isoMs = (at: Date): string => at.toISOString();

/** @throws AwsError `InvalidArgument` for a limit or continuation token that is none. */
export function listObjectsV2(name: string, bucket: Bucket, query: URLSearchParams): string {
  const { page, text, echo } = listParameters(query);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after") ?? "";
  const begins = token === null ? (key: string) => compareKeys(key, startAfter) > 0 : parseToken(token);
  const { rows, commonPrefixes, last } = listPage(
    bucket.objects().filter(({ key }) => begins(key)),
    page,
  );
  return xmlDocument("ListBucketResult", [
    leaf("Name", name),
    ...echo,
    leaf("KeyCount", rows.length + commonPrefixes.length),
    leaf("IsTruncated", last !== undefined),
    token === null ? undefined : leaf("ContinuationToken", token),
    startAfter === "" ? undefined : leaf("StartAfter", text(startAfter)),
    last && leaf("NextContinuationToken", formatToken("key" in last ? { key: last.key } : last)),
    ...rows.map(({ key, lastModified, object }) =>
      node("Contents", [
        leaf("Key", text(key)),
        leaf("LastModified", isoMs(lastModified)),
        leaf("ETag", object.etag),
        leaf("Size", object.bytes.length),
        leaf("StorageClass", "STANDARD"),
      ]),
    ),
    ...commonPrefixes.map((prefix) => node("CommonPrefixes", [leaf("Prefix", text(prefix))])),
  ]);
}

/** @throws AwsError `InvalidArgument` for a limit that is none, or a version id marker without a key marker. */
export function listObjectVersions(name: string, bucket: Bucket, query: URLSearchParams): string {
  const { page, text, echo } = listParameters(query);
  const keyMarker = query.get("key-marker") ?? "";
  const versionIdMarker = query.get("version-id-marker") ?? "";
  if (versionIdMarker !== "" && keyMarker === "") {
    throw new AwsError(400, "InvalidArgument", "A version-id marker cannot be specified without a key marker.");
  }
  const all = bucket.versions();
  const newest = new Map<string, Version>();
  for (const version of all) if (!newest.has(version.key)) newest.set(version.key, version);

  const { rows, commonPrefixes, last } = listPage(versionsAfter(all, keyMarker, versionIdMarker, page.delimiter), page);
  return xmlDocument("ListVersionsResult", [
    leaf("Name", name),
    ...echo,
    leaf("IsTruncated", last !== undefined),
    leaf("KeyMarker", text(keyMarker)),
    leaf("VersionIdMarker", versionIdMarker),
    last && leaf("NextKeyMarker", text("key" in last ? last.key : last.commonPrefix)),
    last && "key" in last ? leaf("NextVersionIdMarker", last.versionId) : undefined,
    ...rows.map((version) =>
      node(version.object ? "Version" : "DeleteMarker", [
        leaf("Key", text(version.key)),
        leaf("VersionId", version.versionId),
        leaf("IsLatest", newest.get(version.key) === version),
        leaf("LastModified", isoMs(version.lastModified)),
        version.object && leaf("ETag", version.object.etag),
        version.object && leaf("Size", version.object.bytes.length),
        version.object && leaf("StorageClass", "STANDARD"),
      ]),
    ),
    ...commonPrefixes.map((prefix) => node("CommonPrefixes", [leaf("Prefix", text(prefix))])),
  ]);
}

/** After the marked version; with a key alone, after all of that key's, or of the common prefix that ended the page. */
function versionsAfter(all: readonly Version[], key: string, versionId: string, delimiter: string): readonly Version[] {
  if (key === "") return all;
  const marked = all.findIndex((version) => version.key === key && version.versionId === versionId);
  if (marked >= 0) return all.slice(marked + 1);
  const isRolledUp = delimiter !== "" && key.endsWith(delimiter);
  return all.filter((version) => compareKeys(version.key, key) > 0 && !(isRolledUp && version.key.startsWith(key)));
}

function listParameters(query: URLSearchParams) {
  const maxKeys = query.get("max-keys") ?? String(MAX_KEYS);
  if (!/^\d{1,9}$/.test(maxKeys)) throw new AwsError(400, "InvalidArgument", "max-keys is not a number from 0.");
  const isUrlEncoded = query.get("encoding-type") === "url";
  const text = (key: string): string => (isUrlEncoded ? encodeURIComponent(key).replaceAll("%2F", "/") : key);
  const page = {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    maxKeys: Math.min(Number(maxKeys), MAX_KEYS),
  };
  const echo = [
    leaf("Prefix", text(page.prefix)),
    page.delimiter === "" ? undefined : leaf("Delimiter", text(page.delimiter)),
    leaf("MaxKeys", page.maxKeys),
    isUrlEncoded ? leaf("EncodingType", "url") : undefined,
  ];
  return { page, text, echo };
}

const tokenSchema = z.union([z.strictObject({ key: z.string() }), z.strictObject({ commonPrefix: z.string() })]);
type Token = z.infer<typeof tokenSchema>;

const formatToken = (token: Token): string => Buffer.from(JSON.stringify(token)).toString("base64url");

/** Whether a key belongs to a later page than the token's. */
function parseToken(text: string): (key: string) => boolean {
  const token = readToken(text);
  if ("key" in token) return (key) => compareKeys(key, token.key) > 0;
  const { commonPrefix } = token;
  return (key) => compareKeys(key, commonPrefix) > 0 && !key.startsWith(commonPrefix);
}

function readToken(text: string): Token {
  try {
    return tokenSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
  } catch {
    throw new AwsError(400, "InvalidArgument", "The continuation token provided is incorrect");
  }
}
