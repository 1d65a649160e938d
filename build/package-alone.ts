/** A package made in a directory of its own, so that runs side by side do not meet; with another policy, or with a module in place of another. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, buildFunctions, type ChangePolicy } from "./build.ts";
import { packageService } from "./package.ts";

const ROOT = join(import.meta.dirname, "..");

export interface PackagedAlone {
  readonly templatePath: string;
  /** Set where the functions are not those of the zips. */
  readonly taskRoot?: string;
  remove(): void;
}

/** Nothing is ever over these. */
export const withoutLimits: ChangePolicy = (policy) => ({
  ...policy,
  limits: { ...policy.limits, total: 1_000_000, perSource: 1_000_000, atLeast: 1_000_000 },
});

export async function packageAlone({
  swap,
  ...policy
}: Pick<BuildOptions, "changePolicy" | "swap"> = {}): Promise<PackagedAlone> {
  const serviceDir = mkdtempSync(join(tmpdir(), "offair-package-"));
  const remove = () => rmSync(serviceDir, { recursive: true, force: true });
  try {
    copyFileSync(join(ROOT, "serverless.yml"), join(serviceDir, "serverless.yml"));
    await packageService({ stage: "local", serviceDir, ...policy });
    const templatePath = join(serviceDir, ".serverless", "cloudformation-template-update-stack.json");
    if (!swap) return { templatePath, remove };
    const taskRoot = join(serviceDir, "swapped");
    await buildFunctions({ outdir: join(taskRoot, "dist"), swap, ...policy });
    return { templatePath, taskRoot, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
