import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { streamSchema } from "../../lib/core/stream.ts";
import { streamOfUrl } from "../../lib/sources/stream-url.ts";
import { runs } from "../support/runs.ts";

const policy = {
  scope: [{ domain: "push.example.com", apps: ["live"] }],
  playback: { "play.example.com": "push.example.com" },
};
const named = (url: unknown) => streamOfUrl(url, policy);
const stream = { domain: "push.example.com", app: "live", stream: "room-42" };

describe("an address names its stream", () => {
  it.each([
    "rtmp://push.example.com/live/room-42",
    "rtmps://push.example.com:443/live/room-42?auth_key=secret",
    "RTMP://PUSH.example.com:1935/live/room-42",
    "rtmp://play.example.com/live/room-42",
    "http://play.example.com/live/room-42.flv",
    "https://play.example.com:8443/live/room-42.m3u8?token=secret&x=/y",
    "https://Play.Example.com/live/room-42.M3U8#t=5",
    "hls://play.example.com/live/room-42.m3u8",
    "rtmp://push.example.com/live/room-42#%41",
  ])("%s", (url) => {
    expect(named(url)).toEqual(stream);
  });

  it("of which the name may itself hold slashes, dots and other letters", () => {
    expect(named("rtmp://push.example.com/live/a/b/../c")).toEqual({ ...stream, stream: "a/b/../c" });
    expect(named("https://play.example.com/live/%E6%88%BF%2F42.v1.flv")).toEqual({ ...stream, stream: "房/42.v1" });
  });

  it("which over RTMP keeps an ending that elsewhere says how it is played", () => {
    expect(named("rtmp://push.example.com/live/room-42.flv")).toEqual({ ...stream, stream: "room-42.flv" });
  });

  it("also of an app that nobody may act on: the worker writes down that it was refused", () => {
    expect(named("rtmp://push.example.com/vod/x")).toEqual({ ...stream, app: "vod", stream: "x" });
  });
});

describe("an address that names none is a fault", () => {
  it.each<unknown>([
    "rtmp://push.example.org/live/room-42",
    "rtmp://a.push.example.com/live/room-42",
    "rtmp://push.example.com./live/room-42",
    "rtmp://push.example.com@push.example.org/live/room-42",
    "http://push.example.org\\@push.example.com/live/room-42",
    "rtmp://__proto__/live/room-42",
    "rtmp://constructor/live/room-42",
    "rtmp://[::1]/live/room-42",
    "rtmp://push.example.com/live",
    "rtmp://push.example.com/live/",
    "rtmp://push.example.com//room-42",
    "rtmp:///live/room-42",
    "rtmp://push.example.com/live/%",
    "rtmp://push.example.com/live/%ff",
    "rtmp://push.example.com/live/%00",
    "rtmp://push.example.com/live/*",
    "rtmp://push.example.com/live/%2A",
    "https://play.example.com/live/.m3u8",
    // As a broadcaster would call a stream so that the report on it takes another off the air.
    "rtmp://push.example.com/live/room%2D42",
    "rtmp://push.example.com/%6cive/room-42",
    "https://play.example.com/live/%72oom-42.m3u8",
    "https://play.example.com/live/room-42%2em3u8",
    `rtmp://push.example.com/live/${"x".repeat(513)}`,
    "ftp://push.example.com/live/room-42",
    "file:///live/room-42",
    "javascript:alert(1)",
    " rtmp://push.example.com/live/room-42",
    "push.example.com/live/room-42",
    "",
    undefined,
    null,
    42,
    {},
    ["rtmp://push.example.com/live/room-42"],
  ])("%j", (url) => {
    expect(named(url)).toEqual({ issue: expect.any(String) });
  });

  it("whose words hold nothing of it", () => {
    for (const url of [
      "rtmp://hunter2/live/x",
      "hunter2",
      "rtmp://push.example.com/hunter2/%",
      "rtmp://push.example.com/hunter2/*",
    ])
      expect(JSON.stringify(named(url))).not.toContain("hunter2");
  });
});

it("whatever comes, a stream is found that Live can name, of a domain that is ours; or a fault", () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom("live", "push.example.com", "play.example.com", "%2f", "..", "?", "#", ":80"),
  );
  const url = fc
    .tuple(fc.constantFrom("rtmp", "https", "x"), part, part, part)
    .map(([scheme, ...parts]) => `${scheme}://${parts.join("/")}`);
  fc.assert(
    fc.property(fc.oneof(url, fc.string(), fc.jsonValue()), (given) => {
      const found = named(given);
      if ("issue" in found) return;
      expect(streamSchema.parse(found)).toEqual(found);
      expect(found.domain).toBe("push.example.com");
    }),
    { numRuns: runs(2_000) },
  );
});

it("every name that a broadcaster can have is found again in its address", () => {
  const name = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" });
  fc.assert(
    fc.property(name, name, (app, room) => {
      fc.pre(streamSchema.safeParse({ ...stream, app, stream: room }).success);
      const address = `https://play.example.com/${encodeURIComponent(app)}/${encodeURIComponent(room)}.m3u8?k=1`;
      expect(named(address)).toEqual({ domain: "push.example.com", app, stream: room });
    }),
    { numRuns: runs(500) },
  );
});
