import { describe, expect, it } from "@jest/globals";
import { functionSchema, resourcesOf, scheduleSchema } from "../../../local/stack/resources.ts";

const scope = { resources: new Map(), pseudo: {} };
const read = (Properties: Record<string, unknown>) =>
  resourcesOf({ Resources: { Fn: { Type: "Function", Properties } } }, "Function", functionSchema, scope)[0]?.[1];
const base = { FunctionName: "fn", Role: "arn", Handler: "index.handler", Code: { S3Key: "fn.zip" } };
const withVariables = (Variables: Record<string, string>) => ({ ...base, Environment: { Variables } });

describe("a function that Lambda would not create is an error that names it", () => {
  it.each([
    ["more than 4 KB of environment", withVariables({ A_LONG_ONE: "x".repeat(4_096) }), "4096 bytes"],
    ["a reserved variable", withVariables({ AWS_REGION: "eu-central-1" }), "reserves"],
    ["another reserved variable", withVariables({ AWS_LAMBDA_FUNCTION_NAME: "fn" }), "reserves"],
    ["a variable with a wrong name", withVariables({ "1ST": "x" }), "Environment.Variables.1ST"],
    ["more than 15 minutes", { ...base, Timeout: 901 }, "900"],
    ["more than 10,240 MB", { ...base, MemorySize: 10_241 }, "10240"],
    ["less than no concurrency", { ...base, ReservedConcurrentExecutions: -1 }, "0"],
    ["an unknown setting of loops", { ...base, RecursiveLoop: "Deny" }, "Terminate"],
  ])("%s", (_, properties, why) => {
    expect(() => read(properties)).toThrow(why);
    expect(() => read(properties)).toThrow(/^Fn \(Function\)/);
  });

  it("and what Lambda permits is none", () => {
    const variables = {
      LEDGER_TABLE: "x".repeat(3_000),
      AWS_LAMBDA_LOG_LEVEL: "INFO",
      AWS_NODEJS_CONNECTION_REUSE: "1",
    };
    expect(read(withVariables(variables))).toMatchObject({ RecursiveLoop: "Terminate", Timeout: 3 });
  });
});

it("a schedule's input has at most 256 kB, and its retry policy the defaults of AWS", () => {
  const scheduleOf = (Input: string) =>
    scheduleSchema.parse({ ScheduleExpression: "rate(1 hour)", Target: { Arn: "a", RoleArn: "b", Input } });
  expect(() => scheduleOf("x".repeat(262_145))).toThrow("262144");
  expect(scheduleOf("{}")).toMatchObject({
    GroupName: "default",
    Target: { RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
  });
});
