/**
 * Reads what the status of a report is made of. The role of the function allows no other attribute (resources/roles.yml); of `report` and
 * `verdict` only some parts are read, so that neither the accusation nor a person's name reaches the function.
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { AnswerDeps } from "../../../answers/answer.ts";
import type { AnsweredReport } from "../../../answers/status.ts";
import { reportKey } from "../../../reports/report.ts";
import { openTable } from "../table.ts";

/** The role lists the attributes of these paths. */
export const ANSWERED_PATHS = [
  ...["report.receivedAt", "decision.action", "decision.rule", "decision.resumeTime", "decidedAt", "dueAt"],
  ...["outcome", "closedAt", "orderNumber", "verdict.verdict", "verdict.at", "verdict.action", "verdict.resumeTime"],
];

/** Each part of a path by a `#` name, because some are reserved words. */
const PROJECTION = ANSWERED_PATHS.map((path) => path.replace(/\w+/g, "#$&")).join(", ");
const NAMES = Object.fromEntries(ANSWERED_PATHS.flatMap((path) => path.split(".")).map((name) => [`#${name}`, name]));

/** @throws OffairError `ERR_LEDGER` */
export function createReadAnswered(dynamo: DynamoDBClient, tableName: string): AnswerDeps["readReport"] {
  const { attempt } = openTable(dynamo, tableName, () => new Date());
  return async (report) => {
    const found = await attempt("be read", (client, table) =>
      client.send(
        new GetCommand({
          TableName: table,
          Key: { pk: `REPORT#${reportKey(report)}`, sk: "REPORT" },
          ProjectionExpression: PROJECTION,
          ExpressionAttributeNames: NAMES,
          ConsistentRead: true,
        }),
      ),
    );
    return found?.Item as AnsweredReport | undefined;
  };
}
