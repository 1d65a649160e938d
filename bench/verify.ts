/** Verifies one report of 2 kB: signature, JSON, and schema. */
import { strict as assert } from "node:assert";
import { createHmac, createSecretKey } from "node:crypto";
import { translate } from "../lib/sources/receive.ts";
import type { SourceRequest } from "../lib/sources/source.ts";
import { standard } from "../lib/sources/standard.ts";
import { type SignedReport, signReport } from "../local/demo/send-report.ts";
import type { Bench, Row } from "./bench.ts";
import { createVerify } from "./rivals/verify.ts";
import { type Side, takeTurns } from "./take-turns.ts";

const KEY = Buffer.from("a key of the bench that is long enough");
const SECRET = `whsec_${KEY.toString("base64")}`;
const FOREIGN = `whsec_${Buffer.from("a key that the source does not have").toString("base64")}`;

const STREAM = { domain: "publish.example.huawei.com", app: "live", stream: "room-42" };

/** 2 kB: a classifier's reason, and the frames that are its evidence. */
const REPORT = {
  ...{ occurredAt: "2026-11-21T21:59:58Z", stream: STREAM, category: "nudity", score: 0.93 },
  reason: `explicit nudity in three frames. ${"The same person is seen from the front for four seconds. ".repeat(12)}`,
  evidence: [1, 2, 3, 4, 5].map((frame) => ({
    url: `https://evidence.example.com/streams/live/room-42/frames/8f14e45fceea167a5a36dedd4bea2543-${frame}.jpg`,
    sha256: String(frame).repeat(64),
  })),
  reporter: { id: "frame-classifier-3" },
};

const requestOf = ({ headers, body }: SignedReport): SourceRequest => ({
  ...{ headers, query: {}, body: Buffer.from(body) },
});

/** The work of lib/sources/receive.ts between finding the source and sending to the queue. */
function readOurs(request: SourceRequest) {
  const now = new Date();
  standard.verify(request, [SECRET], now);
  return translate(standard, request, now);
}
const readRival = createVerify(SECRET);

/** The gateway passes the body as text, but the signature is of bytes; the conversion counts for each side. */
function sides(report: SignedReport): Record<"ours" | "rival" | "floor", Side> {
  const { headers, body } = report;
  const key = createSecretKey(KEY);
  return {
    ours(times) {
      for (let i = 0; i < times; i++) readOurs(requestOf(report));
    },
    rival(times) {
      for (let i = 0; i < times; i++) readRival(body, headers);
    },
    floor(times) {
      for (let i = 0; i < times; i++) {
        createHmac("sha256", key).update(body).digest("base64");
        JSON.parse(body);
      }
    },
  };
}

/** Checks that both sides accept a valid report with the same stream and category, and refuse forged, altered, old and invalid ones. */
export function checkReaders(genuine: SignedReport = signReport(REPORT, SECRET)): void {
  const ours = readOurs(requestOf(genuine));
  assert(ours.kind === "claims" && ours.claims[0]);
  const rival = readRival(genuine.body, genuine.headers);
  for (const claim of [ours.claims[0], rival]) {
    assert.deepEqual([claim.stream, claim.category, claim.score], [STREAM, REPORT.category, REPORT.score]);
  }
  const wrong = {
    forged: signReport(REPORT, FOREIGN),
    altered: { ...genuine, body: genuine.body.replace("0.93", "0.94") },
    old: signReport(REPORT, SECRET, { at: new Date(Date.now() - 400_000) }),
    "no report": signReport({ ...REPORT, category: "something else" }, SECRET),
  };
  for (const [what, report] of Object.entries(wrong)) {
    assert.throws(() => readOurs(requestOf(report)), `ours takes what is ${what}`);
    assert.throws(() => readRival(report.body, report.headers), `the rival takes what is ${what}`);
  }
}

const LIMITS = { atLeast: 200, atMost: 1_000, seconds: 60 };

const ROWS: readonly Row[] = [
  {
    what: "faster than the usual parts",
    above: "rival",
    below: "ours",
    target: { atLeast: 2 },
    bound:
      "HMAC and JSON.parse are part of both sides. Both parse a report with the same library, and offair also checks every text for control characters and unpaired surrogates, reads two sets of headers, and looks for keys that it ignores. The ratio varies from 2.0 to 2.2 between processes, depending on the compiler's optimisation.",
  },
  {
    what: "close to HMAC and JSON.parse alone",
    above: "ours",
    below: "floor",
    target: { atMost: 2 },
    bound:
      "zod takes 3 µs for the 27 values of the report and their rules; converting the body to bytes and back, the headers, the depth check, and the search for ignored keys and future times take 2. A second, handwritten parser for plain reports would save 2 µs: too little for a second copy of the schema.",
  },
];

export const verify: Bench = {
  name: "verify",
  about:
    "verifies, parses and translates one report of 2 kB. `rival`: `standardwebhooks`, JSON.parse and zod; `floor`: one HMAC with a prepared KeyObject, and JSON.parse. offair caches the KeyObject of a secret, the rival its `Webhook`.",
  async run({ rounds }) {
    const report = signReport(REPORT, SECRET);
    checkReaders(report);
    return takeTurns(sides(report), { rows: ROWS, rounds: (measured) => rounds(measured, LIMITS), sampleMs: 5 });
  },
};
