import { describe, expect, it } from "@jest/globals";
import { subjectOf } from "../../../cli/terminal/subject.ts";

const UUID = "00000000-0000-4000-8000-000000000001";

describe("an id names by its form", () => {
  it.each<[string, ReturnType<typeof subjectOf>]>([
    [`op-${UUID}`, { kind: "order", orderId: `op-${UUID}` }],
    ["op-12ab", { kind: "order", orderId: "op-12ab" }],
    ["op-list.txt", { kind: "order", orderId: "op-list.txt" }],
    [UUID, { kind: "order", orderId: `op-${UUID}` }],
    ["hive#msg/1#2", { kind: "report", report: "hive#msg/1#2" }],
    ["op-vendor#1", { kind: "report", report: "op-vendor#1" }],
    ["op-eu.example.com/live/a#3", { kind: "stream-order", stream: "op-eu.example.com/live/a", number: 3 }],
    ["p.example.com/live/a#9#3", { kind: "stream-order", stream: "p.example.com/live/a#9", number: 3 }],
    ["p.example.com/live/a", { kind: "stream" }],
    ["p.example.com/live/a#b", { kind: "stream" }],
    ["p.example.com/live", undefined],
    ["hive", undefined],
  ])("%s", (text, subject) => expect(subjectOf(text)).toEqual(subject));
});
