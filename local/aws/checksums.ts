/**
 * The checksums that S3 stores with an object. CRC32, SHA256 and SHA1 are verified. CRC32C and CRC64NVME are refused, because Node
 * cannot calculate them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { AwsError } from "./aws-error.ts";

/** By header name, in base64: `{"x-amz-checksum-crc32": "…"}`. */
export type Checksums = Readonly<Record<string, string>>;

const CALCULATE: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  "x-amz-checksum-crc32": crc32Base64,
  "x-amz-checksum-sha1": (bytes) => createHash("sha1").update(bytes).digest("base64"),
  "x-amz-checksum-sha256": (bytes) => createHash("sha256").update(bytes).digest("base64"),
};

const UNSUPPORTED = ["x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme"];

/**
 * Verifies the checksums that a request states for its body. If it states none, returns the body's CRC32.
 *
 * @param stated - headers of the request, names in lower case.
 * @throws AwsError `BadDigest` if one is wrong (`content-md5` too), `NotImplemented` for an algorithm that is not supported.
 */
export function verifiedChecksums(
  bytes: Uint8Array,
  stated: Readonly<Record<string, string | readonly string[] | undefined>>,
): Checksums {
  const unsupported = UNSUPPORTED.find((name) => stated[name] !== undefined);
  if (unsupported) throw new AwsError(501, "NotImplemented", `${unsupported} cannot be verified by the stand-in`);
  if (stated["content-md5"] !== undefined && stated["content-md5"] !== md5(bytes).toString("base64")) {
    throw new AwsError(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  const found: Record<string, string> = {};
  for (const [name, calculate] of Object.entries(CALCULATE)) {
    if (stated[name] === undefined) continue;
    const actual = calculate(bytes);
    if (stated[name] !== actual) throw new AwsError(400, "BadDigest", `The ${name} you specified did not match.`);
    found[name] = actual;
  }
  return Object.keys(found).length > 0 ? found : defaultChecksums(bytes);
}

export const defaultChecksums = (bytes: Uint8Array): Checksums => ({ "x-amz-checksum-crc32": crc32Base64(bytes) });

export const md5 = (bytes: Uint8Array): Buffer => createHash("md5").update(bytes).digest();

function crc32Base64(bytes: Uint8Array): string {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(crc32(bytes));
  return four.toString("base64");
}
