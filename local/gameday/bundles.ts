/** The package that a game day runs, made in a directory of its own, so that days side by side do not meet; and one with a saboteur in it. */
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
const withoutLimits: ChangePolicy = (policy) => ({
  ...policy,
  limits: { ...policy.limits, total: 1_000_000, perSource: 1_000_000, atLeast: 1_000_000 },
});

export async function packageForDay(sabotage?: Sabotage): Promise<Packaged> {
  const serviceDir = mkdtempSync(join(tmpdir(), "offair-gameday-"));
  const remove = () => rmSync(serviceDir, { recursive: true, force: true });
  try {
    copyFileSync(join(ROOT, "serverless.yml"), join(serviceDir, "serverless.yml"));
    await packageService({ stage: "local", serviceDir, changePolicy: withoutLimits });
    const templatePath = join(serviceDir, ".serverless", "cloudformation-template-update-stack.json");
    if (!sabotage) return { templatePath, remove };
    const taskRoot = join(serviceDir, "sabotaged");
    await buildFunctions({
      outdir: join(taskRoot, "dist"),
      swap: { [sabotage.module]: sabotage.replacement },
      changePolicy: withoutLimits,
    });
    return { templatePath, taskRoot, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
