/** What the page can ask for in a session: a path, and who answers it. */
import type { CommandDeps } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";
import type { OncePaths } from "./once-paths.ts";
import { operatorRoute } from "./operator-route.ts";
import type { Routes } from "./route.ts";

export interface RouteDeps {
  readonly deps: CommandDeps;
  readonly values: Values;
  readonly once: OncePaths;
}

export const createRoutes = ({ deps, values }: RouteDeps): Routes => ({
  "/api/operator": operatorRoute(deps, values),
});
