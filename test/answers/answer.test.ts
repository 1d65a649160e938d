import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { type AnswerDeps, answer, type StatusRequest } from "../../lib/answers/answer.ts";
import type { AnsweredReport } from "../../lib/answers/status.ts";
import { OffairError } from "../../lib/core/errors.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { reportKey } from "../../lib/reports/report.ts";
import { problemAnswer } from "../../lib/sources/problem.ts";
import { type ReportRequest, receive } from "../../lib/sources/receive.ts";
import { SECRET, type Signing, secretOf, signed } from "../sources/signed.ts";
import { NOON, policy } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";

const AT = NOON.toISOString();
const OTHER_SECRET = secretOf(0x11);
const twoSources: Policy = {
  ...policy,
  sources: {
    ...policy.sources,
    forum: { adapter: "standard", grade: "B", secret: "forum-key" },
    push: { adapter: "huawei-push", grade: "D" },
  },
};
const paused: AnsweredReport = {
  ...{ report: { receivedAt: AT }, decision: { action: "pause", rule: "harmful" }, decidedAt: AT },
  ...{ outcome: "accepted", orderNumber: 1, closedAt: AT },
};

let stored: Map<string, AnsweredReport>;
let reads: string[];
let deps: AnswerDeps;
beforeEach(() => {
  stored = new Map([
    ["standard#msg_1", paused],
    ["forum#msg_2", paused],
  ]);
  reads = [];
  deps = {
    policy: twoSources,
    readSecret: async (name) => JSON.stringify({ secrets: [name === "standard" ? SECRET : OTHER_SECRET] }),
    readReport: async (key) => {
      reads.push(reportKey(key));
      return stored.get(reportKey(key));
    },
    now: () => NOON,
  };
});

/** A request signed over an empty body, which asks for the id that it signs. */
const ask = (signing: Signing = {}, change: Partial<StatusRequest> = {}): StatusRequest => ({
  ...{ source: "standard", id: signing.id ?? "msg_1", headers: signed("", signing).headers },
  ...change,
});

/** The response to a refused request, as the sender sees it. */
async function refusal(asked: StatusRequest, change: Partial<AnswerDeps> = {}) {
  const error = await answer(asked, { ...deps, ...change }).catch((caught: unknown) => caught);
  if (!(error instanceof OffairError)) throw new Error("was not refused, or not by us", { cause: error });
  return problemAnswer(error, "request-1", { allow: "GET", serverError: "later" });
}

describe("the sender of a report", () => {
  it("is answered the status of its report", async () => {
    expect(await answer(ask(), deps)).toEqual({
      ...{ source: "standard", id: "msg_1", status: "done", receivedAt: AT, decidedAt: AT },
      decision: { action: "pause", rule: "harmful" },
      ...{ outcome: "accepted", outcomeAt: AT, order: { action: "pause", number: 1 } },
    });
  });

  it("may ask while two secrets are valid, with the headers of Svix, and for an id that is encoded once more", async () => {
    const readSecret = async () => JSON.stringify({ secrets: [OTHER_SECRET, SECRET] });
    expect(await answer(ask(), { ...deps, readSecret })).toMatchObject({ id: "msg_1" });
    const { headers } = ask();
    const svix = Object.entries(headers).map(([name, value]) => [name.replace("webhook-", "svix-"), value]);
    expect(await answer(ask({}, { headers: Object.fromEntries(svix) }), deps)).toMatchObject({ id: "msg_1" });
    stored.set("standard#a/b?c", paused);
    expect(await answer(ask({ id: "a/b?c" }, { id: "a%2Fb%3Fc" }), deps)).toMatchObject({ id: "a/b?c" });
  });

  it("is answered 404 for a report that is unknown, and the same for one of another source, byte for byte", async () => {
    const unknown = await refusal(ask({ id: "msg_3" }));
    expect(unknown.statusCode).toBe(404);
    expect(await refusal(ask({ id: "msg_2" }))).toEqual(unknown);
    expect(reads).toEqual(["standard#msg_3", "standard#msg_2"]); // no other source's item is read
  });

  it("learns nothing of another report under an id that was used twice", async () => {
    stored.set("standard#msg_1 again 0123456789abcdef", { ...paused, outcome: "review" });
    expect(await answer(ask(), deps)).toMatchObject({ status: "done" });
    // No header can have the other one's id, and the path alone is not enough.
    const given = await refusal(ask({}, { id: "msg_1 again 0123456789abcdef" }));
    expect(given.statusCode).toBe(400);
  });

  it("is answered 503 while the secret or the ledger cannot be read", async () => {
    const readSecret = async () => "{}";
    const readReport = async () => {
      throw new OffairError("ERR_LEDGER", "the ledger cannot be read");
    };
    for (const change of [{ readSecret }, { readReport }]) {
      const { statusCode, headers, body } = await refusal(ask(), change);
      expect([statusCode, headers["retry-after"], JSON.parse(body).detail]).toEqual([503, "5", "later"]);
    }
  });
});

