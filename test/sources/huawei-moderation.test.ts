import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import { createHuaweiModeration } from "../../lib/sources/huawei-moderation.ts";
import { policy } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";
import { asReceived, describeSource, type FixtureRequest, readFixture, withValue } from "./contract.ts";

/** By the vendor's formula. */
function sign(request: FixtureRequest, seed: string): FixtureRequest {
  const { create_time, job_id, request_id } = JSON.parse(request.body);
  const mac = createHmac("sha256", seed).update(create_time + job_id + request_id + seed);
  return withValue(request, "/headers/x-auth-signature", mac.digest("hex"));
}

describeSource("huawei-moderation", sign);

const { request, secrets, at } = readFixture("huawei-moderation");
const [seed] = secrets;
const now = new Date(at);
const sample = JSON.parse(request.body);
const categories = { porn: "nudity", "porn/sexy": "other", terrorism: "terrorism", abuse: "harassment" } as const;
const source = createHuaweiModeration(
  { categories },
  { ...policy, playback: { "play.example.com": "push.example.com" } },
);

const translate = (payload: unknown) => source.translate(payload, asReceived(request), now);
/** The sample with these images and sounds, and nothing else found. */
const found = (result: Record<string, unknown>) => translate({ ...sample, result: { suggestion: "block", ...result } });
const image = (change: Record<string, unknown> = {}, detail: Record<string, unknown> = {}) => ({
  suggestion: "block",
  category: "porn",
  time: 10,
  detail: [{ confidence: 0.9, suggestion: "block", category: "porn", label: "nude", ...detail }],
  ...change,
});
const claimsOf = (result: Record<string, unknown>) => {
  const translation = found(result);
  return translation.kind === "claims" ? translation.claims : [];
};
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
  it("has the highest confidence, whatever the order", () => {
    const images = [0.5, 0.9, 0.7].map((confidence) => image({}, { confidence }));
    expect(claimsOf({ image_detail: images })).toMatchObject([{ category: "nudity", score: 0.9 }]);
  });

  it("takes the exact label before its category", () => {
    const images = [image({}, { label: "sexy" }), image()];
    expect(claimsOf({ image_detail: images }).map(({ category }) => category)).toEqual(["other", "nudity"]);
  });

  it("says what is to be blocked and what to be looked at", () => {
    const images = [
      image(),
      image({}, { label: "sexy", suggestion: "review" }),
      image({ suggestion: "review" }, { suggestion: undefined }),
    ];
    expect(claimsOf({ image_detail: images }).map(({ reason }) => reason)).toEqual([
      'Huawei Content Moderation: block "porn/nude", review "porn/nude"',
      'Huawei Content Moderation: review "porn/sexy"',
    ]);
  });

  it("knows sound by its label, which is what an image's category is", () => {
    const audio_detail = [{ suggestion: "review", label: "abuse", start_time: 20, end_time: 30, detail: [] }];
    expect(claimsOf({ suggestion: "review", audio_detail })).toMatchObject([
      { category: "harassment", reason: 'Huawei Content Moderation: review "abuse"' },
    ]);
    expect(claimsOf({ audio_detail })[0]).not.toHaveProperty("score", expect.anything());
  });

  it("counts a segment that is flagged as a whole, though in no detail", () => {
    expect(claimsOf({ image_detail: [image({ detail: [] })] })).toMatchObject([{ category: "nudity" }]);
    expect(claimsOf({ image_detail: [image({}, { suggestion: "pass" })] })).toMatchObject([{ category: "nudity" }]);
  });

  it("leaves out what may pass, and takes a suggestion that nobody documents for one to look at", () => {
    const passed = image({ suggestion: "pass", category: "terrorism", detail: [] });
    expect(claimsOf({ image_detail: [passed, image()] }).map(({ category }) => category)).toEqual(["nudity"]);
    expect(claimsOf({ image_detail: [image({ suggestion: "ban" })] })).toHaveLength(1);
  });

  it("never tells what was read or heard in the stream", () => {
    const images = [image({ ocr_text: "SECRET-A" }, { qr_content: "SECRET-B", segments: [{ segment: "SECRET-C" }] })];
    const audio_detail = [{ suggestion: "block", label: "abuse", audio_text: "SECRET-D", end_time: 3, detail: [] }];
    expect(JSON.stringify(found({ image_detail: images, audio_detail }))).not.toContain("SECRET");
  });

  it("is dated by its receipt, for no time of the harm is signed", () => {
    expect(claimsOf({ image_detail: [image()] })[0]?.occurredAt).toBe(at);
  });
});

