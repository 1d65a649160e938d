import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseMessage } from "../../lib/queue/message.ts";
import { claimSchema } from "../../lib/reports/claim.ts";
import { weaponsReport } from "../support/fixtures.ts";
import { often, runs } from "../support/runs.ts";

const ORDER: Message = { kind: "order", orderId: "op-01234567-89ab-4cde-8f01-23456789abcd", index: 3 };

/** The characters that SQS takes (SendMessage, MessageBody): those of XML 1.0. */
const SQS_TEXT = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

function refusal(body: string): OffairError {
  try {
    parseMessage(body);
  } catch (error) {
    if (error instanceof OffairError) return error;
    throw error;
  }
  throw new Error("was understood");
}

describe("a message", () => {
  it("is read as it was written", () => {
    const { stream } = weaponsReport();
    const reports: Message = { kind: "reports", reports: [weaponsReport(), weaponsReport({ category: "spam" })] };
    const repair: Message = { kind: "repair", repair: { stream, number: 3, why: "missing" } };
    for (const message of [ORDER, reports, repair]) expect(parseMessage(formatMessage(message))).toEqual(message);
  });

  it("of any report that a source may hand in is read as it was written, and is text that SQS takes", () => {
    const text = (maxLength: number) => fc.string({ unit: "binary", minLength: 1, maxLength });
    const year = fc.date({
      min: new Date("0000-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    const claims = fc.record(
      {
        occurredAt: fc
          .tuple(year, fc.constantFrom("Z", "+14:00", "-12:00", "+23:59", "-23:59"))
          .map(([date, zone]) => date.toISOString().replace("Z", zone)),
        stream: fc.record({ domain: text(40), app: text(20), stream: text(60) }),
        category: fc.constant("weapons"),
        score: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
        reason: text(100),
      },
      { requiredKeys: ["occurredAt", "stream", "category"] },
    );
    let understood = 0;
    fc.assert(
      fc.property(claims, (given) => {
        const { data } = claimSchema.omit({ reporter: true }).safeParse(given);
        if (!data) return;
        understood++;
        const message: Message = { kind: "reports", reports: [{ ...weaponsReport(), ...data }] };
        const body = formatMessage(message);
        expect(body).toMatch(SQS_TEXT);
        expect(parseMessage(body)).toEqual(message);
      }),
      { numRuns: runs(1_000) },
    );
    expect(understood).toBeGreaterThan(often(100));
  });

  it.each(["\ufffe", "\uffff", "\u{1ffff}", "\u2028", "\ufeff", "\ufffd", "\\uffff"])(
    "keeps a name with %j exactly",
    (character) => {
      const { stream } = weaponsReport();
      const report = weaponsReport({ stream: { ...stream, stream: `room-${character}` } });
      const body = formatMessage({ kind: "reports", reports: [report] });
      expect(body).toMatch(SQS_TEXT);
      expect(parseMessage(body)).toEqual({ kind: "reports", reports: [report] });
    },
  );
});

describe("what nobody of ours wrote is not understood, and will never be", () => {
  const report = weaponsReport();
  const { stream: _, ...withoutStream } = report;
  it.each<[string, unknown]>([
    ["null", null],
    ["a list", [ORDER]],
    ["no kind", { ...ORDER, kind: undefined }],
    ["another kind", { ...ORDER, kind: "disable", stream: report.stream }],
    ["no reports", { kind: "reports", reports: [] }],
    ["a report without a stream", { kind: "reports", reports: [report, withoutStream] }],
    ["every stream", { kind: "reports", reports: [{ ...report, stream: { ...report.stream, stream: "*" } }] }],
    ["a report without a source", { kind: "reports", reports: [{ ...report, source: "" }] }],
    ["an order without an id", { kind: "order", index: 0 }],
    ["an order id that is none of ours", { ...ORDER, orderId: "OPERATOR#op-1" }],
    ["a repair of no order", { kind: "repair", repair: { stream: report.stream, number: 0, why: "missing" } }],
    ["a repair for no reason", { kind: "repair", repair: { stream: report.stream, number: 1, why: "please" } }],
    ["an index below zero", { ...ORDER, index: -1 }],
    ["an index between two", { ...ORDER, index: 0.5 }],
  ])("%s", (_name, message) => {
    expect(refusal(JSON.stringify(message))).toMatchObject({ code: "ERR_MESSAGE_INVALID" });
    expect(refusal(JSON.stringify(message)).retryable).toBe(false);
  });

  it.each(["", "{", "hunter2"])("%j", (body) => {
    expect(refusal(body)).toMatchObject({ code: "ERR_MESSAGE_INVALID", message: "the message is not JSON" });
  });

  it("names the faults, and takes no more from an order than its id", () => {
    const faulty = {
      kind: "reports",
      reports: [{ ...report, score: "hunter2", stream: { ...report.stream, app: "" } }],
    };
    const { message, details } = refusal(JSON.stringify(faulty));
    expect(details.issues?.map(({ pointer }) => pointer)).toEqual(["/reports/0/stream/app", "/reports/0/score"]);
    expect(message).not.toContain("hunter2");
    expect(parseMessage(JSON.stringify({ ...ORDER, action: "disable", stream: report.stream }))).toEqual(ORDER);
  });
});
