/** What reports said of a stream. */
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { at, sighting } from "../../ledger/recent-reports-contract.ts";
import { someStream } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let onTable: Ledger;
beforeAll(() => {
  onTable = createLedger(table.current.dynamo, TABLE);
});

it("DynamoDB is told in whole seconds when to forget it, and not before its time", async () => {
  const stream = someStream();
  await onTable.addRecentReport(stream, { ...sighting("forgotten"), expiresAt: "2026-11-22T12:00:00.001Z" });
  const { Items = [] } = await table.current.documents.send(new ScanCommand({ TableName: TABLE }));
  const item = Items.find(({ key }) => key === "standard#forgotten");
  expect(item?.expiresAt).toBe(Date.parse("2026-11-22T12:00:01Z") / 1_000);
  expect(await onTable.recentReports(stream, at(0))).toMatchObject([{ expiresAt: "2026-11-22T12:00:01.000Z" }]);
});
