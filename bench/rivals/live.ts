/** Live through `@huaweicloud/huaweicloud-sdk-core`, as Huawei's generated clients call it; the one for Live is written the same way. */
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core";
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js";
import type { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js";
import * as z from "zod";

export const liveEnv = { LIVE_ENDPOINT: z.url(), LIVE_SECRET_ID: z.string(), HUAWEI_PROJECT_ID: z.string() };
type LiveEnv = z.infer<z.ZodObject<typeof liveEnv>>;

const credentialsSchema = z.object({ ak: z.string(), sk: z.string() });
const pageSchema = z.object({
  total: z.number(),
  blocks: z.array(z.object({ app_name: z.string(), stream_name: z.string(), resume_time: z.string().nullish() })),
});

export async function connect(env: LiveEnv, secrets: SecretsManagerClient) {
  const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: env.LIVE_SECRET_ID }));
  const { ak, sk } = credentialsSchema.parse(JSON.parse(SecretString));
  const credentials = new BasicCredentials().withAk(ak).withSk(sk).withProjectId(env.HUAWEI_PROJECT_ID);
  const client = new ClientBuilder<HcClient>((each) => each as HcClient)
    .withCredential(credentials)
    .withEndpoint(new URL(env.LIVE_ENDPOINT).origin)
    .withOptions({ customUserAgent: "rival" }) // otherwise it writes an id into the home directory
    .build();
  const call = (method: string, path: string, queryParams: Record<string, string>, data?: object) =>
    client.sendRequest({
      ...{ method, url: `/v1/{project_id}${path}`, contentType: "application/json", pathParams: {}, headers: {} },
      ...{ queryParams, ...(data && { data }) },
    });

  return {
    pause: ({ domain, app, stream }: { domain: string; app: string; stream: string }) =>
      call("POST", "/stream/block-once", {}, { domain, app_name: app, stream_name: stream }),
    async listDisabled(domain: string) {
      const rows: z.infer<typeof pageSchema>["blocks"] = [];
      for (let page = 0; ; page++) {
        const query = { domain, page: `${page}`, size: "100" };
        const { total, blocks } = pageSchema.parse(await call("GET", "/stream/blocks", query));
        rows.push(...blocks);
        if (blocks.length === 0 || rows.length >= total) return rows;
      }
    },
  };
}
