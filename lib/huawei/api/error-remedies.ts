/** The next step that a person takes after an error of Live. docs/errors.md has the full table. */
import { type ErrorCode, OffairError } from "../../core/errors.ts";

const PERMISSION = { disabled: "live:stream:listStreamForbidden", online: "live:stream:listLiveStreamsOnline" };
const GIVE_PERMISSION = "Give each Huawei user of the pool audit the permission {permission}.";
const PROJECT = "Correct HUAWEI_PROJECT_ID: it is the project of the user's region.";
const SUSPENDED = "Huawei has suspended the account: check name, balance and freezes in the console.";
const ADDRESS = "Huawei refuses calls from this function's address: check the account's access rules.";

/** By Live's code, or by the gateway's code without its prefix. */
const BY_LIVE_CODE: Readonly<Record<string, string>> = {
  ...{ "LIVE.100011003": GIVE_PERMISSION, "0302": GIVE_PERMISSION, "0306": GIVE_PERMISSION },
  "LIVE.100011001":
    "The project has no such ingest domain: correct `scope` in policy.yml, HUAWEI_PROJECT_ID or the region of LIVE_ENDPOINT.",
  ...{ "LIVE.100011015": PROJECT, "0310": PROJECT },
  "LIVE.100011009": "The Huawei user was deleted: create a new one and store its AK/SK pair in the secret.",
  ...{ "LIVE.100011013": SUSPENDED, "LIVE.100011014": SUSPENDED, "0501": SUSPENDED, "0502": SUSPENDED },
  "0101": "Correct LIVE_ENDPOINT: this host does not serve the Live API.",
  ...{ "0401": ADDRESS, "0402": ADDRESS, "0404": ADDRESS, "0802": ADDRESS },
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
  const { liveCode = "", status, user = "audit" } = failure.details;
  const ofRefusal = BY_LIVE_CODE[liveCode.replace(/^APIGW?\./, "")] ?? (status === 403 ? GIVE_PERMISSION : undefined);
  const remedy = (failure.code === "ERR_LIVE_REJECTED" ? ofRefusal : undefined) ?? BY_CODE[failure.code];
  return remedy?.replace("{user}", user).replace("{permission}", PERMISSION[list]);
}
