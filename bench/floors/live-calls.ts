/** The two calls to Live of a disable: signing them, and sending them. */

import type { Stream } from "../../lib/core/stream.ts";
import { type AccessKey, formatSdkDate, sign } from "../../lib/huawei/api/sign.ts";
import type { SignedCall, SignedCalls } from "./hops.ts";

export const bodyOfDisable = ({ domain, app, stream }: Stream, resumeTime: string): string =>
  JSON.stringify({ domain, app_name: app, stream_name: stream, resume_time: resumeTime });

export const queryOfLook = ({ domain, app, stream }: Stream): readonly (readonly [name: string, value: string])[] => [
  ["domain", domain],
  ["app_name", app],
  ["stream_name", stream],
  ["page", "0"],
  ["size", "100"],
];

export const headersOf = (host: string, projectId: string, date: string, body: string): Record<string, string> => ({
  ...{ host, "x-project-id": projectId, "x-sdk-date": date },
  ...(body !== "" && { "content-type": "application/json" }),
});

/** Valid for 15 minutes. */
export function signCalls(stream: Stream, { host, projectId, key, now, resumeTime }: SignedFor): SignedCalls {
  const path = `/v1/${projectId}/stream/blocks`;
  const date = formatSdkDate(now);
  const signed = (method: string, query: ReturnType<typeof queryOfLook>, body: string): SignedCall => {
    const headers = headersOf(host, projectId, date, body);
    return { date, authorization: sign({ method, path, query, headers, body }, key).authorization };
  };
  const disable = signed("POST", [], bodyOfDisable(stream, resumeTime));
  return { resumeTime, disable, look: signed("GET", queryOfLook(stream), "") };
}

interface SignedFor {
  readonly host: string;
  readonly projectId: string;
  readonly key: AccessKey;
  readonly now: Date;
  readonly resumeTime: string;
}
