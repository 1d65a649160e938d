/** The console: its local server, and the links that open it. */
import { buildText } from "../../lib/core/build-info.ts";
import { operatorUrl } from "../operator/url.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { textOf, type Values } from "../terminal/options.ts";
import type { Assets } from "./assets.ts";
import { createHandler, linkOf } from "./handler.ts";
import type { Lookup } from "./image-url.ts";
import { createOncePaths } from "./once-paths.ts";
import { hasArchive } from "./open-archive.ts";
import { createRoutes } from "./routes.ts";
import { listen } from "./server.ts";
import { createSessions, IDLE_MINUTES } from "./sessions.ts";

export interface ConsoleOptions {
  readonly values: Values;
  readonly deps: CommandDeps;
  readonly assets: Assets;
  /** 0: a free one. */
  readonly port: number;
  readonly requestMs?: number;
  /** Default: that of the system. */
  readonly lookup?: Lookup;
}

export interface Console {
  readonly origin: string;
  readonly deployment: string;
  /** @returns a link that opens one session. */
  newLink(): string;
  close(): Promise<void>;
}

/** @throws UsageError if no deployment is named, or the port cannot be used. */
export async function startConsole({ values, deps, assets, lookup, ...listening }: ConsoleOptions): Promise<Console> {
  const { endpoint, prefix } = operatorUrl(textOf(values, "url"), deps.env);
  const deployment = `${endpoint.origin}${prefix}`;
  const once = createOncePaths(deps.now);
  const sessions = createSessions(deps.now);
  const routes = createRoutes({ deps, values, once, lookup });

  const about = async () => ({
    who: await whoIs(deps),
    deployment,
    version: buildText(await deps.build()),
    hasArchive: hasArchive(deps),
    idleMinutes: IDLE_MINUTES,
  });
  const onInternalError = (error: unknown): void => {
    const text = error instanceof Error ? error.stack : String(error);
    for (const line of (text ?? "").split("\n")) deps.out.warn(line);
  };
  const server = await listen(listening, (origin) =>
    createHandler({ origin, assets, sessions, once, routes, about, onInternalError }),
  );
  return { ...server, deployment, newLink: () => linkOf(server.origin, sessions.newCode()) };
}

/** For people: the deployment attributes a request to whoever signed it. */
async function whoIs({ local, env, credentials }: CommandDeps): Promise<string> {
  const people = Object.entries(local?.operators ?? {});
  const person = people.find(([, { accessKeyId }]) => accessKeyId === env.AWS_ACCESS_KEY_ID);
  if (person) return person[0];
  return credentials().then(
    ({ accessKeyId }) => accessKeyId,
    () => "unknown", // the first request says why
  );
}
