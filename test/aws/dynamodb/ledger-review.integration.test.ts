import { beforeAll, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { approval, inReview } from "../../ledger/review-contract.ts";
import { NOON } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let onTable: Ledger;
beforeAll(() => {
  onTable = createLedger(table.current.dynamo, TABLE);
});

it("a verdict is one's own, though the answer that said so was lost", async () => {
  const { key } = await onTable.recordDecision(inReview("held"));
  table.current.loseAnswerOf("UpdateItemCommand");
  expect(await onTable.writeVerdict(key, approval, () => NOON)).toEqual(approval);
});

it("a made-up page says what is wrong with it, and not what it holds", async () => {
  const secret = Buffer.from('{"pk":"REPORT#hush","sk":"hush"}').toString("base64url");
  await expect(onTable.openReviews(10, secret)).rejects.toMatchObject({
    message: expect.not.stringContaining("hush"),
    details: { issues: [{ pointer: "/sk" }, { pointer: "/dueAt" }] },
  });
});
