/** The calls of Live that there are: which rights and which quota each needs. */
import type { Settings } from "./settings.ts";

export type NotificationCall = "setNotification" | "readNotification" | "removeNotification";
export type CallName = "pause" | "disable" | "update" | "enable" | "listDisabled" | "listOnline" | NotificationCall;

export interface Route {
  readonly call: CallName;
  /** https://support.huaweicloud.com/intl/en-us/api-live/live_03_0025.html */
  readonly action: string;
  readonly quota: keyof Settings["quotas"];
  readonly write: boolean;
}

const route = (call: CallName, action: string, quota: Route["quota"], write: boolean): Route => {
  return { call, action: `live:${action}`, quota, write };
};

const ROUTES: Readonly<Record<string, Route>> = {
  "POST stream/block-once": route("pause", "stream:createStreamForbiddenOnce", "blockOnce", true),
  "POST stream/blocks": route("disable", "stream:createStreamForbidden", "writeBlocks", true),
  "PUT stream/blocks": route("update", "stream:updateStreamForbidden", "writeBlocks", true),
  "DELETE stream/blocks": route("enable", "stream:deleteStreamForbidden", "readBlocks", true),
  "GET stream/blocks": route("listDisabled", "stream:listStreamForbidden", "readBlocks", false),
  "GET realtime/streams": route("listOnline", "stream:listLiveStreamsOnline", "online", false),
  "PUT notifications/publish": route("setNotification", "domain:updateStreamNotification", "notifications", true),
  "GET notifications/publish": route("readNotification", "domain:getStreamNotifications", "notifications", false),
  "DELETE notifications/publish": route("removeNotification", "domain:deleteStreamNotification", "notifications", true),
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
