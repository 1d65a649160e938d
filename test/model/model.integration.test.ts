import { it } from "@jest/globals";
import { useLedger } from "../support/ledger.ts";
import { storiesHold } from "./stories-hold.ts";

const store = useLedger();

it("does each thing once on DynamoDB too", async () => {
  await storiesHold(() => store.current, { maxCommands: 40, full: 12 });
});
