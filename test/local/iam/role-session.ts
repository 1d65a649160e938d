/** A session of a role of resources/roles.yml: its statements on the ledger and on the event bus, with the names that the tests use. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { createIam, type Iam } from "../../../local/iam/iam.ts";
import { policySchema } from "../../../local/iam/policy.ts";

export const place = { region: "eu-central-1", accountId: "000000000000" };
const ROLES = join(import.meta.dirname, "../../../resources/roles.yml");
const Version = "2012-10-17";

export const TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/Ledger";
/** Stands for the resources of a statement, unless they are names already. */
const RESOURCES: Readonly<Record<string, string>> = {
  dynamodb: TABLE,
  events: "arn:aws:events:eu-central-1:000000000000:event-bus/offair-local",
};

/** The patterns of names of secrets, in the stage `local`. Secrets that are named by their logical ids are left out. */
const secretsOf = (resource: unknown): string[] =>
  [resource].flat().flatMap((each) => {
    const text = String(each);
    if (!text.startsWith("arn:")) return [];
    const { region, accountId } = place;
    const names = { "AWS::Partition": "aws", "AWS::Region": region, "AWS::AccountId": accountId, "sls:stage": "local" };
    return [text.replace(/\$\{([^}]+)\}/g, (_, name: keyof typeof names) => names[name])];
  });

/** @returns the key of the session, for `iam.authorize`. */
export async function sessionOf(role: string): Promise<{ iam: Iam; key: string }> {
  const { Resources } = parse(readFileSync(ROLES, "utf8"), { logLevel: "silent" });
  const statements: { Action: string | string[]; Resource: unknown }[] =
    Resources[role].Properties.Policies[0].PolicyDocument.Statement;
  const Statement = statements.flatMap((each) => {
    const [service = ""] = String(each.Action).split(":");
    const Resource = RESOURCES[service] ?? (service === "secretsmanager" ? secretsOf(each.Resource) : []);
    return Resource.length === 0 ? [] : [{ ...each, Resource }];
  });
  const iam = createIam(place, {});
  const arn = `arn:aws:iam::000000000000:role/${role}`;
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  await iam.putRole({
    ...{ id: role, name: role, arn, trust: policySchema.parse({ Version, Statement: trust }) },
    policies: { rights: policySchema.parse({ Version, Statement }) },
  });
  return { iam, key: iam.assumeRole("lambda.amazonaws.com", arn, role).accessKeyId };
}
