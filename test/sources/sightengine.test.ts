import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import { createSightengine } from "../../lib/sources/sightengine.ts";
import { policy } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";
import { asReceived, describeSource, type FixtureRequest, readFixture, withValue } from "./contract.ts";

const HEADER = "sightengine-signature";
const { request, secrets, at } = readFixture("sightengine");
const [secret, other] = secrets;
const now = new Date(at);
const SENT_S = now.getTime() / 1_000 - 1;

/** By the vendor's formula. */
const macOf = (body: string, key: string, time: number | string = SENT_S): string =>
  createHmac("sha256", key).update(`${time}.${body}`).digest("hex");
const sign = (given: FixtureRequest, key: string, time: number | string = SENT_S): FixtureRequest =>
  withValue(given, `/headers/${HEADER}`, `t=${time},v1=${macOf(given.body, key, time)}`);

describeSource("sightengine", sign);

const sample = JSON.parse(request.body);
const categories = { "nudity/raw": "nudity", "nudity/partial": "nudity", "weapon/classes/firearm": "weapons" } as const;
const domains = { ...policy, playback: { "play.example.com": "push.example.com" } };
const source = createSightengine({ categories, minScore: 0.5 }, domains);

const translate = (payload: unknown) => source.translate(payload, asReceived(request), now);
const withFrames = (frames: unknown, data: Record<string, unknown> = {}) =>
  translate({ ...sample, data: { status: "ongoing", ...data, frames } });
const frame = (raw: unknown, position: unknown = 1_000) => ({ info: { position }, nudity: { raw } });
const faultsOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof OffairError && error.code === "ERR_REPORT_INVALID") return error.details.issues;
    throw error;
  }
  return [];
};

describe("one claim a category of ours", () => {
  it("has the highest score of all its labels and frames", () => {
    const frames = [
      { nudity: { raw: 0.6, partial: 0.2 } },
      { nudity: { raw: 0.3, partial: 0.8 }, weapon: { classes: { firearm: 0.7 } } },
      { nudity: { raw: 0.5 } },
    ];
    expect(withFrames(frames)).toMatchObject({
      kind: "claims",
      claims: [
        { category: "nudity", score: 0.8, reason: 'Sightengine: "nudity/raw", "nudity/partial"' },
        { category: "weapons", score: 0.7, occurredAt: at },
      ],
    });
  });

  it("is made at minScore and above; below it in every frame is nothing to report", () => {
    expect(withFrames([frame(0.5)])).toMatchObject({ claims: [{ score: 0.5 }] });
    expect(withFrames([frame(0.49), frame(0)])).toEqual({ kind: "nothing" });
  });

  it("comes of one frame that stands alone, too", () => {
    expect(withFrames(frame(0.9))).toMatchObject({ kind: "claims", claims: [{ score: 0.9 }] });
  });
});

describe("harm does not go unseen", () => {
  it("where no frame holds a label that the policy knows", () => {
    const frames = [{ info: { position: 0 }, gore: { prob: 0.99 } }, "odd", null];
    expect(faultsOf(() => withFrames(frames))).toMatchObject([{ pointer: "/data/frames" }]);
  });

  it.each([97, -1, "0.9", null, {}])("where a score is %j", (score) => {
    expect(faultsOf(() => withFrames([frame(0.9), frame(score)]))).toEqual([
      { pointer: "/data/frames/1/nudity/raw", message: "is not a number from 0 to 1" },
    ]);
  });

  it("where there are neither frames nor a status", () => {
    for (const payload of [{ ...sample, data: {} }, {}, null, [], "data"]) {
      expect(faultsOf(() => translate(payload))).toMatchObject([{ pointer: "/data" }]);
    }
  });
});

it("harm does not go unseen where a job that goes on tells of it in another shape", () => {
  for (const data of [{ frame: frame(0.9) }, { results: [frame(0.9)] }, { nudity: { raw: 0.9 } }]) {
    expect(faultsOf(() => translate({ ...sample, data: { status: "ongoing", ...data } }))).toMatchObject([
      { pointer: "/data" },
    ]);
  }
});

