/** What a person does about an error of Live, told as one step. The table with everything is docs/errors.md. */
import { type ErrorCode, OffairError } from "../../core/errors.ts";

const PERMISSION = { disabled: "live:stream:listStreamForbidden", online: "live:stream:listLiveStreamsOnline" };

/** By Live's own code, or the gateway's without the prefix that differs by edition. */
const BY_LIVE_CODE: Readonly<Record<string, (list: "disabled" | "online") => string>> = {
  ...same(
    ["LIVE.100011003", "0302", "0306"],
    (list) => `Give the Huawei user of …/live/audit the permission ${PERMISSION[list]}.`,
  ),
  ...same(
    ["LIVE.100011001"],
    () =>
      "This is no ingest domain of the project: correct `scope` in policy.yml, HUAWEI_PROJECT_ID or the region of LIVE_ENDPOINT.",
  ),
  ...same(["LIVE.100011015", "0310"], () => "Correct HUAWEI_PROJECT_ID: it is the project of the user's region."),
  ...same(["LIVE.100011009"], () => "The Huawei user is gone: create it anew, and put its pair into the secret."),
  ...same(
    ["LIVE.100011013", "LIVE.100011014", "0501", "0502"],
    () => "Huawei has stopped the account: settle it at the console (real name, balance, freeze).",
  ),
  ...same(["0101"], () => "Correct LIVE_ENDPOINT: this host does not serve the Live API."),
  ...same(
    ["0401", "0402", "0404", "0802"],
    () => "Huawei refuses calls from where this function runs: look at the account's rules of access.",
  ),
};

const BY_CODE: Partial<Record<ErrorCode, string>> = {
  ERR_LIVE_SIGNATURE:
    "Put the right AK/SK pair into the secret …/live/audit; it is used within a minute. Compare with `npm run -s sign`, and try the pair nowhere else: Live locks it.",
  ERR_LIVE_THROTTLED: "Ask again in a minute. If it stays so, find out who else uses this Huawei user.",
  ERR_LIVE_UNAVAILABLE: "Look at Huawei's status page, and that LIVE_ENDPOINT names the right host.",
  ERR_LIVE_ANSWER: "Check LIVE_ENDPOINT: what answers there is not Live as documented.",
  ERR_LIVE_REJECTED: "Look Live's code up in docs/errors.md.",
  ERR_SECRET: 'Put {"ak":"…","sk":"…"} into the secret …/live/audit, as README.md (Deploy) shows.',
};

/** @param list - of which streams, for each has a permission of its own. */
export function remedyOfLive(failure: unknown, list: "disabled" | "online"): string | undefined {
  if (!(failure instanceof OffairError)) return undefined;
  const { liveCode = "" } = failure.details;
  const named = failure.code === "ERR_LIVE_REJECTED" ? BY_LIVE_CODE[liveCode.replace(/^APIGW?\./, "")] : undefined;
  return named?.(list) ?? BY_CODE[failure.code];
}

function same<T>(codes: readonly string[], remedy: T): Record<string, T> {
  return Object.fromEntries(codes.map((code) => [code, remedy]));
}
