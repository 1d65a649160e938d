import { createMemoryLedger } from "../support/memory-ledger.ts";
import { ledgerContract } from "./ledger-contract.ts";
import { requestsContract } from "./requests-contract.ts";

ledgerContract(() => createMemoryLedger());
requestsContract(() => createMemoryLedger());