describe("harm does not go unseen", () => {
  it("where a list of words answered beside a classifier that was unsure", () => {
    const audio_detail = [{ suggestion: "block", label: "porn", end_time: 10, detail: [] }];
    const images = [image({}, { confidence: 0.3 })];
    expect(claimsOf({ image_detail: images, audio_detail }).map(({ category, score }) => [category, score])).toEqual([
      ["nudity", 0.3],
      ["nudity", undefined],
    ]);
  });

  const unknown = image({ category: "odd" }, { category: "odd", label: "new" });

  it("where no label is mapped: a fault that names them and the place of the first", () => {
    expect(faultsOf(() => found({ image_detail: [image({ suggestion: "pass", detail: [] }), unknown] }))).toEqual([
      {
        pointer: "/result/image_detail/1/detail/0",
        message: 'no flagged label is in categories: block "odd/new"',
      },
    ]);
  });

  it("where some are: claims for those, which name the others, and the others for a person", () => {
    expect(found({ image_detail: [image(), unknown] })).toMatchObject({
      claims: [
        {
          category: "nudity",
          reason: 'Huawei Content Moderation: block "porn/nude"; flagged too, and not in categories: block "odd/new"',
        },
      ],
      unread: {
        part: "unread/10",
        issues: [{ pointer: "/result/image_detail/1/detail/0", message: 'not in categories: block "odd/new"' }],
      },
    });
  });

  it.each([{}, { 0: image() }, "none", 5, true])("where a list of findings is %j", (other) => {
    const issues = [{ pointer: "/result/audio_detail", message: "is not a list" }];
    for (const status of ["running", "failed", "succeeded"]) {
      expect(faultsOf(() => translate({ ...sample, status, result: { audio_detail: other } }))).toEqual(issues);
    }
    expect(found({ image_detail: [image()], audio_detail: other })).toMatchObject({
      claims: [{ category: "nudity" }],
      unread: { issues },
    });
  });

  it.each(["block", "review"])("where a detail says %s of a segment that may pass", (suggestion) => {
    expect(
      claimsOf({ suggestion: "pass", image_detail: [image({ suggestion: "pass" }, { suggestion })] }),
    ).toMatchObject([{ category: "nudity", reason: `Huawei Content Moderation: ${suggestion} "porn/nude"` }]);
    const details = [{ label: "nude" }, { suggestion, category: "porn", confidence: 0.7 }, { suggestion: "pass" }];
    expect(claimsOf({ image_detail: [image({ suggestion: "pass", detail: details })] })).toMatchObject([
      { score: 0.7 },
    ]);
  });

  it("does not repeat a label that is not plain and short, and lists no more than a few", () => {
    const labels = ["a\nb", "x".repeat(65), '"', ...Array.from({ length: 2_000 }, (_, index) => `label-${index}`)];
    const [claim] = claimsOf({ image_detail: labels.map((label) => image({}, { label })) });
    expect(claim?.reason).toMatch(/^[\x20-\x7e]{1,500}$/);
    expect(claim?.reason).toContain("a label that is not plain and short");
    expect(claim?.reason).toMatch(/ and 1993 more$/);
  });

  it("where a result is flagged and names no segment", () => {
    expect(faultsOf(() => found({ image_detail: [], audio_detail: [] }))).toMatchObject([{ pointer: "/result" }]);
    expect(faultsOf(() => translate({ ...sample, status: "succeeded", result: undefined }))).toHaveLength(1);
  });

  it.each([97, -0.1, "high", null])(
    "where the confidence is %j: on another scale no rule would see it",
    (confidence) => {
      expect(faultsOf(() => found({ image_detail: [image({}, { confidence })] }))).toMatchObject([
        { pointer: "/result/image_detail/0/detail/0/confidence" },
      ]);
    },
  );

  const passed = (change: object) => image({ suggestion: "pass", ...change }, { suggestion: "pass" });
  it.each<[object, string]>([
    [{ image_detail: image() }, "/result/image_detail"],
    [{ image_detail: [passed({ detail: image().detail[0] })] }, "/result/image_detail/0/detail"],
    [{ text_detail: [{ suggestion: "block", label: "abuse" }] }, "/result"],
  ])("where findings have another shape although the job as a whole passed: %j", (result, pointer) => {
    const payload = { ...sample, status: "succeeded", result: { suggestion: "pass", ...result } };
    expect(faultsOf(() => translate(payload))).toMatchObject([{ pointer }]);
  });

  it("where only a detail may not pass, by a suggestion that nobody documents", () => {
    expect(claimsOf({ image_detail: [image({ suggestion: "pass" }, { suggestion: "Block" })] })).toHaveLength(1);
    expect(found({ suggestion: "pass", image_detail: [passed({})] })).toEqual({ kind: "nothing" });
  });

  it("where a job failed after it found something", () => {
    const failed = { ...sample, status: "failed", result: { suggestion: "block", image_detail: [image()] } };
    expect(translate(failed).kind).toBe("claims");
  });
});

