import { expect, it } from "@jest/globals";
import { withTrace } from "../../lib/core/trace.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseBody } from "../../lib/queue/message.ts";
import { traceOfMessage } from "../../lib/queue/trace-of-message.ts";

const message: Message = { kind: "batch", orderId: "op-01234567-89ab-4cde-8f01-23456789abcd", from: 0 };

it("is the id under which the message was formatted, and changes nothing of the message", () => {
  const body = withTrace("JKJaXmPLvHcESHA=", () => formatMessage(message));
  expect(traceOfMessage(body)).toBe("JKJaXmPLvHcESHA=");
  expect(parseBody(body)).toEqual(message);
});

it.each([
  ["without one", formatMessage(message)],
  ["that is not JSON", "{"],
  ["with something else in its place", '{"traceId":{"a":1}}'],
  ["with one that could be more than an id in a log", '{"traceId":"a\\nb"}'],
  ["with a long one", JSON.stringify({ traceId: "a".repeat(101) })],
])("is undefined for a message %s", (_, body) => {
  expect(traceOfMessage(body)).toBeUndefined();
});
