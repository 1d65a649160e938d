/** test/sign-vectors.json: requests whose signatures at least one official signer reproduces. */
import { readFileSync } from "node:fs";
import type { SignableRequest } from "../../lib/huawei/api/sign.ts";

export interface Vector extends SignableRequest {
  readonly name: string;
  readonly category: string;
  readonly body: string;
  readonly ak: string;
  readonly sk: string;
  readonly sdkDate: string;
  readonly canonicalQuery: string;
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly authorization: string;
  readonly authorizationWithoutContentType?: string;
}

export const vectors: Vector[] = JSON.parse(readFileSync(new URL("../sign-vectors.json", import.meta.url), "utf8"));

export function vector(name: string): Vector {
  const found = vectors.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no vector is named ${name}`);
  return found;
}