it.each([
  ["a stream that ended without a finding", { status: "succeeded", result: { suggestion: "pass", image_detail: [] } }],
  ["a job that failed, as every one does whose stream is cut", { status: "failed", result: undefined }],
  ["a job that runs", { status: "running", result: undefined }],
])("%s is nothing to report", (_, change) => {
  expect(translate({ ...sample, ...change })).toEqual({ kind: "nothing" });
});

describe("the stream", () => {
  const withUrl = (url: unknown) => translate({ ...sample, request_params: { data: { url } } });

  it("is the one that the job watches, by its ingest domain", () => {
    for (const url of ["https://play.example.com/live/room-42.m3u8?token=1", "rtmp://push.example.com/live/room-42"]) {
      expect(withUrl(url)).toMatchObject({
        claims: [{ stream: { domain: "push.example.com", stream: "room-42" } }],
      });
    }
  });

  it("may be a rendition, which is held for review: the issue names the categories found", () => {
    expect(faultsOf(() => withUrl("https://play.example.com/live/room-42_hd01.flv"))).toEqual([
      { pointer: "/request_params/data/url", message: expect.stringMatching(/"room-42_hd01".*; reported: nudity/) },
    ]);
  });

  it.each([undefined, 5, "", "rtmp://elsewhere.example.com/live/a", "ftp://push.example.com/live/a"])(
    "is a fault where the address is %j",
    (url) => expect(faultsOf(() => withUrl(url))).toMatchObject([{ pointer: "/request_params/data/url" }]),
  );
});

