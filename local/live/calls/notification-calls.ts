/**
 * The calls that configure Live's callbacks about pushes, as documented: UpdatePublishTemplate, ListPublishTemplate, DeletePublishTemplate.
 * https://support.huaweicloud.com/intl/en-us/api-live/ListPublishTemplate.html and the pages next to it
 */
import { liveError } from "../answer.ts";
import { invalid, jsonBody, knownDomain, type LiveCall, name, queryFields, Refusal } from "../fields.ts";
import { notificationSchema } from "../notifications.ts";
import type { NotificationCall } from "../routes.ts";
import type { CallContext, Result } from "./call-types.ts";

const domainOf = (call: LiveCall, context: CallContext): string =>
  knownDomain(name("domain", queryFields(call).domain), context);

const configured = (domain: string, { settings }: CallContext) =>
  settings.notifications.find((notification) => notification.domain === domain);

function requireConfigured(call: LiveCall, context: CallContext) {
  const found = configured(domainOf(call, context), context);
  if (found) return found;
  throw new Refusal(liveError("LIVE.100011001")); // 400 is the only documented failure
}

export const NOTIFICATION_CALLS: Readonly<Record<NotificationCall, (call: LiveCall, context: CallContext) => Result>> =
  {
    setNotification(call, context) {
      const domain = domainOf(call, context);
      const { url, auth_sign_key: authSignKey, call_back_area: callBackArea } = jsonBody(call);
      const { data, error } = notificationSchema.safeParse({ domain, url, authSignKey, callBackArea });
      if (!data) return invalid(String(error.issues[0]?.path[0]));
      const status = configured(domain, context) ? 200 : 201;
      return { answer: { status }, commit: () => context.notify(domain, data) };
    },

    readNotification(call, context) {
      const { url, authSignKey, callBackArea } = requireConfigured(call, context);
      const area = callBackArea !== undefined && { call_back_area: callBackArea };
      const key = authSignKey !== undefined && { auth_sign_key: authSignKey };
      return { answer: { status: 200, body: { url, ...key, ...area } } };
    },

    removeNotification(call, context) {
      const { domain } = requireConfigured(call, context);
      return { answer: { status: 204 }, commit: () => context.notify(domain, undefined) };
    },
  };
