/** The next step that a person takes after an error of Live. docs/errors.md has the full table. */
import { type ErrorCode, OffairError } from "../../core/errors.ts";

const PERMISSION = { disabled: "live:stream:listStreamForbidden", online: "live:stream:listLiveStreamsOnline" };

function permissionFor(list: "disabled" | "online"): string {
  return `Give each Huawei user of the pool audit the permission ${PERMISSION[list]}.`;
}

/** By Live's code, or by the gateway's code without its prefix. */
const BY_LIVE_CODE: Readonly<Record<string, (list: "disabled" | "online") => string>> = {
  ...same(["LIVE.100011003", "0302", "0306"], permissionFor),
  ...same(
    ["LIVE.100011001"],
    () =>
      "The project has no such ingest domain: correct `scope` in policy.yml, HUAWEI_PROJECT_ID or the region of LIVE_ENDPOINT.",
  ),
  ...same(["LIVE.100011015", "0310"], () => "Correct HUAWEI_PROJECT_ID: it is the project of the user's region."),
  ...same(
    ["LIVE.100011009"],
    () => "The Huawei user was deleted: create a new one and store its AK/SK pair in the secret.",
  ),
  ...same(
    ["LIVE.100011013", "LIVE.100011014", "0501", "0502"],
    () => "Huawei has suspended the account: check name, balance and freezes in the console.",
  ),
  ...same(["0101"], () => "Correct LIVE_ENDPOINT: this host does not serve the Live API."),
  ...same(
    ["0401", "0402", "0404", "0802"],
    () => "Huawei refuses calls from this function's address: check the account's access rules.",
  ),
};

const BY_CODE: Partial<Record<ErrorCode, string>> = {
  ERR_LIVE_SIGNATURE:
    "Store the correct AK/SK pair in the secret …/live/{user}; it is used within a minute. Do not test it elsewhere: Live locks it. Compare with `npm run -s sign`.",
  ERR_LIVE_THROTTLED: "Try again in a minute. If it persists, find out what else uses this Huawei user.",
  ERR_LIVE_UNAVAILABLE: "Check Huawei's status page, and that LIVE_ENDPOINT names the right host.",
  ERR_LIVE_ANSWER: "Check LIVE_ENDPOINT: the host's responses are not those documented for Live.",
  ERR_LIVE_REJECTED: "Look up Live's code in docs/errors.md.",
  ERR_SECRET: 'Store {"ak":"…","sk":"…"} in the secret …/live/audit, as the deployment guide describes.',
};

/** @param list - the list that was read, because each needs its own permission. @returns undefined if no remedy is known. */
export function remedyOfLive(failure: unknown, list: "disabled" | "online"): string | undefined {
  if (!(failure instanceof OffairError)) return undefined;
  const { liveCode = "" } = failure.details;
  const named = failure.code === "ERR_LIVE_REJECTED" ? BY_LIVE_CODE[liveCode.replace(/^APIGW?\./, "")] : undefined;
  const lacksRight = failure.code === "ERR_LIVE_REJECTED" && failure.details.status === 403;
  return (
    (named ?? (lacksRight ? permissionFor : undefined))?.(list) ??
    BY_CODE[failure.code]?.replace("{user}", failure.details.user ?? "audit")
  );
}

function same<T>(codes: readonly string[], remedy: T): Record<string, T> {
  return Object.fromEntries(codes.map((code) => [code, remedy]));
}
