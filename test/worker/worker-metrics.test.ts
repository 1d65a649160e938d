import { expect, it } from "@jest/globals";
import { metricsOf } from "../../lib/worker/worker-metrics.ts";

it("counts what came of a report or an order, with the time it took to take the stream off", () => {
  const key = "standard#msg_1";
  expect(metricsOf({ key, outcome: "verified", timeToOffMs: 740 })).toEqual({ OrdersDone: 1, TimeToOff: 740 });
  expect(metricsOf({ key, outcome: "unknown" })).toEqual({ OrdersUnknown: 1 });
  expect(metricsOf({ key, outcome: "failed" })).toEqual({ OrdersFailed: 1 });
  expect(metricsOf({ key, outcome: "review" })).toEqual({ ReportsInReview: 1 });
});

it("counts a report on which nothing is done by its outcome, and not a callback or a check", () => {
  const report = { key: "standard#msg_1", kind: "report" } as const;
  expect(metricsOf({ ...report, outcome: "ignored" })).toEqual({ ReportsIgnored: 1 });
  expect(metricsOf({ ...report, outcome: "observed" })).toEqual({ ReportsObserved: 1 });
  expect(metricsOf({ ...report, outcome: "refused" })).toEqual({ ReportsRefused: 1 });
  expect(metricsOf({ ...report, outcome: "ignored", repeated: true })).toEqual({});
  expect(metricsOf({ key: "publish#1", outcome: "ignored" })).toEqual({});
});

it("wakes nobody for the pause of a stream that nobody pushes, and somebody for every other order that Live refused", () => {
  expect(metricsOf({ key: "k", outcome: "failed", because: "LIVE.103011019" })).toEqual({});
  expect(metricsOf({ key: "k", outcome: "failed", because: "LIVE.100011003" })).toEqual({ OrdersFailed: 1 });
});

it("counts nothing twice, and nothing where nothing happened", () => {
  expect(metricsOf({ key: "standard#msg_1", outcome: "verified", repeated: true })).toEqual({});
  expect(metricsOf({ key: "standard#msg_1", outcome: "ignored" })).toEqual({});
});
