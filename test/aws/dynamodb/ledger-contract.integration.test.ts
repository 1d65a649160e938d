import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { ledgerContract } from "../../ledger/ledger-contract.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();

ledgerContract(async () => {
  const { dynamo, documents } = table.current;
  await documents.send(new DeleteCommand({ TableName: TABLE, Key: { pk: "CONTROL", sk: "MODE" } }));
  return createLedger(dynamo, TABLE);
});
