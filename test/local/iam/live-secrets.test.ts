/** Which secrets of Huawei users a role can read, and whose state of keys and rates, decided by the statements of resources/roles.yml. */
import { describe, expect, it } from "@jest/globals";
import { dynamodbCalls } from "../../../local/iam/dynamodb-calls.ts";
import { secretsCalls } from "../../../local/iam/secrets-calls.ts";
import { place, sessionOf } from "./role-session.ts";

const NAMES = {
  worker: ["worker", "worker-2", "worker-8"],
  audit: ["audit", "audit-2", "audit-8"],
  other: ["workers", "auditor", "work"],
};
const ALL = Object.values(NAMES).flat();

/** What a role may do with each user of `ALL`. */
async function usersOf(role: string) {
  const { iam, key } = await sessionOf(role);
  const isAllowed = (calls: ReturnType<typeof secretsCalls>) => iam.authorize(key, calls) === undefined;
  const ofSecret = (action: string) => (user: string) =>
    isAllowed(
      secretsCalls(action, { SecretId: `offair/local/live/${user}` }, place, (name) => {
        return `arn:aws:secretsmanager:${place.region}:${place.accountId}:secret:${name}-Ab3dEf`;
      }),
    );
  const ofItem = (operation: string, pk: (user: string) => string) => (user: string) =>
    isAllowed(
      dynamodbCalls(
        operation,
        { TableName: "Ledger", Key: { pk: { S: pk(user) }, sk: { S: "1" } } },
        place,
        () => "pk",
      ),
    );
  return {
    reads: ALL.filter(ofSecret("GetSecretValue")),
    stores: ALL.filter(ofSecret("PutSecretValue")),
    keys: ALL.filter(ofItem("UpdateItem", (user) => `KEY#${user}`)),
    rates: ALL.filter(ofItem("UpdateItem", (user) => `RATE#${user}#write-blocks`)),
  };
}

describe("a role", () => {
  it.each([
    ["WorkerRole", NAMES.worker, []],
    ["AuditRole", NAMES.audit, []],
    ["IncidentRole", NAMES.audit, []],
    ["RotateRole", [...NAMES.worker, ...NAMES.audit], [...NAMES.worker, ...NAMES.audit]],
    ["WebhookRole", [], []],
    ["AnswerRole", [], []],
    ["CanaryRole", [], []],
    ["ClockRole", [], []],
  ])("%s reads the secrets of its pools, of any size, and no other pool's", async (role, reads, stores) => {
    expect(await usersOf(role)).toMatchObject({ reads, stores });
  });

  it.each([
    ["WorkerRole", NAMES.worker],
    ["AuditRole", NAMES.audit],
    ["IncidentRole", NAMES.audit],
  ])("%s writes the states of keys and the rates of its pool only", async (role, users) => {
    const { keys, rates } = await usersOf(role);
    expect(keys.filter((user) => !NAMES.other.includes(user))).toEqual(users);
    expect(rates.filter((user) => !NAMES.other.includes(user))).toEqual(users);
  });
});
