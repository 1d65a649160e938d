/** The constants that esbuild puts into a bundle: see lib/core/build-info.ts. */
import { buildOfClone } from "../cli/terminal/own-build.ts";

export const buildConstants = (): Record<string, string> => ({ OFFAIR_BUILD: JSON.stringify(buildOfClone()) });