describe("harm does not go unseen where a callback is not as known", () => {
  const reject = { action: "reject", reject_reason: [{ id: "nudity", text: "Nudity" }] };

  it.each([reject, { action: "review" }, { action: "REJECT" }, {}, "reject", []])(
    "and the summary of a workflow is %j, though no frame is worth a report",
    (summary) => {
      for (const data of [
        { status: "finished" },
        { status: "finished", frames: [frame(0.1)] },
        { frames: [frame(0)] },
      ]) {
        expect(faultsOf(() => translate({ ...sample, data: { status: "ongoing", ...data }, summary }))).toMatchObject([
          { pointer: "/summary" },
        ]);
        expect(faultsOf(() => translate({ ...sample, data: { status: "ongoing", ...data, summary } }))).toMatchObject([
          { pointer: "/data/summary" },
        ]);
      }
    },
  );

  it("but a summary that accepts, or that repeats what a claim says, is nothing more", () => {
    const accept = { ...sample, summary: { action: "accept" } };
    expect(translate({ ...accept, data: { status: "finished" } })).toEqual({ kind: "nothing" });
    const capitals = { ...sample, summary: { action: "ACCEPT" } };
    expect(translate({ ...capitals, data: { frames: [frame(0.1)] } })).toEqual({ kind: "nothing" });
    const both = translate({ ...sample, data: { frames: [frame(0.9)] }, summary: reject });
    expect(both).toMatchObject({ claims: [{ score: 0.9 }] });
    expect(both).not.toHaveProperty("unread");
  });

  it.each([{ frames: [frame(0.9)] }, { results: { nudity: { raw: 0.9 } } }, [frame(0.9)]])(
    "and what was found stands beside data: %j",
    (beside) => {
      for (const status of ["ongoing", "finished"]) {
        const payload = Array.isArray(beside) ? { ...sample, frame: beside } : { ...sample, ...beside };
        expect(faultsOf(() => translate({ ...payload, data: { status } }))).toMatchObject([{ pointer: "" }]);
      }
    },
  );

  it("and a workflow's action stands alone", () => {
    for (const data of [{ status: "finished" }, { status: "ongoing", frames: [frame(0.1)] }]) {
      const pointers = [
        { ...sample, data, action: "reject" },
        { ...sample, data, workflow: { id: "w", action: "REJECT" } },
        { ...sample, data: { ...data, action: "reject" } },
      ].map((payload) => faultsOf(() => translate(payload))?.map(({ pointer }) => pointer));
      expect(pointers).toEqual([["/action"], ["/workflow/action"], ["/data/action"]]);
      const accept = { ...sample, data, action: "accept", workflow: { id: "w", action: "ACCEPT" } };
      expect(translate(accept)).toEqual({ kind: "nothing" });
    }
  });

  it.each(["queued", "FINISHED", "rejected", 3])("and the status is %j", (status) => {
    expect(faultsOf(() => translate({ ...sample, data: { status } }))).toMatchObject([{ pointer: "/data/status" }]);
  });

  it.each(["finished", "stopped", "failure"])("and a job that is %s has results elsewhere", (status) => {
    expect(faultsOf(() => translate({ ...sample, data: { status, results: [frame(0.9)] } }))).toMatchObject([
      { pointer: "/data" },
    ]);
    const error = { type: "stream_error", message: "the stream ended" };
    expect(translate({ ...sample, data: { status, error } })).toEqual({ kind: "nothing" });
  });

  it.each(["frames", 5, true])("and %j is in the place of frames", (frames) => {
    expect(faultsOf(() => withFrames(frames))).toMatchObject([{ pointer: "/data/frames" }]);
  });

  it("and one of its frames is none: it is held for review, beside claims of the others", () => {
    const unread = [{ pointer: "/data/frames/1", message: "is no frame" }];
    expect(withFrames([frame(0.9), [frame(0.9)]])).toMatchObject({
      claims: [{ score: 0.9 }],
      unread: { part: "unread/2", issues: unread },
    });
    expect(faultsOf(() => withFrames([frame(0.1), "odd"]))).toEqual(unread);
  });
});

it.each(["ongoing", "finished", "stopped", "failure"])("that a job is %s is nothing to report", (status) => {
  expect(translate({ ...sample, data: { status, started: 1, last_update: 2.5, note: "x" } })).toEqual({
    kind: "nothing",
  });
  expect(withFrames([], { status })).toEqual({ kind: "nothing" });
});

describe("the stream", () => {
  const ofUri = (uri: unknown, query = {}) =>
    source.translate(
      { ...sample, media: { id: "med_1", uri }, data: { frames: [frame(0.9)] } },
      { ...asReceived(request), query },
      now,
    );

  it("is the one that the job watches, by its ingest domain", () => {
    expect(ofUri("https://play.example.com/live/room-42.flv")).toMatchObject({
      claims: [{ stream: { domain: "push.example.com", app: "live", stream: "room-42" } }],
    });
  });

  it("is never taken from the query, which nobody signed", () => {
    const query = { uri: "rtmp://push.example.com/live/room-1", stream: "push.example.com/live/room-1" };
    expect(faultsOf(() => ofUri(undefined, query))).toMatchObject([{ pointer: "/media/uri" }]);
    expect(ofUri("rtmp://push.example.com/live/room-42", query)).toMatchObject({
      claims: [{ stream: { stream: "room-42" } }],
    });
  });

  it("may be a rendition, which is held for review: the issue names the categories found", () => {
    expect(faultsOf(() => ofUri("https://play.example.com/live/room-42_hd01.flv"))).toEqual([
      { pointer: "/media/uri", message: expect.stringMatching(/"room-42_hd01".*; reported: nudity$/) },
    ]);
  });

  it.each(["", 5, "rtmp://elsewhere.example.com/live/a", "push.example.com/live/a"])(
    "is a fault where the address is %j",
    (uri) => {
      expect(faultsOf(() => ofUri(uri))).toMatchObject([{ pointer: "/media/uri" }]);
    },
  );
});