describe("the id", () => {
  const ids = `${sample.job_id}/${sample.request_id}`;
  /** Of every claim. */
  const idsOf = (result: Record<string, unknown>) => {
    const translation = found(result);
    return translation.kind === "claims" ? translation.parts?.map((part) => `${translation.id}/${part}`) : undefined;
  };
  const idAt = (...times: unknown[]) => idsOf({ image_detail: times.map((time) => image({ time })) })?.join();

  it("is of the last flagged moment: a later one under the same request id is another report", () => {
    expect(idAt(10, 5)).toBe(`${ids}/10/nudity/0.9`);
    expect(idAt(10, 15)).not.toBe(idAt(10));
  });

  it("is the same when the end of the stream tells of it once more", () => {
    const passed = image({ suggestion: "pass", time: 60, detail: [] });
    expect(idsOf({ image_detail: [image(), passed] })).toEqual([idAt(10)]);
    const before = image({ time: 5 }, { label: "sexy" });
    expect(idsOf({ image_detail: [before, image(), passed] })).toEqual([`${ids}/5/other/0.9`, idAt(10)]);
  });

  it("tells apart what was seen and what was heard at one moment", () => {
    const audio_detail = [{ suggestion: "block", label: "abuse", start_time: 0, end_time: 10, detail: [] }];
    expect(idsOf({ audio_detail })).toEqual([`${ids}/10/harassment/unscored`]);
    expect(idsOf({ image_detail: [image()], audio_detail })).toEqual([idAt(10), `${ids}/10/harassment/unscored`]);
  });

  it("is the same when something is added that the policy does not know, which has an id of its own", () => {
    const odd = (time?: number) => image({ category: "odd", time, detail: [] });
    const partOf = (...images: object[]) => Object(found({ image_detail: images })).unread?.part;
    expect(idsOf({ image_detail: [image(), odd(20)] })).toEqual([idAt(10)]);
    expect(partOf(image(), odd(20))).toBe("unread/20");
    expect(partOf(odd(20), image(), odd(15))).toBe("unread/20");
    expect(partOf(image(), odd())).toMatch(/^unread\/[0-9a-f]{32}$/);
    expect(partOf(image(), odd(), odd())).not.toBe(partOf(image(), odd()));
  });

  it("is left to the body where a moment is not said, or the names are not plain", () => {
    expect(idAt(10, undefined)).toBeUndefined();
    expect(translate({ ...sample, job_id: "a/b" }).id).toBeUndefined();
    expect(translate({ ...sample, request_id: "x".repeat(65) }).id).toBeUndefined();
  });
});

describe("the signature", () => {
  const verify = (given: FixtureRequest, seeds: readonly string[] = [seed]) =>
    source.verify(asReceived(given), seeds, now);

  it("may be written in capitals, and create_time as the vendor's own example misspells it", () => {
    const signature = request.headers["x-auth-signature"];
    expect(verify(withValue(request, "/headers/x-auth-signature", signature?.toUpperCase()))).toEqual({});
    const { create_time: craete_time, ...rest } = sample;
    expect(verify({ ...request, body: JSON.stringify({ ...rest, craete_time }) })).toEqual({});
  });

  it("has no end, and does not cover what was found: that is why the grade caps it", () => {
    expect(source.verify(asReceived(request), [seed], new Date("2036-01-01T00:00:00Z"))).toEqual({});
    expect(verify({ ...request, body: JSON.stringify({ ...sample, result: {} }) })).toEqual({});
  });

  it.each(["x".repeat(15), "x".repeat(65), "with space in it 1", "dash-dash-dash-dash"])(
    "the seed %j is none",
    (bad) => {
      expect(() => verify(request, [bad])).toThrow(expect.objectContaining({ code: "ERR_SECRET" }));
    },
  );

  it("is refused beside bytes of any kind", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (body) => {
          expect(() => source.verify({ ...asReceived(request), body }, [seed], now)).toThrow(
            expect.objectContaining({ code: "ERR_REPORT_SIGNATURE" }),
          );
        },
      ),
    );
  });
});

it("any JSON in the place of a result is claims, nothing, or a report's fault", () => {
  const segment = fc.record(
    {
      suggestion: fc.oneof(fc.constantFrom("block", "review", "pass"), fc.jsonValue()),
      category: fc.oneof(fc.constantFrom("porn", "__proto__", "constructor"), fc.jsonValue()),
      label: fc.oneof(fc.constantFrom("abuse", "toString"), fc.jsonValue()),
      time: fc.jsonValue(),
      detail: fc.oneof(fc.array(fc.record({ confidence: fc.jsonValue(), label: fc.jsonValue() })), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const list = fc.oneof(fc.array(segment), fc.jsonValue());
  const result = fc.record(
    { suggestion: fc.jsonValue(), image_detail: list, audio_detail: list },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(result, fc.jsonValue()), fc.constantFrom("running", "failed", "odd"), (any, status) => {
      try {
        const translation = translate({ ...sample, status, result: any });
        expect(["claims", "nothing"]).toContain(translation.kind);
        if (translation.kind === "claims") expect(translation.claims.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ name: "OffairError", code: "ERR_REPORT_INVALID" });
      }
    }),
    { numRuns: runs(500) },
  );
});
