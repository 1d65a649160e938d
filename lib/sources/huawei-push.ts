/**
 * The `huawei-push` source: callbacks of Huawei Cloud Live when a stream starts or stops being pushed. Grade D: the signature covers
 * event, domain, app, stream and an expiry time, but neither the time of the push (`publish_timestamp`) nor the addresses. Both callbacks
 * of one push carry the same `publish_timestamp`, and may arrive in any order. lib/orders/push-identity.ts uses it to match them.
 *
 * Documented: the fields, the formula, a key of 32 to 128 characters, the response. Inferred: how far ahead the expiry lies, and that
 * the case of the digest does not matter. `publish_timestamp` has whole seconds; an example of Huawei ends it with a comma.
 *
 * @see https://support.huaweicloud.com/eu/bestpractice-live/live_14_0003.html
 * @see https://support.huaweicloud.com/iLive-live/live_01_0043.html (2026-02-03)
 */
import { createHmac } from "node:crypto";
import { parseJson } from "../core/parse-json.ts";
import { sha256Hex } from "../core/sha256.ts";
import { streamSchema } from "../core/stream.ts";
import { SECOND_MS } from "../core/time.ts";
import { inScope, type Policy } from "../policy/policy.ts";
import { readAs } from "./invalid.ts";
import { valueAt } from "./pointer.ts";
import { checkExpiry, checkSecrets, fitsAny, isEqualHex, refuse, secondsOf } from "./signatures.ts";
import type { Source } from "./source.ts";

const KEY_CHARACTERS = { min: 32, max: 128 };

/** The difference allowed between Live's clock and the local clock. */
const CLOCK_SLACK_S = 60;

const SIGNED = ["event", "domain", "app", "stream"] as const;

export function createHuaweiPush(_entry: unknown, policy: Pick<Policy, "scope">): Source {
  return {
    success: { status: 200, body: { status: 1, result: "success" } },
    answersIssues: false,

    verify({ body }, secrets, now) {
      checkSecrets(secrets, KEY_CHARACTERS.min, KEY_CHARACTERS.max);
      const payload = parseJson(body);
      const sign = textOf(payload, "auth_sign");
      const fields = SIGNED.map((name) => textOf(payload, name));
      const timestamp = valueAt(payload, "/auth_timestamp");
      const endsS = secondsOf("auth_timestamp", timestamp);
      // Live joins the fields without separators, so a captured signature also fits another split of the same text: `live` + `room` and
      // `liv` + `eroom`. This is harmless: a split has an effect only if it names another stream in scope with an order in force, and
      // then it only repeats that order, as a re-publish of that stream would.
      const text = `${fields.join("")}${timestamp}`;
      const proven = fitsAny(secrets, (key) => isEqualHex(createHmac("sha256", key).update(text).digest("hex"), sign));
      if (!proven) throw refuse("auth_sign", "auth_sign does not fit the event, the stream, auth_timestamp and a key");
      checkExpiry("auth_timestamp", endsS, now, CLOCK_SLACK_S);
      // Hashed as JSON, which separates the fields. Unsigned fields are left out: changing them would turn one message into many.
      return { id: sha256Hex(JSON.stringify([...fields, String(timestamp)])) };
    },

    /** Does not read `user_args`: it is the query of the push URL and may contain keys. */
    translate(payload) {
      const event = valueAt(payload, "/event");
      if (event !== "PUBLISH" && event !== "PUBLISH_DONE") return { kind: "nothing" };
      const stream = readAs(streamSchema, payload, "the stream's name is not as Live documents it");
      // No order can be in force outside the scope, and Live reports every push of a domain.
      if (!inScope(stream, policy)) return { kind: "nothing" };
      const startedAt = startOf(valueAt(payload, "/publish_timestamp"));
      return { kind: event === "PUBLISH" ? "publish" : "publish-done", stream, startedAt };
    },
  };
}

/** When the push began, RFC 3339; undefined if it cannot be read. */
function startOf(timestamp: unknown): string | undefined {
  const [, seconds] = /^(\d{9,11}),?$/.exec(String(timestamp)) ?? [];
  return seconds === undefined ? undefined : new Date(Number(seconds) * SECOND_MS).toISOString();
}

function textOf(payload: unknown, name: string): string {
  const value = valueAt(payload, `/${name}`);
  if (typeof value === "string" && value !== "") return value;
  throw refuse(name, `${name} must be a text`);
}