describe("the id", () => {
  it("is of the last frame that is worth a report, so that what is told again at the end is no new one", () => {
    const told = withFrames([frame(0.9, 1_000)]);
    expect(told).toMatchObject({ id: sample.media.id, parts: ["1000/nudity/0.9"] });
    expect(withFrames([frame(0.9, 1_000), frame(0.1, 5_000)], { status: "finished" })).toEqual(told);
    expect(withFrames([frame(0.9, 1_000), frame(0.9, 5_000)])).toMatchObject({ parts: ["5000/nudity/0.9"] });
  });

  it("is of each category by itself: whoever lists more at the end says nothing new of what was told", () => {
    const firearm = (score: number, position: number) => ({
      info: { position },
      weapon: { classes: { firearm: score } },
    });
    const parts = ["1000/weapons/0.7", "2000/nudity/0.9"];
    expect(withFrames([firearm(0.7, 1_000)])).toMatchObject({ parts: [parts[0]] });
    expect(withFrames([frame(0.9, 2_000)])).toMatchObject({ parts: [parts[1]] });
    expect(withFrames([firearm(0.7, 1_000), frame(0.9, 2_000)])).toMatchObject({ parts });
    expect(withFrames([frame(0.9, 2_000), firearm(0.7, 1_000)])).toMatchObject({ parts: parts.toReversed() });
  });

  it("is left to the body where the moment or the job is not said", () => {
    for (const position of [null, "soon", {}])
      expect(withFrames([frame(0.9), frame(0.9, position)]).id).toBeUndefined();
    for (const id of [undefined, "", "a b", "x".repeat(129)]) {
      expect(
        translate({ ...sample, media: { ...sample.media, id }, data: { frames: [frame(0.9)] } }).id,
      ).toBeUndefined();
    }
  });
});

describe("the signature's header", () => {
  const verdict = (value: string | undefined, among: readonly string[] = [secret]) => {
    try {
      return source.verify(asReceived(withValue(request, `/headers/${HEADER}`, value)), among, now);
    } catch (error) {
      if (!(error instanceof OffairError)) throw error;
      return error.details.check ?? error.code;
    }
  };
  const fitting = `v1=${macOf(request.body, secret)}`;
  const wrong = `v1=${macOf(request.body, other)}`;

  it("may hold one for each secret in use, in any place and beside other versions", () => {
    for (const value of [
      `t=${SENT_S},${wrong},${fitting}`,
      `t=${SENT_S},${fitting},${wrong}`,
      `${fitting},t=${SENT_S}`,
      `t=${SENT_S},v0=abc,v2=${"0".repeat(64)},,x,${fitting}`,
    ]) {
      expect(verdict(value)).toEqual({});
    }
  });

  it.each([
    ["no signature", `t=${SENT_S}`],
    ["no time", fitting],
    ["two times", `t=${SENT_S},t=${SENT_S},${fitting}`],
    ["a signature of another version only", `t=${SENT_S},v0=${macOf(request.body, secret)}`],
    ["more signatures than a rotation can need", `t=${SENT_S},${Array(16).fill(wrong).join(",")},${fitting}`],
    ["capitals", `t=${SENT_S},v1=${macOf(request.body, secret).toUpperCase()}`],
    ["a time that is none, though signed", `t=soon,v1=${macOf(request.body, secret, "soon")}`],
    ["a time in milliseconds, though signed", `t=${SENT_S}000,v1=${macOf(request.body, secret, `${SENT_S}000`)}`],
    ["another time than was signed", `t=${SENT_S - 1},${fitting}`],
    ["nothing", ""],
  ])("is refused with %s", (_, value) => {
    expect(verdict(value)).toBe(HEADER);
  });

  it("covers bytes that are no text", () => {
    const body = Uint8Array.of(0xff, 0x00, 0xfe);
    const v1 = createHmac("sha256", secret).update(`${SENT_S}.`).update(body).digest("hex");
    const headers = { [HEADER]: `t=${SENT_S},v1=${v1}` };
    expect(source.verify({ body, headers, query: {} }, [secret], now)).toEqual({});
  });

  it.each([
    ["without its beginning", secret.replace("casec_", "")],
    ["that is short", "casec_abcdefghijklmno"],
    ["with a line break", `${secret}\n`],
  ])("is not looked at beside a secret %s", (_, bad) => {
    expect(verdict(request.headers[HEADER], [secret, bad])).toBe("ERR_SECRET");
  });
});

it("any JSON in the place of frames is claims, nothing, or a report's fault", () => {
  const score = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.jsonValue());
  const any = fc.record(
    {
      info: fc.oneof(fc.record({ position: fc.jsonValue() }), fc.jsonValue()),
      nudity: fc.oneof(fc.record({ raw: score, partial: score }, { requiredKeys: [] }), fc.jsonValue()),
      weapon: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.array(any), any, fc.jsonValue()), fc.boolean(), (frames, whole) => {
      try {
        const translation = whole ? translate(frames) : withFrames(frames);
        expect(["claims", "nothing"]).toContain(translation.kind);
        if (translation.kind === "claims") expect(translation.claims.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ name: "OffairError", code: "ERR_REPORT_INVALID" });
      }
    }),
    { numRuns: runs(500) },
  );
});