describe("a source without statuses", () => {
  it("is answered as one that does not exist, also with a valid signature", async () => {
    const unknown = await refusal(ask({}, { source: "nobody" }));
    expect(unknown.statusCode).toBe(404);
    for (const source of ["push", "canary", "__proto__", "", "Standard", "standard/", "../standard"]) {
      expect([source, await refusal(ask({}, { source }))]).toEqual([source, unknown]);
    }
  });
});

describe("who does not prove to be the source", () => {
  const report = JSON.stringify({ occurredAt: AT, category: "weapons" });
  const from = (body: string, signing: Signing = {}) => ask(signing, { headers: signed(body, signing).headers });
  const without = (name: string) => ask({}, { headers: { ...ask().headers, [name]: undefined } });
  const doubled = (name: string) =>
    ask({}, { headers: { ...ask().headers, [name]: `${ask().headers[name]},${ask().headers[name]}` } });

  it.each<[string, () => StatusRequest]>([
    ["no headers", () => ask({}, { headers: {} })],
    ["no signature", () => without("webhook-signature")],
    ["no id", () => without("webhook-id")],
    ["another source's secret", () => ask({ secret: OTHER_SECRET })],
    [
      "the signature of another id",
      () => ask({}, { headers: { ...ask({ id: "msg_9" }).headers, "webhook-id": "msg_1" } }),
    ],
    ["the signature of the report itself", () => from(report)],
    ["an old timestamp", () => ask({ at: new Date(NOON.getTime() - 301_000) })],
    ["a timestamp of the future", () => ask({ at: new Date(NOON.getTime() + 301_000) })],
    ["the id twice", () => doubled("webhook-id")],
    ["the timestamp twice", () => doubled("webhook-timestamp")],
    ["an id with a blank", () => ask({}, { headers: { ...ask().headers, "webhook-id": "msg_1 again 0" } })],
    [
      "only a signature of another version",
      () => ask({}, { headers: { ...ask().headers, "webhook-signature": "v1a,AAAA" } }),
    ],
  ])("is refused: %s", async (_, asked) => {
    const { statusCode } = await refusal(asked());
    expect(statusCode).toBe(401);
    expect(reads).toEqual([]);
  });

  it("cannot tell whether the report exists, or whether the path fits", async () => {
    const bad = ask({ secret: OTHER_SECRET });
    const first = await refusal(bad);
    for (const id of ["msg_1", "msg_2", "msg_404", "", "%", "..", "a/b"]) {
      expect(await refusal({ ...bad, id })).toEqual(first);
      expect(await refusal({ ...ask({ id: "msg_404", secret: OTHER_SECRET }), id })).toEqual(first);
    }
    expect(reads).toEqual([]);
  });

  it("may repeat a request of the sender for five minutes, as at any endpoint of the standard", async () => {
    const now = () => new Date(NOON.getTime() + 300_000);
    expect(await answer(ask(), { ...deps, now })).toMatchObject({ id: "msg_1" });
  });
});

it("a signed question is no report: sent with POST, it is refused and queues nothing", async () => {
  const { headers } = ask();
  const post: ReportRequest = { source: "standard", query: {}, headers, body: new Uint8Array() };
  const enqueue = async () => {
    throw new Error("queued");
  };
  const given = await receive(post, { ...deps, policy: twoSources, enqueue }).catch((error: unknown) => error);
  expect(given).toMatchObject({ code: "ERR_REPORT_INVALID" });
});

describe("a path that does not name the signed id", () => {
  it.each([
    "",
    "msg_2",
    "msg_1/",
    "/msg_1",
    "./msg_1",
    "../standard/msg_1",
    "msg_1/..",
    "msg_1\0",
    "msg_1%00",
    "%",
    "%GG",
    "msg_1#x",
    "msg_1 ",
    " msg_1",
    "MSG_1",
    "msg%255F1",
    "msg_1?",
    "ｍsg_1",
  ])("is refused, and nothing is read: %j", async (id) => {
    const { statusCode, body } = await refusal(ask({}, { id }));
    expect([statusCode, JSON.parse(body).code]).toEqual([400, "ERR_STATUS_ID"]);
    expect(reads).toEqual([]);
  });

  it("reads the report of the signed id and no other, whatever the path is", async () => {
    const paths = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("msg_1", "msg%5F1", "msg_2", "msg_1/../msg_2"),
    );
    await fc.assert(
      fc.asyncProperty(paths, async (id) => {
        reads = [];
        await answer(ask({}, { id }), deps).catch(() => undefined);
        expect(reads.every((key) => key === "standard#msg_1")).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });
});

it("is signed as the reference library signs an empty body", async () => {
  const { headers } = ask();
  expect(new Webhook(SECRET).sign("msg_1", NOON, "")).toBe(headers["webhook-signature"]);
});
