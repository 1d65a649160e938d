import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import { createHuaweiPush } from "../../lib/sources/huawei-push.ts";
import { policy } from "../support/fixtures.ts";
import { asReceived, describeSource, type FixtureRequest, readFixture, withValue } from "./contract.ts";
import "../support/runs.ts";

/** By the vendor's formula. */
function sign(request: FixtureRequest, key: string): FixtureRequest {
  const { event, domain, app, stream, auth_timestamp } = JSON.parse(request.body);
  const mac = createHmac("sha256", key).update(event + domain + app + stream + auth_timestamp);
  return withValue(request, "/body/auth_sign", mac.digest("hex"));
}

describeSource("huawei-push", sign);

const { request, secrets, at } = readFixture("huawei-push");
const [key] = secrets;
const now = new Date(at);
const source = createHuaweiPush(undefined, policy);
const signed = (change: Record<string, unknown>): FixtureRequest =>
  sign({ ...request, body: JSON.stringify({ ...JSON.parse(request.body), ...change }) }, key);
const verify = (given: FixtureRequest, keys: readonly string[] = [key], when = now) =>
  source.verify(asReceived(given), keys, when);
const translate = (given: FixtureRequest) => source.translate(JSON.parse(given.body), asReceived(given), now);
const check = (given: FixtureRequest): string | undefined => {
  try {
    verify(given);
    return undefined;
  } catch (error) {
    if (!(error instanceof OffairError)) throw error;
    return error.details.check ?? error.code;
  }
};

describe("what Live tells of a push", () => {
  it("is a start or an end, and nothing for an event that is not documented", () => {
    expect(translate(signed({})).kind).toBe("publish");
    expect(translate(signed({ event: "PUBLISH_DONE" })).kind).toBe("publish-done");
    for (const event of ["publish", "RECORD_START", "toString"]) {
      expect(verify(signed({ event }))).toEqual({ id: expect.any(String) });
      expect(translate(signed({ event }))).toEqual({ kind: "nothing" });
    }
  });

  it.each([
    ["1795262399", "2026-11-21T11:59:59.000Z"],
    ["1795262399,", "2026-11-21T11:59:59.000Z"],
    [1_795_262_399, "2026-11-21T11:59:59.000Z"],
    ...[
      undefined,
      "",
      "soon",
      "1795262399.5",
      "-1",
      "1e9",
      " 1795262399",
      "1795262399,,",
      null,
      {},
      "999999999999",
    ].map((timestamp) => [timestamp, undefined] as const),
  ])("has the start of the push from publish_timestamp %j", (publish_timestamp, startedAt) => {
    expect(translate(signed({ publish_timestamp }))).toMatchObject({ kind: "publish", stream: { stream: "room-42" } });
    expect(translate(signed({ publish_timestamp }))).toHaveProperty("startedAt", startedAt);
  });

  it("is nothing where nobody may act", () => {
    expect(translate(signed({ app: "private" }))).toEqual({ kind: "nothing" });
    expect(translate(signed({ domain: "elsewhere.example.com" }))).toEqual({ kind: "nothing" });
  });

  it("names the domain in any case, and the stream byte for byte", () => {
    const stream = "Room/42 🎥";
    expect(translate(signed({ domain: "PUSH.example.COM", stream }))).toEqual({
      kind: "publish",
      stream: { domain: "push.example.com", app: "live", stream },
      startedAt: "2026-11-21T11:59:59.000Z",
    });
  });

  it.each([
    ["as every one", "*"],
    ["with a control character", "a\u0000"],
    ["longer than Live has it", "a".repeat(513)],
  ])("is a fault where the stream is named %s", (_, stream) => {
    expect(check(signed({ stream }))).toBeUndefined();
    expect(() => translate(signed({ stream }))).toThrow(
      expect.objectContaining({ details: { issues: [{ pointer: "/stream", message: expect.any(String) }] } }),
    );
  });

  it("is never read from what follows ? in the address of the push, which holds its keys", () => {
    const told = translate(signed({ user_args: "hwSecret=never&app=other" }));
    expect(JSON.stringify([told, verify(signed({ user_args: "hwSecret=never" }))])).not.toContain("never");
    const get = () => {
      throw new Error("read");
    };
    const payload = Object.defineProperty(JSON.parse(request.body), "user_args", { get, enumerable: true });
    expect(source.translate(payload, asReceived(request), now).kind).toBe("publish");
  });
});

