/** The checks of the API gateway before Live: authentication, permission and quota. */
import { gatewayError, type HttpResponse, liveError, unauthenticated } from "./answer.ts";
import type { KeyUses } from "./iam/key-uses.ts";
import type { KeyLock } from "./key-lock.ts";
import type { Quotas } from "./quotas.ts";
import type { Route, Target } from "./routes.ts";
import type { Settings, User } from "./settings.ts";
import {
  type Authorization,
  expectedCanonicalRequest,
  headerValue,
  parseAuthorization,
  parseSdkDate,
  type ReceivedRequest,
  signatureMatches,
} from "./signature.ts";

const DATE_WINDOW_MS = 15 * 60_000;

export interface GatewayDeps {
  readonly settings: () => Settings;
  readonly lock: KeyLock;
  readonly quotas: Quotas;
  readonly uses: KeyUses;
}

interface Caller {
  readonly name: string;
  readonly actions: readonly string[];
}

/** The user that a call claims, unverified; for the log, and to match faults. */
export function claimedUser(request: ReceivedRequest, settings: Settings): { user: string | null; ak: string | null } {
  const ak = parseAuthorization(headerValue(request.headers, "authorization") ?? "")?.ak ?? null;
  const token = headerValue(request.headers, "x-auth-token");
  const known =
    ak === null ? settings.tokens.find((one) => one.token === token) : settings.users.find((one) => one.ak === ak);
  return { user: known?.name ?? null, ak };
}

export function createGateway({ settings, lock, quotas, uses }: GatewayDeps) {
  /** The caller, or a 401 with its reason. */
  function authenticate(request: ReceivedRequest, nowMs: number): Caller | HttpResponse {
    const token = headerValue(request.headers, "x-auth-token");
    if (headerValue(request.headers, "authorization") !== undefined) return authenticateKey(request, nowMs);
    if (token === undefined) return unauthenticated("x-auth-token not found");
    return settings().tokens.find((known) => known.token === token) ?? unauthenticated("decrypt token fail");
  }

  /** The user whose key signed the call, or a 401 with its reason. Counts failures of an existing key, and notes its uses. */
  function authenticateKey(request: ReceivedRequest, nowMs: number): User | HttpResponse {
    const authorization = headerValue(request.headers, "authorization") ?? "";
    const { iam } = settings();
    const parsed = parseAuthorization(authorization);
    if (!parsed) return unauthenticated("verify aksk signature fail"); // without a key, so no key is locked
    const user = settings().users.find(({ ak }) => ak === parsed.ak);
    const isTooNew = user !== undefined && nowMs - Date.parse(user.createdAt) < iam.newKeyDelayMs;
    if (!user || (isTooNew && iam.newKeyRefusal === "unknown")) return noSuchKey(parsed.ak);
    if (user.status === "inactive") return noSuchKey(parsed.ak); // the text of Huawei's answer is not documented
    if (lock.isLocked(user.ak, nowMs)) return unauthenticated("AK access failed to reach the limit,forbidden");
    const signedWith = isTooNew ? { ...user, sk: "not known yet" } : user;
    const fault = signatureFault(request, parsed, signedWith, nowMs + settings().clockOffsetMs);
    if (fault !== undefined) {
      lock.fail(user.ak, nowMs, settings());
      return unauthenticated(fault);
    }
    lock.succeed(user.ak);
    uses.note(user.ak, nowMs, iam.lastUsedStepMs);
    return user;
  }

  function isAllowed({ actions }: Caller, { action, quota }: Route): boolean {
    if (action === undefined || (quota === "statistics" && settings().switches.statisticsRight === "free")) return true;
    return actions.includes("*") || actions.includes(action);
  }

  return {
    authenticateKey,
    /** The user of an admitted call, or the error answer. */
    admit(
      request: ReceivedRequest,
      target: Target,
      route: Route,
      nowMs: number,
    ): { user: string } | { refused: HttpResponse } {
      const caller = authenticate(request, nowMs);
      if (!("name" in caller)) return { refused: caller };
      const { projectId, quotas: limits, ceilings, throttledCallsCount } = settings();
      const byKey = headerValue(request.headers, "authorization") !== undefined;
      const stated = headerValue(request.headers, "x-project-id") ?? (byKey ? undefined : target.projectId); // mandatory for AK/SK
      if (target.projectId !== projectId || stated !== projectId) return { refused: liveError("LIVE.100011015") };
      if (!isAllowed(caller, route)) {
        return { refused: gatewayError(403, "APIGW.0302", "The IAM user is not authorized to access the API") };
      }
      const kind = route.quota;
      const [windowMs, time] = kind === "statistics" ? [1_000, "1 second"] : [60_000, "1 minute"];
      const own = { user: caller.name, kind, limit: limits[kind], windowMs };
      const all = { user: undefined, kind, limit: ceilings[kind], windowMs };
      const exceeded = quotas.exceeded([own, all], nowMs, throttledCallsCount);
      if (exceeded) {
        // the documentation shows the text of a user's quota only
        const policy = `policy ${exceeded === own ? "user" : "api"} over ratelimit,limit:${exceeded.limit},time:${time}`;
        return { refused: gatewayError(429, "APIGW.0308", `The throttling threshold has been reached: ${policy}`) };
      }
      return { user: caller.name };
    },
  };
}

const noSuchKey = (ak: string): HttpResponse => unauthenticated(`Get secretKey failed,ak:${ak},err:ak not exist`);

/** The gateway's reason for refusing a signature; undefined if it is valid. */
function signatureFault(
  request: ReceivedRequest,
  { ak, signedHeaders, signature }: Authorization,
  { sk, securityToken }: User,
  liveNowMs: number,
): string | undefined {
  const canonicalRequest = expectedCanonicalRequest(request, signedHeaders);
  const mismatch = `verify aksk signature fail, canonicalRequest:${canonicalRequest.replaceAll("\n", "|")}`;
  const sdkDate = headerValue(request.headers, "x-sdk-date");
  const sdkDateMs = sdkDate === undefined ? undefined : parseSdkDate(sdkDate);
  if (sdkDate === undefined || sdkDateMs === undefined || !signedHeaders.includes("x-sdk-date")) return mismatch;
  if (Math.abs(sdkDateMs - liveNowMs) > DATE_WINDOW_MS) {
    const serverTime = new Date(liveNowMs).toISOString().replace(/[-:]|\.\d+/g, "");
    return `calc aksk signature fail: signature expired, signature time:${sdkDate},server time:${serverTime}`;
  }
  if (securityToken !== undefined) {
    const sent = signedHeaders.includes("x-security-token")
      ? headerValue(request.headers, "x-security-token")
      : undefined;
    if (sent === undefined) return `Get secretKey failed,ak:${ak},err:ak not exist`;
    if (sent !== securityToken) return "decrypt token fail";
  }
  return signatureMatches(signature, sk, sdkDate, canonicalRequest) ? undefined : mismatch;
}
