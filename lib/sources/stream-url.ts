/**
 * Parses the stream from its URL: `rtmp://domain/app/stream`, or a playback URL such as `https://domain/app/stream.m3u8`. The URL is never
 * fetched. `URL` is not used, because it normalises `..` and `\` in http but not in rtmp.
 */
import { type Stream, streamSchema } from "../core/stream.ts";
import type { Policy } from "../policy/policy.ts";

/** The part of the policy that adapters use besides their own entry: which playback domain belongs to which ingest domain. */
export type Domains = Pick<Policy, "playback" | "scope">;

/** The query is dropped, because it may contain the keys of a push. */
const ADDRESS = /^(rtmps?|https?|hls):\/\/([^/?#@\\\s]+)\/([^/?#]+)\/([^?#]+)/i;

/**
 * A percent-encoded unreserved character, which no URL builder produces (RFC 3986, 2.3). It is refused, because a report on a stream that
 * is named `room%2D42` would otherwise act on `room-42`.
 */
const NEEDLESS_ESCAPE = /%(2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/i;

/** Characters; longer than any stream's three names, percent-encoded. */
const MAX_LENGTH = 8_192;

/** Maps a playback domain to its ingest domain, which is the only one that Live acts on; any other domain is only lower-cased. */
export const ingestDomainOf = (domain: string, policy: Pick<Policy, "playback">): string =>
  ingestDomainOfPlayback(domain, policy) ?? domain.toLowerCase();

function ingestDomainOfPlayback(domain: string, { playback }: Pick<Policy, "playback">): string | undefined {
  const lower = domain.toLowerCase();
  return Object.hasOwn(playback, lower) ? playback[lower] : undefined;
}

/**
 * @returns the stream, or an `issue` that quotes nothing of the URL. A domain that is neither in the policy's `playback` nor in its
 *   `scope` is an issue, because its ingest domain is unknown.
 */
export function streamOfUrl(url: unknown, policy: Domains): Stream | { readonly issue: string } {
  if (typeof url !== "string" || url === "") return { issue: "is not the stream's URL" };
  if (url.length > MAX_LENGTH) return { issue: `is longer than ${MAX_LENGTH} characters` };
  const [, scheme, host, app, rest] = ADDRESS.exec(url) ?? [];
  if (scheme === undefined || host === undefined || app === undefined || rest === undefined)
    return { issue: "is not a URL like rtmp://domain/app/stream, with rtmp, rtmps, http, https or hls" };
  if (NEEDLESS_ESCAPE.test(`${app}/${rest}`)) return { issue: "percent-encodes an unreserved character" };
  const domain = ingestDomain(host.replace(/:\d{1,5}$/, "").toLowerCase(), policy);
  if (domain === undefined) return { issue: "names a domain that is neither in playback nor in scope" };
  // The suffix of a playback URL is its format; in an rtmp URL it would be part of the name.
  const name = scheme.toLowerCase().startsWith("rtmp") ? rest : rest.replace(/\.(flv|m3u8)$/i, "");
  try {
    const { data } = streamSchema.safeParse({ domain, app: decodeURIComponent(app), stream: decodeURIComponent(name) });
    return data ?? { issue: "names an app or a stream that Live does not allow" };
  } catch {
    return { issue: "has a percent-encoding that is not UTF-8" };
  }
}

const ingestDomain = (domain: string, policy: Domains): string | undefined =>
  ingestDomainOfPlayback(domain, policy) ?? policy.scope.find((entry) => entry.domain === domain)?.domain;
