// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own syntax
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { resourcesOf } from "../../../local/stack/resources.ts";
import { scheduledInput } from "../../../local/stack/scheduler-input.ts";
import { readTemplate, resolveIntrinsics, type Scope } from "../../../local/stack/template.ts";

const scope: Scope = {
  pseudo: { "AWS::Region": "eu-central-1", "AWS::AccountId": "000000000000" },
  resources: new Map([
    ["Queue", { ref: "http://127.0.0.1:1/0/q", attributes: { Arn: "arn:aws:sqs:q", "Nested.Name": "n" } }],
  ]),
};
const resolve = (value: unknown) => resolveIntrinsics(value, scope, "Worker");

describe("an intrinsic function", () => {
  it.each([
    ["Ref", { Ref: "Queue" }, "http://127.0.0.1:1/0/q"],
    ["Ref to a pseudo parameter", { Ref: "AWS::Region" }, "eu-central-1"],
    ["Fn::GetAtt as a list", { "Fn::GetAtt": ["Queue", "Arn"] }, "arn:aws:sqs:q"],
    ["Fn::GetAtt as text", { "Fn::GetAtt": "Queue.Nested.Name" }, "n"],
    ["Fn::Sub", { "Fn::Sub": "${AWS::Region}/${Queue.Arn}/${!Literal}" }, "eu-central-1/arn:aws:sqs:q/${Literal}"],
    [
      "Fn::Sub with variables",
      { "Fn::Sub": ["${id}-${Queue}", { id: { Ref: "AWS::AccountId" } }] },
      "000000000000-http://127.0.0.1:1/0/q",
    ],
    ["Fn::Join", { "Fn::Join": ["/", ["a", { Ref: "AWS::Region" }, 3]] }, "a/eu-central-1/3"],
    [
      "Fn::Select of Fn::Split",
      { "Fn::Select": ["1", { "Fn::Split": [":", { "Fn::GetAtt": ["Queue", "Arn"] }] }] },
      "aws",
    ],
  ])("%s is resolved", (_, value, expected) => {
    expect(resolve({ deep: [value] })).toEqual({ deep: [expected] });
  });

  it("AWS::NoValue takes its property away", () => {
    expect(resolve({ kept: 1, gone: { Ref: "AWS::NoValue" } })).toEqual({ kept: 1 });
  });

  it.each([
    ["a resource", { Ref: "Topic" }, "Worker.x: Ref to Topic, which has no local value"],
    ["an inherited property", { Ref: "constructor" }, "Worker.x: Ref to constructor, which has no local value"],
    ["an attribute", { "Fn::GetAtt": ["Queue", "Url"] }, "Worker.x: Fn::GetAtt of Queue.Url, which has no local value"],
    ["a name in Fn::Sub", { "Fn::Sub": "${Nobody}" }, "Worker.x: Ref to Nobody, which has no local value"],
    ["a function", { "Fn::ImportValue": "other" }, "Worker.x: Fn::ImportValue is unknown to the local stack"],
  ])("that names an unknown %s is an error that says so", (_, value, message) => {
    expect(() => resolve({ x: value })).toThrow(message);
  });
});

describe("a resource", () => {
  const path = fileURLToPath(new URL("../fixtures/template.json", import.meta.url));

  it("is parsed by its type; properties that nothing local reads are not looked at", async () => {
    const template = await readTemplate(path);
    const wanted = resourcesOf(
      template,
      "AWS::Scheduler::Schedule",
      z.object({ ScheduleExpression: z.string() }),
      scope,
    );
    expect(wanted).toEqual([["AuditSchedule", { ScheduleExpression: "rate(1 hour)" }]]);
  });

  it("that cannot run locally is an error that names it", async () => {
    const template = await readTemplate(path);
    expect(() => resourcesOf(template, "AWS::Scheduler::Schedule", z.object({ Missing: z.string() }), scope)).toThrow(
      "AuditSchedule (AWS::Scheduler::Schedule) cannot run locally",
    );
  });
});

it("a schedule's input gets its slot and the other attributes filled in", () => {
  const input =
    '{"slot":"<aws.scheduler.scheduled-time>","try":"<aws.scheduler.attempt-number>","x":"<aws.scheduler.other>"}';
  const slot = new Date("2026-11-21T22:00:00.000Z");
  const target = { name: "audit", group: "hourly", input };
  expect(scheduledInput(target, slot, { region: "eu-central-1", accountId: "000000000000", attempt: 2 })).toEqual({
    slot: "2026-11-21T22:00:00Z",
    try: "2",
    x: "<aws.scheduler.other>",
  });
});
