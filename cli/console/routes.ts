/** What the page can ask for in a session: a path, and who answers it. */
import type { CommandDeps } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";
import { evidenceRoutes } from "./evidence-routes.ts";
import { imageRoute } from "./image-route.ts";
import type { Lookup } from "./image-url.ts";
import type { OncePaths } from "./once-paths.ts";
import { operatorRoute } from "./operator-route.ts";
import type { Routes } from "./route.ts";

interface RouteDeps {
  readonly deps: CommandDeps;
  readonly values: Values;
  readonly once: OncePaths;
  /** Default: that of the system. */
  readonly lookup?: Lookup | undefined;
}

export const createRoutes = ({ deps, values, once, lookup }: RouteDeps): Routes => ({
  "/api/operator": operatorRoute(deps, values),
  "/api/evidence": imageRoute(once, lookup),
  ...evidenceRoutes(deps, once),
});
