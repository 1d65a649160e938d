import { buildOfClone } from "../cli/terminal/own-build.ts";

/**
 * The constants that esbuild puts into a bundle: see lib/core/build-info.ts. Each is a string: an object would become a module of its own,
 * which every other module of the bundle loads (4 bytes each, 1.5 kB a function).
 */
export function buildConstants(): Record<string, string> {
  const { version, commit } = buildOfClone();
  return { OFFAIR_VERSION: JSON.stringify(version), OFFAIR_COMMIT: JSON.stringify(commit) ?? "undefined" };
}
