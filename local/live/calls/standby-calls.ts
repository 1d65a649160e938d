/**
 * The calls that switch a domain's standby streams, as documented: ModifyDomainStreamBackup, ShowDomainStreamBackup.
 * https://support.huaweicloud.com/intl/en-us/api-live/ModifyDomainStreamBackup.html
 */
import type { HttpResponse } from "../answer.ts";
import { invalid, jsonBody, knownDomain, type LiveCall, name, queryFields } from "../fields.ts";
import type { StandbyCall } from "../routes.ts";
import type { CallContext, Result } from "./call-types.ts";

const setting = (publish_domain: string, stream_backup_enable: boolean): HttpResponse => {
  return { status: 200, body: { publish_domain, stream_backup_enable } };
};

export const STANDBY_CALLS: Readonly<Record<StandbyCall, (call: LiveCall, context: CallContext) => Result>> = {
  setStandby(call, context) {
    const fields = jsonBody(call);
    const domain = knownDomain(name("publish_domain", fields.publish_domain), context);
    const enabled = fields.stream_backup_enable;
    if (typeof enabled !== "boolean") return invalid("stream_backup_enable");
    return { answer: setting(domain, enabled), commit: () => context.setStandby(domain, enabled) };
  },

  readStandby(call, context) {
    const domain = knownDomain(name("publish_domain", queryFields(call).publish_domain), context);
    return { answer: setting(domain, context.settings.standbyDomains.includes(domain)) };
  },
};
