/** Signs one block-once and one list request: with offair, with Huawei's own signer, and with the required hashes only. */
import { strict as assert } from "node:assert";
import { createHmac, hash } from "node:crypto";
import {
  canonicalQuery,
  canonicalRequest,
  formatSdkDate,
  type SignableRequest,
  sign as signOurs,
  stringToSign,
} from "../lib/huawei/api/sign.ts";
import { expectedCanonicalRequest, parseAuthorization, signatureMatches } from "../local/live/signature.ts";
import type { Bench, Row } from "./bench.ts";
import { type SdkRequest, sdkSigner } from "./rivals/sign.ts";
import { type Side, takeTurns } from "./take-turns.ts";

const HOST = "live.ap-southeast-3.myhuaweicloud.com";
const PROJECT_ID = "0123456789abcdef0123456789abcdef";
const KEY = { ak: "BENCHACCESSKEY000001", sk: "a-secret-key-of-forty-characters-0123456" };
const CREDENTIAL = { getAk: () => KEY.ak, getSk: () => KEY.sk };

/** An unsigned call, without its date. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: SignableRequest["query"];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}
const BLOCK_ONCE: Call = {
  method: "POST",
  path: `/v1/${PROJECT_ID}/stream/block-once`,
  query: [],
  headers: { "content-type": "application/json", "x-project-id": PROJECT_ID },
  body: { domain: "publish.example.huawei.com", app_name: "live", stream_name: "room-42" },
};
const LIST: Call = {
  method: "GET",
  path: `/v1/${PROJECT_ID}/stream/blocks`,
  query: [
    ["domain", "publish.example.huawei.com"],
    ["page", "0"],
    ["size", "100"],
  ],
  headers: { "x-project-id": PROJECT_ID },
};
const CALLS = [BLOCK_ONCE, LIST];

/** Signs as lib/huawei/api/send.ts does: serialises the body once, and sends it as signed. */
function signableOf({ method, path, query, headers, body }: Call, now: Date): SignableRequest {
  const dated = { host: HOST, ...headers, "x-sdk-date": formatSdkDate(now) };
  return { method, path, query, headers: dated, body: body === undefined ? "" : JSON.stringify(body) };
}

/** Prepares the request as the SDK's client does; the signer serialises the body, and reads its own clock. */
const sdkRequestOf = ({ method, path, query, headers, body }: Call): SdkRequest => ({
  ...{ endpoint: `https://${HOST}${path}`, method, queryParams: Object.fromEntries(query), headers },
  ...(body && { data: body }),
});

const ours: Side = (times) => {
  for (let i = 0; i < times; i++) for (const call of CALLS) signOurs(signableOf(call, new Date()), KEY).authorization;
};

const rival: Side = (times) => {
  for (let i = 0; i < times; i++) for (const call of CALLS) sdkSigner.sign(sdkRequestOf(call), CREDENTIAL);
};

/** Hashes prepared texts: the body, the canonical request, the string to sign. */
function floor(): Side {
  const ready = CALLS.map((call) => {
    const signable = signableOf(call, new Date());
    const canonical = canonicalRequest(signable);
    return { body: signable.body, canonical, toSign: stringToSign(formatSdkDate(new Date()), canonical) };
  });
  return (times) => {
    for (let i = 0; i < times; i++) {
      for (const { body, canonical, toSign } of ready) {
        hash("sha256", body);
        hash("sha256", canonical);
        createHmac("sha256", KEY.sk).update(toSign).digest("hex");
      }
    }
  };
}

/** Checks that the simulator, which shares no code with offair's signer, accepts the signatures of both. */
export function checkSigners(): void {
  for (const call of CALLS) {
    const signable = signableOf(call, new Date());
    accept(call, { ...signable.headers, authorization: signOurs(signable, KEY).authorization });
    const { Authorization: authorization = "", ...headers } = sdkSigner.sign(sdkRequestOf(call), CREDENTIAL);
    accept(call, { ...headers, authorization });
  }
}

function accept({ method, path, query, body }: Call, headers: Readonly<Record<string, string>>): void {
  const claimed = parseAuthorization(headers.authorization ?? "");
  assert(claimed, "there is no authorization");
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const date = lower.find(([name]) => name === "x-sdk-date")?.[1] ?? "";
  const target = query.length > 0 ? `${path}?${canonicalQuery(query)}` : path;
  const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const canonical = expectedCanonicalRequest({ method, target, headers: lower, body: bytes }, claimed.signedHeaders);
  assert(
    signatureMatches(claimed.signature, KEY.sk, date, canonical),
    `${method} ${path}: the signature does not match the guide`,
  );
}

const LIMITS = { atLeast: 200, atMost: 1_000, seconds: 60 };

const ROWS: readonly Row[] = [
  {
    what: "faster than the SDK's signer",
    above: "rival",
    below: "ours",
    target: { atLeast: 3.5 },
  },
  { what: "close to the hashes alone", above: "ours", below: "floor", target: { atMost: 2 } },
];

export const sign: Bench = {
  name: "sign",
  about:
    "dates and signs one block-once and one list request. `rival`: the signer of `@huaweicloud/huaweicloud-sdk-core`; `floor`: two SHA-256 and one HMAC (`createHmac`) for each request, of the same bytes, prepared in advance.",
  async run({ rounds }) {
    checkSigners();
    const sides = { ours, rival, floor: floor() };
    return takeTurns(sides, { rows: ROWS, rounds: (measured) => rounds(measured, LIMITS), sampleMs: 5 });
  },
};
