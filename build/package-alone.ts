/** Packages the service in a temporary directory, so that concurrent runs do not conflict; optionally with a changed policy or module. */
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

/** Raises the action limits so that nothing reaches them. */
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
