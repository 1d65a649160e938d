/** AWS Signature Version 4 of a request to the gateway, with the caller's AWS credentials. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { AwsCredentials } from "../terminal/aws-credentials.ts";

export interface Unsigned {
  readonly url: URL;
  readonly region: string;
  readonly body: Buffer;
}

/** The service name under which API Gateway authorizes calls. */
const SERVICE = "execute-api";

/** @returns the headers of a POST. */
export async function signedHeaders(
  { url, region, body }: Unsigned,
  credentials: AwsCredentials,
  now: Date,
): Promise<Record<string, string>> {
  const { SignatureV4 } = await import("@smithy/signature-v4"); // imported here, because commands for evidence do not need it
  const signer = new SignatureV4({ service: SERVICE, region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign(
    {
      method: "POST",
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      body,
      headers: { host: url.host, "content-type": "application/json", "content-length": `${body.length}` },
    },
    { signingDate: now, unsignableHeaders: new Set(["content-length"]) }, // a proxy may change it
  );
  return headers;
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** The hash that the signer needs: SHA-256, or HMAC-SHA-256 if there is a secret. */
class Sha256 {
  readonly #secret: SourceData | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = started(secret);
  }
  update(bytes: SourceData): void {
    this.#hash.update(bytesOf(bytes));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = started(this.#secret);
  }
}

const started = (secret: SourceData | undefined): Hash | Hmac =>
  secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));

const bytesOf = (data: SourceData): Buffer =>
  typeof data === "string"
    ? Buffer.from(data)
    : ArrayBuffer.isView(data)
      ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      : Buffer.from(data);
