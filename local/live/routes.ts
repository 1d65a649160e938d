/** The calls of Live that there are: which rights and which quota each needs. */
import type { Settings } from "./settings.ts";

export type NotificationCall = "setNotification" | "readNotification" | "removeNotification";
export type StandbyCall = "setStandby" | "readStandby";
export type StatisticsCall = "streamDetail";
export type CallName =
  | ("pause" | "disable" | "update" | "enable" | "listDisabled" | "listOnline")
  | NotificationCall
  | StandbyCall
  | StatisticsCall;

export interface Route {
  readonly call: CallName;
  /** https://support.huaweicloud.com/intl/en-us/api-live/live_03_0025.html; undefined: the call needs no right. */
  readonly action: string | undefined;
  readonly quota: keyof Settings["quotas"];
  readonly write: boolean;
}

const route = (call: CallName, action: string | undefined, quota: Route["quota"], write: boolean): Route => {
  return { call, action: action && `live:${action}`, quota, write };
};

/** The calls of version 2 of the API, by their path; all others are of version 1. */
const STATISTICS_ROUTES: Readonly<Record<string, Route>> = {
  "GET stats/stream-detail": route("streamDetail", "statistics:listSingleStreamDetail", "statistics", false),
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
  "PUT domain/stream-backup": route("setStandby", undefined, "domains", true),
  "GET domain/stream-backup": route("readStandby", undefined, "domains", false),
};

export interface Target {
  readonly version: "v1" | "v2";
  readonly projectId: string;
  /** What follows the project id: `stream/blocks`. */
  readonly path: string;
}

/** `/v1/{project_id}/…` or `/v2/…`; a "/" at the end changes nothing, as in the signed path. */
export function parsePath(path: string): Target | undefined {
  const [, version, projectId, rest] = /^\/(v1|v2)\/([^/]+)\/(.+?)\/?$/.exec(path) ?? [];
  if (version === undefined || projectId === undefined || rest === undefined) return undefined;
  return { version: version === "v2" ? "v2" : "v1", projectId, path: rest };
}

export function findRoute(method: string, { version, path }: Target): Route | undefined {
  const routes = version === "v1" ? ROUTES : STATISTICS_ROUTES;
  return Object.hasOwn(routes, `${method} ${path}`) ? routes[`${method} ${path}`] : undefined;
}
