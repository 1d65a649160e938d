import { createMemoryLedger } from "../support/memory-ledger.ts";
import { ledgerContract } from "./ledger-contract.ts";

ledgerContract(() => createMemoryLedger());
