/** One request to the local server: the guards, then the fixed table of what there is. No path is looked up in the file system. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { POLL_HEADER, SESSION_HEADER, type SessionAnswer } from "../../console/http/protocol.ts";
import type { Assets } from "./assets.ts";
import { readJson } from "./body.ts";
import { requestErrorOf } from "./error-kinds.ts";
import { expectOwn } from "./guards.ts";
import { ONCE, type OncePaths } from "./once-paths.ts";
import { errorReply, json, type Reply, RequestError, send } from "./reply.ts";
import type { Routes } from "./route.ts";
import type { Sessions } from "./sessions.ts";

interface HandlerDeps {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly assets: Assets;
  readonly sessions: Sessions;
  readonly once: OncePaths;
  readonly routes: Routes;
  /** About this console, for a new session. */
  readonly about: () => Promise<Omit<SessionAnswer, "token">>;
  /** Reports an internal error to a person. */
  readonly onInternalError: (error: unknown) => void;
}

export const linkOf = (origin: string, code: string): string => `${origin}/#code=${code}`;

export function createHandler(
  deps: HandlerDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { origin, sessions, once } = deps;
  const statics = staticFiles(deps.assets);
  const routes = new Map(Object.entries(deps.routes));

  async function post(target: string, request: IncomingMessage): Promise<Reply> {
    if (target === "/api/session") {
      const code = Reflect.get(await readJson(request), "code");
      const token = sessions.open(String(code)); // before anything else is done for whoever asks
      return json({ token, ...(await deps.about()) } satisfies SessionAnswer);
    }
    const route = routes.get(target);
    if (!route && target !== "/api/link") throw notFound(statics.has(target) ? "GET" : undefined);
    const isPoll = request.headers[POLL_HEADER] !== undefined;
    sessions.expect(tokenOf(request), isPoll); // before the body is read
    const body = await readJson(request);
    return json(route ? await route({ body, isPoll }) : { url: linkOf(origin, sessions.newCode()) });
  }

  async function answer(request: IncomingMessage): Promise<Reply> {
    const { method = "", url: target = "", headers } = request;
    expectOwn({ method, target, headers }, origin);
    if (method === "POST") return post(target, request);
    if (method !== "GET") throw notFound("GET, POST");
    const file = statics.get(target);
    if (file) return file;
    const opened = target.startsWith(ONCE) ? once.take(target) : undefined;
    if (opened) return opened();
    throw notFound(routes.has(target) ? "POST" : undefined);
  }

  return async (request, response) => {
    try {
      send(await answer(request), response);
    } catch (error) {
      const known = requestErrorOf(error);
      if (known.how.isInternal) deps.onInternalError(error);
      if (!request.complete) response.setHeader("connection", "close"); // the rest of the body is not read
      send(errorReply(known), response);
    }
  };
}

const tokenOf = ({ headers }: IncomingMessage): string | undefined => headers[SESSION_HEADER]?.toString();

/** @param allow - the methods that the path has, if it exists. */
const notFound = (allow: string | undefined): RequestError =>
  allow === undefined
    ? new RequestError("invalid", "there is nothing at this path", { status: 404 })
    : new RequestError("invalid", `this path answers ${allow} only`, { status: 405, headers: { allow } });

function staticFiles(assets: Assets): ReadonlyMap<string, Reply> {
  const file = (type: string, body: string): Reply => ({ status: 200, type: `${type}; charset=utf-8`, body });
  return new Map([
    ["/", file("text/html", assets["index.html"])],
    ["/console.js", file("text/javascript", assets["console.js"])],
    ["/console.css", file("text/css", assets["console.css"])],
  ]);
}
