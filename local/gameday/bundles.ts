/** A package made in a directory of its own, so that runs side by side do not meet; on a bad day one without limits, or with a saboteur in it. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFunctions, type ChangePolicy } from "../../scripts/build.ts";
import { packageService } from "../../scripts/package.ts";
import type { Sabotage } from "./sabotage.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface Packaged {
  readonly templatePath: string;
  /** Set where the functions are not those of the zips. */
  readonly taskRoot?: string;
  remove(): void;
}

/** A bad day asks for more actions in its minutes than a policy should let a source have; the limits have a trial of their own (local/flood). */
export const withoutLimits: ChangePolicy = (policy) => ({
  ...policy,
  limits: { ...policy.limits, total: 1_000_000, perSource: 1_000_000, atLeast: 1_000_000 },
});

interface PackageAloneOptions {
  readonly changePolicy?: ChangePolicy;
  readonly sabotage?: Sabotage | undefined;
}

export async function packageAlone({ changePolicy, sabotage }: PackageAloneOptions = {}): Promise<Packaged> {
  const serviceDir = mkdtempSync(join(tmpdir(), "offair-gameday-"));
  const remove = () => rmSync(serviceDir, { recursive: true, force: true });
  try {
    copyFileSync(join(ROOT, "serverless.yml"), join(serviceDir, "serverless.yml"));
    const policy = changePolicy && { changePolicy };
    await packageService({ stage: "local", serviceDir, ...policy });
    const templatePath = join(serviceDir, ".serverless", "cloudformation-template-update-stack.json");
    if (!sabotage) return { templatePath, remove };
    const taskRoot = join(serviceDir, "sabotaged");
    await buildFunctions({
      outdir: join(taskRoot, "dist"),
      swap: { [sabotage.module]: sabotage.replacement },
      ...policy,
    });
    return { templatePath, taskRoot, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
