/** What the page can ask for in a session: a path, and who answers it. */
import type { CommandDeps } from "../terminal/command.ts";
import { storeSettings } from "../terminal/local-stack.ts";
import type { Values } from "../terminal/options.ts";
import { imageRoute } from "./image-route.ts";
import type { Lookup } from "./image-url.ts";
import type { OncePaths } from "./once-paths.ts";
import { operatorRoute } from "./operator-route.ts";
import type { Routes } from "./route.ts";

export interface RouteDeps {
  readonly deps: CommandDeps;
  readonly values: Values;
  readonly once: OncePaths;
  /** Default: that of the system. */
  readonly lookup?: Lookup | undefined;
}

export const createRoutes = ({ deps, values, once, lookup }: RouteDeps): Routes => ({
  "/api/operator": operatorRoute(deps, values),
  "/api/evidence": imageRoute(once, lookup),
});

/**
 * The settings of the archive. The local stack's stores have keys of their own, which must not replace those of the operator in `env`: a
 * client gets them from here.
 */
export const archiveEnv = ({ env, local }: Pick<CommandDeps, "env" | "local">): NodeJS.ProcessEnv =>
  local ? { ...env, ...storeSettings(local) } : env;
