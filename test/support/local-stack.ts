/** A local stack that runs for as long as this process does, as its file describes it. */
import type { LocalStack } from "../../cli/terminal/local-stack.ts";
import { publicKeyPem } from "../../lib/archive/signing-keys.ts";
import { keyOf } from "./chain.ts";

const keys = (name: string) => ({ accessKeyId: `KEYOF${name}`, secretAccessKey: `secret-of-${name}` });

export const localStack = {
  pid: process.pid,
  url: "http://127.0.0.1:8787",
  region: "eu-central-1",
  operators: { alice: keys("alice"), bob: keys("bob") },
  sources: { standard: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
  archive: { endpoint: "http://127.0.0.1:8788", bucket: "local-archive" },
  ledger: { endpoint: "http://localhost:8789", table: "local-Ledger" },
  storeKeys: { accessKeyId: "local", secretAccessKey: "local" },
  auditKey: publicKeyPem(keyOf(1)),
  simulator: "http://127.0.0.1:8790",
} satisfies LocalStack;
