import { expect, it } from "@jest/globals";
import { metricsOf } from "../../lib/moderation/measure.ts";

it("counts what came of a report or an order, with the time it took to take the stream off", () => {
  const key = "standard#msg_1";
  expect(metricsOf({ key, outcome: "verified", timeToOffMs: 740 })).toEqual({ OrdersDone: 1, TimeToOff: 740 });
  expect(metricsOf({ key, outcome: "unknown" })).toEqual({ OrdersUnknown: 1 });
  expect(metricsOf({ key, outcome: "failed" })).toEqual({ OrdersFailed: 1 });
  expect(metricsOf({ key, outcome: "review" })).toEqual({ ReportsInReview: 1 });
});

it("counts nothing twice, and nothing where nothing happened", () => {
  expect(metricsOf({ key: "standard#msg_1", outcome: "verified", repeated: true })).toEqual({});
  expect(metricsOf({ key: "standard#msg_1", outcome: "ignored" })).toEqual({});
});
