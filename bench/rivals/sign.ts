/** The signer of Huawei's own SDK for Node, called as its `BasicCredentials` calls it: huaweicloud-sdk-core, auth/AKSKSigner. */
import { createRequire } from "node:module";

export interface SdkRequest {
  readonly endpoint: string;
  readonly method: string;
  readonly queryParams: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly data?: object;
}

interface Signer {
  sign(request: SdkRequest, credential: { getAk(): string; getSk(): string }): Record<string, string>;
}

const { AKSKSigner }: { AKSKSigner: Signer } = createRequire(import.meta.url)(
  "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js",
);
export const sdkSigner = AKSKSigner;
