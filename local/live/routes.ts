/** The calls of Live that there are: which rights and which quota each needs. */
import type { Settings } from "./settings.ts";

export type CallName = "pause" | "disable" | "update" | "enable" | "listDisabled" | "listOnline";

export interface Route {
  readonly call: CallName;
  /** https://support.huaweicloud.com/intl/en-us/api-live/live_03_0025.html */
  readonly action: string;
  readonly quota: keyof Settings["quotas"];
  readonly write: boolean;
}

const route = (call: CallName, action: string, quota: Route["quota"], write: boolean): Route => {
  return { call, action: `live:stream:${action}`, quota, write };
};

const ROUTES: Readonly<Record<string, Route>> = {
  "POST stream/block-once": route("pause", "createStreamForbiddenOnce", "blockOnce", true),
  "POST stream/blocks": route("disable", "createStreamForbidden", "writeBlocks", true),
  "PUT stream/blocks": route("update", "updateStreamForbidden", "writeBlocks", true),
  "DELETE stream/blocks": route("enable", "deleteStreamForbidden", "readBlocks", true),
  "GET stream/blocks": route("listDisabled", "listStreamForbidden", "readBlocks", false),
  "GET realtime/streams": route("listOnline", "listLiveStreamsOnline", "online", false),
};

export interface Target {
  readonly projectId: string;
  /** What follows the project id: `stream/blocks`. */
  readonly path: string;
}

/** `/v1/{project_id}/…`; a "/" at the end changes nothing, as in the signed path. */
export function parsePath(path: string): Target | undefined {
  const [, projectId, rest] = /^\/v1\/([^/]+)\/(.+?)\/?$/.exec(path) ?? [];
  return projectId === undefined || rest === undefined ? undefined : { projectId, path: rest };
}

export const findRoute = (method: string, path: string): Route | undefined =>
  Object.hasOwn(ROUTES, `${method} ${path}`) ? ROUTES[`${method} ${path}`] : undefined;
