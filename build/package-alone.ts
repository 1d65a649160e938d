/** A package made in a directory of its own, so that runs side by side do not meet; with another policy, or with a module in place of another. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildOptions, ChangePolicy } from "./build.ts";
import { packageService } from "./package.ts";

const ROOT = join(import.meta.dirname, "..");

export interface PackagedAlone {
  readonly templatePath: string;
  remove(): void;
}

/** Nothing is ever over these. */
export const withoutLimits: ChangePolicy = (policy) => ({
  ...policy,
  limits: { ...policy.limits, total: 1_000_000, perSource: 1_000_000, atLeast: 1_000_000 },
});

export async function packageAlone(options: Pick<BuildOptions, "changePolicy" | "swap"> = {}): Promise<PackagedAlone> {
  const serviceDir = mkdtempSync(join(tmpdir(), "offair-package-"));
  const remove = () => rmSync(serviceDir, { recursive: true, force: true });
  try {
    copyFileSync(join(ROOT, "serverless.yml"), join(serviceDir, "serverless.yml"));
    await packageService({ stage: "local", serviceDir, ...options });
    return { templatePath: join(serviceDir, ".serverless", "cloudformation-template-update-stack.json"), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
