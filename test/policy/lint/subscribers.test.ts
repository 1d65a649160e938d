import { describe, expect, it } from "@jest/globals";
import { issuesOf } from "../../../lib/core/issues.ts";
import { EVENT_TYPES } from "../../../lib/events/types/event-types.ts";
import { policySchema } from "../../../lib/policy/lint/lint.ts";
import { policy } from "../../support/fixtures.ts";

const platform = { url: "https://hooks.example.com/offair", events: ["stream.*"] };

/** Where each fault is, and what it says. */
function issues(subscribers: object): [string, string][] {
  const { error } = policySchema.safeParse({ ...policy, subscribers });
  return error ? issuesOf(error).map(({ pointer, message }) => [pointer, message]) : [];
}
const says = (words: string) => expect.stringContaining(words);
const compiled = (change: object) =>
  policySchema.parse({ ...policy, subscribers: { platform: { ...platform, ...change } } });

describe("a subscriber", () => {
  it.each([
    ["a group of types", ["stream.*"], EVENT_TYPES.filter((type) => type.startsWith("stream."))],
    [
      "a type and the group that has it, once",
      ["stream.paused", "stream.*", "audit.drift"],
      [...EVENT_TYPES.filter((type) => type.startsWith("stream.")), "audit.drift"],
    ],
    ["everything", ["*"], EVENT_TYPES],
  ])("receives %s", (_, events, expected) => {
    expect(compiled({ events }).subscribers.platform?.events).toEqual(expected);
  });

  it("is signed with v1 unless it says v1a", () => {
    expect(compiled({}).subscribers.platform?.signature).toBe("v1");
    expect(compiled({ signature: "v1a" }).subscribers.platform?.signature).toBe("v1a");
  });

  it.each([
    ["http://hooks.example.com/", "https"],
    ["ftp://hooks.example.com/", "https"],
    ["hooks.example.com/offair", "not a URL"],
    [" https://hooks.example.com/", "not a URL"],
    ["https://user@hooks.example.com/", "password"],
    ["https://user:secret@hooks.example.com/", "password"],
    ["https://:secret@hooks.example.com/", "password"],
    ["https://hooks.example.com/#part", "fragment"],
    ["https://hooks.example.com/#", "fragment"],
    ["https://localhost/", "full host name"],
    ["https://LOCALHOST./", "full host name"],
    ["https://intranet/", "full host name"],
    ["https://app.localhost/", "full host name"],
    ["https://db.internal/", "full host name"],
    ["https://metadata.google.internal/", "full host name"],
    ["https://printer.local./", "full host name"],
    ["https://127.0.0.1/", "special address"],
    ["https://127.1/", "special address"],
    ["https://2130706433/", "special address"],
    ["https://0x7f.0.0.1/", "special address"],
    ["https://0177.0.0.1/", "special address"],
    ["https://127。0。0。1/", "special address"],
    ["https://10.0.0.5:8443/", "special address"],
    ["https://169.254.169.254/latest/meta-data/", "special address"],
    ["https://[::1]/", "special address"],
    ["https://[::ffff:169.254.169.254]/", "special address"],
    ["https://[fd00:ec2::254]/", "special address"],
  ])("does not have the URL %j", (url, words) => {
    expect(issues({ platform: { ...platform, url } })).toEqual([["/subscribers/platform/url", says(words)]]);
  });

  it("is not quoted with its URL, whose query may hold a secret", () => {
    const url = "http://user:hunter2@hooks.example.com/?token=hunter2";
    expect(JSON.stringify(issues({ platform: { ...platform, url } }))).not.toContain("hunter2");
  });

  it.each([
    "https://hooks.example.com",
    "https://93.184.216.34:8443/x?y=z",
    "https://[2606:2800:220:1::1]/",
    "https://münchen.example.com/",
  ])("may have the URL %s", (url) => {
    expect(issues({ platform: { ...platform, url } })).toEqual([]);
  });

  it.each<[string, unknown, string, string]>([
    ["an unknown type", ["stream.paused", "stream.deleted"], "/events/1", "must be a type of event"],
    ["an unknown group", ["streams.*"], "/events/0", "must be a type of event"],
    ["no type", [], "/events", ""],
  ])("does not list %s", (_, events, at, words) => {
    expect(issues({ platform: { ...platform, events } })).toEqual([[`/subscribers/platform${at}`, says(words)]]);
  });

  it("is not called as the event bus", () => {
    expect(issues({ bus: platform })).toEqual([["/subscribers/bus", says("uses itself")]]);
  });

  it("has no secret with v1a", () => {
    expect(issues({ platform: { ...platform, signature: "v1a", secret: "other" } })).toEqual([
      ["/subscribers/platform/secret", says("not used")],
    ]);
  });

  it("does not share its secret, and not the name of another's", () => {
    const other = { ...platform, url: "https://other.example.com/" };
    expect(issues({ platform, other: { ...other, secret: "platform" } })).toEqual([
      ["/subscribers/other/secret", says('of "platform"')],
    ]);
    expect(issues({ other: { ...other, secret: "platform" }, platform })).toEqual([
      ["/subscribers/platform", says('of "other"')],
    ]);
    expect(issues({ platform: { ...platform, signature: "v1a" }, other: { ...other, secret: "platform" } })).toEqual(
      [],
    );
  });

  it("does not receive an event twice at one URL", () => {
    const twin = { url: "https://HOOKS.example.com:443/offair", events: ["audit.drift", "stream.paused"] };
    expect(issues({ platform, twin })).toEqual([["/subscribers/twin/url", says('"platform"')]]);
    expect(issues({ platform, twin: { ...twin, events: ["audit.drift"] } })).toEqual([]);
  });

  it("is one of twenty at most", () => {
    const many = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`s${i}`, { ...platform, url: `https://s${i}.example.com/` }]),
      );
    expect(issues(many(20))).toEqual([]);
    expect(issues(many(21))).toEqual([["/subscribers", says("20")]]);
  });
});
