/** Which build of the command this is: what the bundle was built from, or the clone in which its sources run. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { BUILD, type BuildInfo } from "../../lib/core/build-info.ts";

const manifestSchema = z.object({ version: z.string() });

export const ownBuild = (): BuildInfo => BUILD ?? buildOfClone();

/** The version of package.json and the commit. Without Git, or outside a clone, there is no commit. */
export function buildOfClone(): BuildInfo {
  const root = join(import.meta.dirname, "..", "..");
  const { version } = manifestSchema.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const described = spawnSync("git", ["describe", "--always", "--dirty", "--abbrev=12", "--exclude", "*"], {
    cwd: root,
    encoding: "utf8",
  });
  const commit = described.status === 0 ? described.stdout.trim() : "";
  return commit === "" ? { version } : { version, commit };
}
