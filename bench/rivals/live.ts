/** Calls Live through `@huaweicloud/huaweicloud-sdk-core`, as Huawei's generated clients do. */
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core";
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js";
import type { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js";
import type { SdkResponse } from "@huaweicloud/huaweicloud-sdk-core/SdkResponse.js";
import type { Report } from "./report-schema.ts";

/** Like the generated clients, declares the answer's type and does not check it. */
interface ListStreamForbiddenResponse extends SdkResponse {
  readonly total: number;
  readonly blocks: readonly { app_name: string; stream_name: string; resume_time?: string | null }[];
}

export async function connect(secrets: SecretsManagerClient) {
  const { LIVE_SECRET_PREFIX = "", LIVE_USER = "", LIVE_ENDPOINT = "", HUAWEI_PROJECT_ID } = process.env;
  const secret = new GetSecretValueCommand({ SecretId: `${LIVE_SECRET_PREFIX}${LIVE_USER}` });
  const { SecretString = "" } = await secrets.send(secret);
  const { ak, sk } = JSON.parse(SecretString);
  const credentials = new BasicCredentials().withAk(ak).withSk(sk).withProjectId(HUAWEI_PROJECT_ID);
  const client = new ClientBuilder<HcClient>((each) => each as HcClient)
    .withCredential(credentials)
    .withEndpoint(new URL(LIVE_ENDPOINT).origin)
    .withOptions({ customUserAgent: "rival" }) // without it the SDK writes an id into the home directory
    .build();
  const call = <T extends SdkResponse>(
    method: string,
    path: string,
    queryParams: Record<string, string>,
    data?: object,
  ) =>
    client.sendRequest<T>({
      ...{ method, url: `/v1/{project_id}${path}`, contentType: "application/json", pathParams: {}, headers: {} },
      ...{ queryParams, ...(data && { data }) },
    });

  return {
    pause: ({ domain, app, stream }: Report["stream"]) =>
      call("POST", "/stream/block-once", {}, { domain, app_name: app, stream_name: stream }),
    async listDisabled(domain: string) {
      const rows: ListStreamForbiddenResponse["blocks"][number][] = [];
      for (let page = 0; ; page++) {
        const query = { domain, page: `${page}`, size: "100" };
        const { total, blocks } = await call<ListStreamForbiddenResponse>("GET", "/stream/blocks", query);
        rows.push(...blocks);
        if (blocks.length === 0 || rows.length >= total) return rows;
      }
    },
  };
}
