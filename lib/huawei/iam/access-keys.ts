/**
 * Client of Huawei IAM's access keys (API v5). A user has two keys at most. The secret key of a key is in the response that creates it, and
 * nowhere else. Never tried against Huawei.
 */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { instantSchema } from "../../core/instant.ts";
import type { LiveResponse } from "../api/parse-response.ts";
import type { LiveCall, Send } from "../api/send.ts";
import { keyText, secretKey } from "./rotatable-pair.ts";

export interface HuaweiKey {
  readonly ak: string;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

/** Every function rejects as `Send` does, and with `ERR_LIVE_ANSWER` for a response to a read that is not as documented. */
export interface AccessKeys {
  /** @see ListAccessKeysV5, https://support.huaweicloud.com/intl/en-us/api-iam5/ListAccessKeysV5.html */
  list(): Promise<HuaweiKey[]>;
  /**
   * Creates an active key. If the response is lost or cannot be read, the key may exist, and its secret key is lost.
   *
   * @throws OffairError also `ERR_LIVE_UNKNOWN` if the key may have been created, `ERR_LIVE_REJECTED` if the user has two keys.
   * @see CreateAccessKeyV5, https://support.huaweicloud.com/intl/en-us/api-iam5/CreateAccessKeyV5.html
   */
  create(options?: Pick<LiveCall, "sendBy">): Promise<{ readonly ak: string; readonly sk: string }>;
  /**
   * The last use of a key; undefined if Huawei shows none. Of several uses within 15 minutes, Huawei shows the first.
   *
   * @see ShowAccessKeyLastUsedV5, https://support.huaweicloud.com/intl/en-us/api-iam5/ShowAccessKeyLastUsedV5.html, and for the
   * 15 minutes https://support.huaweicloud.com/intl/en-us/usermanual-iam/iam_02_0003.html
   */
  lastUsed(ak: string): Promise<Date | undefined>;
  /** @see UpdateAccessKeyV5, https://support.huaweicloud.com/intl/en-us/api-iam5/UpdateAccessKeyV5.html */
  disable(ak: string): Promise<void>;
  /** A key that does not exist counts as deleted, because the response to an earlier call may have been lost. @see DeleteAccessKeyV5 */
  remove(ak: string): Promise<void>;
}

const instant = instantSchema.transform((text) => new Date(text));
const listSchema = z.object({
  access_keys: z.array(
    z.object({ access_key_id: keyText, status: z.enum(["active", "inactive"]), created_at: instant }),
  ),
  page_info: z.object({ next_marker: z.null({ error: "a user has two keys at most" }).optional() }).optional(),
});
const createdSchema = z.object({ access_key: z.object({ access_key_id: keyText, secret_access_key: secretKey }) });
const lastUsedSchema = z.object({ access_key_last_used: z.object({ last_used_at: instant.nullish() }).nullish() });

/** @param userId - the user whose keys they are, and whose key signs the calls. */
export function createAccessKeys(send: Send, userId: string): AccessKeys {
  const path = `/users/${userId}/access-keys`;
  /** @param rest - of the path, below a key. */
  const call = ({ ak, rest = "", ...request }: { ak?: string; rest?: string } & Omit<LiveCall, "version" | "path">) => {
    const [of, named] = ak === undefined ? ["", ""] : [`/${ak}${rest}`, `/{access_key_id}${rest}`];
    return send({ version: "v5", ...request, path: path + of, pathInLog: `/users/{user_id}/access-keys${named}` });
  };

  return {
    async list() {
      const { access_keys } = read(listSchema, await call({ method: "GET" }), "the list of access keys");
      return access_keys.map((key) => {
        return { ak: key.access_key_id, isActive: key.status === "active", createdAt: key.created_at };
      });
    },
    async create(options = {}) {
      const { body, status } = await call({ method: "POST", ...options });
      const { data } = createdSchema.safeParse(body);
      if (data) return { ak: data.access_key.access_key_id, sk: data.access_key.secret_access_key };
      throw new OffairError("ERR_LIVE_UNKNOWN", "a key was created, and the response has no secret key", { status });
    },
    async lastUsed(ak) {
      const answer = await call({ method: "GET", ak, rest: "/last-used" });
      return (
        read(lastUsedSchema, answer, "the last use of an access key").access_key_last_used?.last_used_at ?? undefined
      );
    },
    async disable(ak) {
      await call({ method: "PUT", ak, body: { status: "inactive" } });
    },
    async remove(ak) {
      try {
        await call({ method: "DELETE", ak });
      } catch (error) {
        if (!(error instanceof OffairError) || error.details.status !== 404) throw error;
      }
    },
  };
}

/** @throws OffairError `ERR_LIVE_ANSWER`, which names no value: it may be a secret. */
function read<T>(schema: z.ZodType<T>, { body, status, requestId }: LiveResponse, what: string): T {
  const { data, error } = schema.safeParse(body);
  if (!error) return data;
  throw new OffairError("ERR_LIVE_ANSWER", `${what} is not as documented`, { status, requestId });
}
