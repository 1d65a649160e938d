/** Packages the service in a temporary directory, so that concurrent runs do not conflict; optionally with a changed policy or module. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChangePolicy } from "./build.ts";
import { copyServiceDefinition, type PackageOptions, packageService } from "./package.ts";

export interface PackagedAlone {
  readonly templatePath: string;
  remove(): void;
}

/** Raises the action limits so that nothing reaches them. */
export const withoutLimits: ChangePolicy = (policy) => ({
  ...policy,
  limits: { ...policy.limits, total: 1_000_000, perSource: 1_000_000, atLeast: 1_000_000 },
});

export async function packageAlone(options: Omit<PackageOptions, "stage" | "serviceDir"> = {}): Promise<PackagedAlone> {
  const serviceDir = mkdtempSync(join(tmpdir(), "offair-package-"));
  const remove = () => rmSync(serviceDir, { recursive: true, force: true });
  try {
    copyServiceDefinition(serviceDir);
    await packageService({ stage: "local", serviceDir, ...options });
    return { templatePath: join(serviceDir, ".serverless", "cloudformation-template-update-stack.json"), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
