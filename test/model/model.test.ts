import { it } from "@jest/globals";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { storiesHold } from "./stories-hold.ts";

it("does each thing once, in order, and to its end, whatever comes in between (invariants 3, 4, 10, 11)", async () => {
  await storiesHold(createMemoryLedger, { maxCommands: 60, full: 2_000 });
});
