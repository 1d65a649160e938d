/**
 * Huawei IAM's access keys, API v5, as documented: CreateAccessKeyV5 and the pages next to it,
 * https://support.huaweicloud.com/intl/en-us/api-iam5/CreateAccessKeyV5.html. A user has two keys at most, manages only its own, and needs a
 * right for each call. Codes and texts of IAM's errors: https://support.huaweicloud.com/intl/en-us/api-iam5/ErrorCode.html
 */
import { gatewayError, type HttpResponse } from "../answer.ts";
import type { Settings, User } from "../settings.ts";
import { headerValue, type ReceivedRequest } from "../signature.ts";
import type { KeyUses } from "./key-uses.ts";

const MAX_KEYS = 2;
const RIGHTS = {
  POST: "createCredentialV5",
  GET: "listCredentialsV5",
  PUT: "updateCredentialV5",
  DELETE: "deleteCredentialV5",
  "last-used": "showAccessKeyLastUsedV5",
} as const;

export interface IamCall {
  readonly right: `iam:credentials:${(typeof RIGHTS)[keyof typeof RIGHTS]}`;
  readonly userId: string;
  readonly ak: string | undefined;
  readonly method: string;
}

/** `/v5/users/{user_id}/access-keys`, `…/{access_key_id}` and `…/last-used`; undefined for any other path or method. */
export function parseIamCall(method: string, path: string): IamCall | undefined {
  const match = /^\/v5\/users\/([^/]+)\/access-keys(?:\/([^/]+)(\/last-used)?)?\/?$/.exec(path);
  const [, userId, ak, lastUsed] = match ?? [];
  const isKnown = lastUsed
    ? method === "GET"
    : ak
      ? method === "PUT" || method === "DELETE"
      : method === "GET" || method === "POST";
  if (userId === undefined || !isKnown) return undefined;
  const right = RIGHTS[lastUsed ? "last-used" : (method as "POST")];
  return { right: `iam:credentials:${right}`, userId, ak, method };
}

export interface IamContext {
  readonly settings: Settings;
  readonly uses: KeyUses;
  /** The users' keys as they were some time ago, for a list that is late. */
  readonly listed: readonly User[];
  readonly nowMs: number;
  /** Returns a random text of letters and digits. */
  readonly newText: (length: number) => string;
  readonly setUsers: (users: User[]) => void;
}

interface Result {
  readonly answer: HttpResponse;
  readonly commit?: () => void;
}

/** Answers a call whose signature was verified; a write is carried out by `commit`. */
export function answerIam(call: IamCall, request: ReceivedRequest, caller: User, context: IamContext): Result {
  const { settings, uses, listed, nowMs, newText, setUsers } = context;
  if (headerValue(request.headers, "x-domain-id") !== settings.iam.accountId) return { answer: denied("x-domain-id") };
  const isOwn = idOf(caller) === call.userId;
  if (!isOwn || !(caller.actions.includes("*") || caller.actions.includes(call.right)))
    return { answer: denied(call.right) };
  const own = settings.users.filter((user) => idOf(user) === call.userId && user.securityToken === undefined);
  const key = own.find(({ ak }) => ak === call.ak);
  if (call.ak !== undefined && !key) return { answer: error(404, NOT_FOUND, `access key ${call.ak} not found`) };
  const others = settings.users.filter((user) => user !== key);

  if (call.right === "iam:credentials:listCredentialsV5") {
    const shown = listed.filter((user) => idOf(user) === call.userId && user.securityToken === undefined);
    return {
      answer: { status: 200, body: { access_keys: shown.map(metadata), page_info: { current_count: shown.length } } },
    };
  }
  if (call.right === "iam:credentials:showAccessKeyLastUsedV5") {
    const usedMs = uses.shown(call.ak ?? "");
    const last_used_at = usedMs === undefined ? {} : { last_used_at: formatInstant(usedMs) };
    return { answer: { status: 200, body: { access_key_last_used: last_used_at } } };
  }
  if (call.right === "iam:credentials:createCredentialV5") {
    if (own.length >= MAX_KEYS) return { answer: error(409, LIMIT, "access keys per user limit exceeded") };
    const { name, actions } = caller;
    const made: User = {
      ...{ name, id: call.userId, actions, ak: newText(20).toUpperCase(), sk: newText(40) },
      ...{ status: "active", createdAt: formatInstant(nowMs) },
    };
    const body = { access_key: { ...metadata(made), secret_access_key: made.sk } };
    return { answer: { status: 201, body }, commit: () => setUsers([...settings.users, made]) };
  }
  if (call.right === "iam:credentials:deleteCredentialV5") {
    return { answer: { status: 204 }, commit: () => setUsers(others) };
  }
  const status = statusIn(request.body);
  if (!key || !status) return { answer: error(400, INVALID, "invalid status") };
  const changed = { ...key, status };
  return {
    answer: { status: 200, body: { access_key: metadata(changed) } },
    commit: () => setUsers(settings.users.map((user) => (user === key ? changed : user))),
  };
}

export const idOf = ({ id, name }: Pick<User, "id" | "name">): string => id ?? name;

const metadata = (user: User) => {
  return { user_id: idOf(user), access_key_id: user.ak, created_at: user.createdAt, status: user.status };
};

const formatInstant = (ms: number): string => new Date(ms).toISOString();

function statusIn(body: Buffer): User["status"] | undefined {
  try {
    const { status } = JSON.parse(body.toString());
    return status === "active" || status === "inactive" ? status : undefined;
  } catch {
    return undefined;
  }
}

/** The statuses are documented; these three codes are not known. */
const [NOT_FOUND, LIMIT, INVALID] = ["PAP5.0004", "PAP5.0002", "PAP5.0009"];
const error = (status: number, code: string, message: string): HttpResponse => gatewayError(status, code, message);
const denied = (what: string): HttpResponse => error(403, "PAP5.0001", `access denied: ${what}`);
