import { describe, expect, it } from "@jest/globals";
import { parseSubscriberSecret } from "../../../lib/webhooks/sign-delivery.ts";
import { parseLoopbackSubscribers } from "../../../lib/webhooks/subscriber.ts";
import {
  describeSubscribers,
  readSubscribers,
  subscriberEnvironment,
  subscriberSecretOf,
  subscriberSecrets,
} from "../../../local/demo/subscriber.ts";

const URL_V1 = "http://127.0.0.1:9000/events";
const URL_V1A = "http://127.0.0.1:9001/";
/** As in the environment of every function of the local stack. */
const LEDGER = "http://127.0.0.1:8000";

describe("the subscribers of a local stack", () => {
  const subscribers = readSubscribers([URL_V1, `v1a=${URL_V1A}`]);

  it("are what the functions read from their environment", () => {
    const parsed = parseLoopbackSubscribers(subscriberEnvironment(subscribers).LOOPBACK_SUBSCRIBERS ?? "", LEDGER);
    expect(parsed).toMatchObject({
      example: { url: URL_V1, signature: "v1", secret: "example" },
      "example-2": { url: URL_V1A, signature: "v1a" },
    });
  });

  it("are none by default, so that nothing is sent to the subscribers of the policy", () => {
    expect(parseLoopbackSubscribers(subscriberEnvironment({}).LOOPBACK_SUBSCRIBERS ?? "", LEDGER)).toEqual({});
  });

  it("have secrets as documented, each its own", () => {
    const values = Object.values(subscriberSecrets(subscribers));
    expect(values.map((value) => parseSubscriberSecret(value).length)).toEqual([1, 1]);
    expect(new Set(values).size).toBe(2);
  });

  it("are printed with what verifies their events", () => {
    const text = describeSubscribers(subscribers, "http://127.0.0.1:8787");
    expect(text).toContain(`${URL_V1} (subscriber example), secret ${subscriberSecretOf("example")}`);
    expect(text).toContain("http://127.0.0.1:8787/events/keys");
  });
});
