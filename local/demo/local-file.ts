/** The file that describes a running local stack to the commands: written when it is up, removed when it stops. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import {
  isRunning,
  type LocalStack,
  localStackSchema,
  readLocalStack,
  startOfProcess,
} from "../../cli/terminal/local-stack.ts";
import { parseAuditKeys, publicKeyPem } from "../../lib/archive/signing-keys.ts";
import { REGION } from "../stack/stack.ts";
import { auditKeySecret } from "./audit-key.ts";
import { AUDIT_KEY, OPERATORS, PUSH_KEY, PUSH_SOURCE, SOURCE, SOURCE_SECRET, type World } from "./world.ts";

export async function describeStack({ stack, simulator }: World): Promise<LocalStack> {
  const { clients, bucket, table, gatewayUrl, storage } = stack;
  const { protocol, hostname, port } = (await clients.dynamo.config.endpoint?.()) ?? {};
  return localStackSchema.parse({
    ...{
      pid: process.pid,
      pidStart: startOfProcess(process.pid),
      url: gatewayUrl,
      region: REGION,
      operators: OPERATORS,
    },
    sources: { [SOURCE]: SOURCE_SECRET, [PUSH_SOURCE]: PUSH_KEY },
    archive: { endpoint: storage.url, bucket },
    ledger: { endpoint: `${protocol}//${hostname}:${port}`, table },
    storeKeys: { accessKeyId: "local", secretAccessKey: "local" },
    auditKey: publicKeyPem(parseAuditKeys(auditKeySecret(AUDIT_KEY)).current),
    ...(simulator && { simulator: simulator.url }),
  });
}

/**
 * Writes the file in one step, readable by its owner only. Replaces the file of a stack that was killed.
 *
 * @returns a synchronous function that removes the file if it still belongs to this stack; or the process id of another running stack.
 */
export function writeLocalFile(path: string, stack: LocalStack): { remove(): void } | { takenBy: number } {
  const other = readOther(path);
  if (other && other.pid !== stack.pid && isRunning(other)) return { takenBy: other.pid };
  const text = `${JSON.stringify(stack, undefined, 2)}\n`;
  const draft = `${path}.${stack.pid}`;
  rmSync(draft, { force: true }); // left by a killed process that had the same id
  writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
  renameSync(draft, path);
  return {
    remove() {
      if (readOther(path)?.pid === stack.pid) rmSync(path, { force: true });
    },
  };
}

/** A damaged file counts as absent, so it can be replaced. */
function readOther(path: string): LocalStack | undefined {
  try {
    return readLocalStack(path);
  } catch {
    return undefined;
  }
}
