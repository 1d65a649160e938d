/**
 * The `huawei-push` source: Huawei Cloud Live tells that somebody began or ceased to push a stream. Grade D: the key covers event, domain,
 * app, stream and an end, but neither the time of the push nor the addresses beside it. Documented: the fields, the formula, a key of 32
 * to 128 characters, the answer. Inferred: how far ahead the end lies; that the digest's case does not matter.
 *
 * @see https://support.huaweicloud.com/eu/bestpractice-live/live_14_0003.html
 */
import { createHmac } from "node:crypto";
import { OffairError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";
import { sha256Hex } from "../core/sha256.ts";
import { streamSchema } from "../core/stream.ts";
import { inScope, type Policy } from "../policy/policy.ts";
import { jsonOrNothing } from "./json-body.ts";
import { valueAt } from "./pointer.ts";
import { checkExpiry, checkSecrets, fitsAny, isEqualHex, refuse, secondsOf } from "./signatures.ts";
import type { Source } from "./source.ts";

const KEY_CHARACTERS = { min: 32, max: 128 };

/** Live's clock and ours; the end itself is Live's to choose. */
const CLOCK_SLACK_S = 60;

const SIGNED = ["event", "domain", "app", "stream"] as const;

export function createHuaweiPush(_entry: unknown, policy: Pick<Policy, "scope">): Source {
  return {
    success: { status: 200, body: { status: 1, result: "success" } },
    answersIssues: false,

    verify({ body }, secrets, now) {
      checkSecrets(secrets, KEY_CHARACTERS.min, KEY_CHARACTERS.max);
      const payload = jsonOrNothing(body);
      const sign = textOf(payload, "auth_sign");
      const fields = SIGNED.map((name) => textOf(payload, name));
      const timestamp = valueAt(payload, "/auth_timestamp");
      const endsS = secondsOf("auth_timestamp", timestamp);
      // Without separators, as Live has it: a captured message also fits the same letters cut differently, `live` + `room` as `liv` +
      // `eroom`. What is acted upon are the fields as parsed, and what such a cut names must itself be a stream that is in scope and that
      // something is in force on; the order is then renewed there, as its own return would have it.
      const text = `${fields.join("")}${timestamp}`;
      const proven = fitsAny(secrets, (key) => isEqualHex(createHmac("sha256", key).update(text).digest("hex"), sign));
      if (!proven) throw refuse("auth_sign", "auth_sign does not fit the event, the stream, auth_timestamp and a key");
      checkExpiry("auth_timestamp", endsS, now, CLOCK_SLACK_S);
      // As JSON has it, for there the fields have an end. What is not signed is left out: it would make one message into many.
      return { id: sha256Hex(JSON.stringify([...fields, String(timestamp)])) };
    },

    /** `user_args` is what follows `?` in the address of the push, keys and all: nothing here may read it. */
    translate(payload) {
      if (valueAt(payload, "/event") !== "PUBLISH") return { kind: "nothing" };
      const [domain, app, stream] = ["/domain", "/app", "/stream"].map((pointer) => valueAt(payload, pointer));
      const { data, error } = streamSchema.safeParse({ domain, app, stream });
      if (error) {
        throw new OffairError("ERR_REPORT_INVALID", "no stream is named as Live names them", {
          issues: issuesOf(error),
        });
      }
      // Nothing can be in force on what may never be acted on, and Live tells of every push of a domain.
      return inScope(data, policy) ? { kind: "publish", stream: data } : { kind: "nothing" };
    },
  };
}

function textOf(payload: unknown, name: string): string {
  const value = valueAt(payload, `/${name}`);
  if (typeof value === "string" && value !== "") return value;
  throw refuse(name, `${name} is missing, or not a text`);
}