describe("the id of a push", () => {
  const { id } = verify(request);

  it("is of what is signed, so that what is not makes no other message of it", () => {
    for (const name of ["publish_timestamp", "client_ip", "node_ip", "user_args"]) {
      expect(verify(withValue(request, `/body/${name}`, "1"))).toEqual({ id });
    }
    const { auth_timestamp } = JSON.parse(request.body);
    expect(verify(signed({ auth_timestamp: String(auth_timestamp) }))).toEqual({ id });
  });

  it("is another for another push", () => {
    const { auth_timestamp } = JSON.parse(request.body);
    const changes = [{ stream: "room-43" }, { event: "PUBLISH_DONE" }, { auth_timestamp: auth_timestamp + 1 }];
    const ids = changes.map((change) => verify(signed(change)).id);
    expect(new Set([id, ...ids]).size).toBe(1 + changes.length);
  });

  it("tells apart the same letters cut differently, which one signature fits", () => {
    const body = { ...JSON.parse(request.body), app: "liv", stream: "eroom-42" };
    const cut = { ...request, body: JSON.stringify(body) };
    expect(check(cut)).toBeUndefined();
    expect(verify(cut).id).not.toBe(id);
    expect(translate(cut)).toEqual({ kind: "nothing" }); // no app of that name is in scope
  });
});

describe("the end of a proof", () => {
  it("cannot be moved by taking digits from the stream's name or giving it some", () => {
    const { stream, auth_timestamp } = JSON.parse(request.body);
    const ends = String(auth_timestamp);
    for (const [name, end] of [
      [`${stream}${ends.slice(0, 1)}`, ends.slice(1)],
      [stream.slice(0, -1), `${stream.slice(-1)}${ends}`],
    ]) {
      expect(check(withValue(withValue(request, "/body/stream", name), "/body/auth_timestamp", end))).toBe(
        "auth_timestamp",
      );
    }
  });

  it("takes no zero from the stream's name either, which would leave it the same second", () => {
    const given = signed({ stream: "room-40" });
    const { auth_timestamp } = JSON.parse(given.body);
    const cut = withValue(withValue(given, "/body/stream", "room-4"), "/body/auth_timestamp", `0${auth_timestamp}`);
    expect(check(cut)).toBe("auth_timestamp");
  });

  it.each([1.5, -1, 1e21, "", " 1795263000", "1795263000,", "soon", null, [1_795_263_000], true])(
    "is in whole seconds, and not %j",
    (auth_timestamp) => {
      expect(check(signed({ auth_timestamp }))).toBe("auth_timestamp");
    },
  );
});

it.each([31, 129])("a key of %i characters is none that Live takes", (length) => {
  expect(() => verify(request, ["k".repeat(length)])).toThrow(expect.objectContaining({ code: "ERR_SECRET" }));
});

it.each([32, 128])("a key of %i characters is one", (length) => {
  const other = "k".repeat(length);
  expect(verify(sign(request, other), [other])).toEqual(verify(request));
});

it("bytes of any kind are refused, and never break it", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (body) => {
        expect(() => source.verify({ ...asReceived(request), body }, [key], now)).toThrow(
          expect.objectContaining({ code: "ERR_REPORT_SIGNATURE" }),
        );
      },
    ),
  );
});

it("any JSON is a push, nothing, or a report's fault", () => {
  const payloads = fc.record(
    { event: fc.constant("PUBLISH"), domain: fc.jsonValue(), app: fc.jsonValue(), stream: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(payloads, fc.jsonValue()), (payload) => {
      try {
        expect(["publish", "nothing"]).toContain(source.translate(payload, asReceived(request), now).kind);
      } catch (error) {
        expect(error).toMatchObject({ name: "OffairError", code: "ERR_REPORT_INVALID" });
      }
    }),
  );
});
