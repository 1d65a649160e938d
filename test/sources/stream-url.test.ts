import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { streamSchema } from "../../lib/core/stream.ts";
import { type Domains, sourceStreamOf, streamOfUrl } from "../../lib/sources/stream-url.ts";
import { runs } from "../support/runs.ts";

const ingest = "push.example.com";
const policy: Domains = {
  scope: [{ domain: ingest, apps: ["live"] }],
  playback: {
    "play.example.com": ingest,
    "some.example.com": { ingest, renditions: ["hd01", "sd-02"], complete: false },
    "all.example.com": { ingest, renditions: ["hd01", "sd-02"], complete: true },
    "none.example.com": { ingest, renditions: "none", complete: false },
  },
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

describe("the address of a rendition", () => {
  const name = (url: string) => {
    const found = named(url);
    return "issue" in found ? found.issue : found.stream;
  };
  const unclear = expect.stringContaining("may name a rendition");

  it.each([
    ["https://some.example.com/live/room-1_hd01.flv", "room-1"],
    ["https://some.example.com/live/room-1_sd-02.m3u8?auth_key=1", "room-1"],
    ["http://SOME.example.com:8080/live/room_1_hd01.flv", "room_1"],
    ["rtmp://some.example.com/live/room-1_hd01", "room-1"],
    ["https://all.example.com/live/a_b/room_1_hd01.flv", "a_b/room_1"],
    ["https://some.example.com/live/room-1_hd01_hd01.flv", "room-1_hd01"], // exactly one, as Live adds one
  ])("names the source stream: %s", (url, source) => {
    expect(name(url)).toBe(source);
  });

  it.each([
    "https://play.example.com/live/room-1_hd01.flv",
    "https://play.example.com/live/room_1.m3u8",
    "rtmp://play.example.com/live/room-1_hd01",
    "https://push.example.com/live/room-1_hd01.flv",
    "https://some.example.com/live/room-1_ld03.flv",
    "https://some.example.com/live/room-1_HD01.flv",
    "https://some.example.com/live/room-1_hd01x.flv",
    "https://some.example.com/live/room-1_.flv",
    "https://some.example.com/live/_hd01.flv",
    "https://some.example.com/live/room-1_hd01/1700.flv",
    "rtmp://all.example.com/live/room-1_hd01/1700",
  ])("is for a person where it is not known to be one, or of what: %s", (url) => {
    expect(name(url)).toEqual(unclear);
  });

  it("leaves a stream that is not transcoded its underscores", () => {
    expect(name("https://none.example.com/live/room-1_hd01.flv")).toBe("room-1_hd01");
    expect(name("https://all.example.com/live/room_1.flv")).toBe("room_1");
    expect(name("https://all.example.com/live/room-1_ld03.flv")).toBe("room-1_ld03");
    expect(name("https://play.example.com/live/a_b/room-1.flv")).toBe("a_b/room-1");
  });

  it("is none on an ingest domain over RTMP, where a name is the one that is pushed", () => {
    expect(name("rtmp://push.example.com/live/room-1_hd01")).toBe("room-1_hd01");
    expect(sourceStreamOf({ domain: "PUSH.example.com", app: "live", stream: "room-1_hd01" }, policy)).toEqual({
      ...stream,
      stream: "room-1_hd01",
    });
  });

  it("is told apart by the domain where the three names stand alone, too", () => {
    const of = (domain: string) => sourceStreamOf({ domain, app: "live", stream: "room-42_hd01" }, policy);
    expect(of("Some.example.com")).toEqual(stream);
    expect(of("play.example.com")).toEqual({ issue: unclear });
  });

  it("tells a person the name, but only a plain one", () => {
    expect(name("https://play.example.com/live/room-1_hd01.flv?k=hunter2")).toContain('("room-1_hd01")');
    expect(name("https://play.example.com/live/hunter2%20_hd01.flv")).not.toContain("hunter2");
  });
});

it.each([
  "https://none.example.com/live/room-1.ts",
  "https://none.example.com/live/room-1-1700000000000.ts?k=1",
  "https://none.example.com/live/room-1/1700000000.ts",
  "https://none.example.com/live/room-1.m4s",
  "https://none.example.com/live/room-1.mp4",
  "https://none.example.com/live/room-1.mpd",
  "https://none.example.com/live/room-1.ts.m3u8",
  "https://none.example.com/live/room-1/playlist.m3u8",
  "https://none.example.com/live/room-1/playlist",
  "https://none.example.com/live/room-1/index.m3u8",
  "https://none.example.com/live/room-1/720p/index.m3u8",
  "https://none.example.com/live/playlist.m3u8",
  "https://none.example.com/live/Playlist",
  "hls://none.example.com/live/room-1/chunklist.m3u8",
  "https://none.example.com/live/room-1/index.flv",
  "https://none.example.com/live/playlist.flv",
  "https://none.example.com/live/room-1/",
  "https://none.example.com/live//room-1.flv",
  "https://none.example.com/live/room-1.flv/",
])("%s may be a file of a stream, so a person says which one", (url) => {
  expect(named(url)).toEqual({ issue: expect.stringContaining("segment or a playlist") });
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
      fc.pre(streamSchema.safeParse({ ...stream, app, stream: room }).success && !/[.]/.test(room));
      const address = `https://none.example.com/${encodeURIComponent(app)}/${encodeURIComponent(room)}.m3u8?k=1`;
      expect(named(address)).toEqual({ domain: "push.example.com", app, stream: room });
    }),
    { numRuns: runs(500) },
  );
});
