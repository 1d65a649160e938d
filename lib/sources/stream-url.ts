/**
 * The stream that an address names: `rtmp://domain/app/stream`, or where it is played: `https://domain/app/stream.m3u8`. The address is
 * read and never fetched. Not with `URL`, which takes `..` and `\` of http for parts of a path, and leaves rtmp as it is.
 */

import { type Stream, streamSchema } from "../core/stream.ts";
import type { Policy } from "../policy/policy.ts";

/** What an adapter may know of the policy beside its own entry: how the domains of players and of encoders belong together. */
export type Domains = Pick<Policy, "playback" | "scope">;

/** What follows `?` may hold the keys of a push: it is dropped. */
const ADDRESS = /^(rtmps?|https?|hls):\/\/([^/?#@\\\s]+)\/([^/?#]+)\/([^?#]+)/i;

/**
 * A letter, a digit, `-`, `.`, `_` or `~` spelt with `%`, as nobody who builds an address does (RFC 3986, 2.3). A broadcaster who calls
 * a stream `room%2D42` would have the report on it meant for `room-42`.
 */
const NEEDLESS_ESCAPE = /%(2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/i;

/** Longer than any stream's three names, spelt out. */
const MAX_LENGTH = 8_192;

/** The ingest domain of one that is played from; any other as it is. Live acts on ingest domains only. */
export const ingestDomainOf = (domain: string, policy: Pick<Policy, "playback">): string =>
  ingestDomainOfPlayback(domain, policy) ?? domain.toLowerCase();

function ingestDomainOfPlayback(domain: string, { playback }: Pick<Policy, "playback">): string | undefined {
  const lower = domain.toLowerCase();
  return Object.hasOwn(playback, lower) ? playback[lower] : undefined;
}

/**
 * @returns the stream, or in `fault` why there is none, in words that quote nothing of the address. A domain that is neither in the
 *   policy's `playback` nor in its `scope` is a fault: nobody can say which ingest domain it belongs to.
 */
export function streamOfUrl(url: unknown, policy: Domains): Stream | { readonly issue: string } {
  if (typeof url !== "string" || url === "") return { issue: "is not the stream's address" };
  if (url.length > MAX_LENGTH) return { issue: "is longer than an address of a stream can be" };
  const [, scheme, host, app, rest] = ADDRESS.exec(url) ?? [];
  if (scheme === undefined || host === undefined || app === undefined || rest === undefined)
    return { issue: "is not an address like rtmp://domain/app/stream, or the same by rtmps, http, https or hls" };
  if (NEEDLESS_ESCAPE.test(`${app}/${rest}`)) return { issue: "spells with % what needs none" };
  const domain = ingestDomain(host.replace(/:\d{1,5}$/, "").toLowerCase(), policy);
  if (domain === undefined) return { issue: "names a domain that is neither in playback nor in scope" };
  // The suffix is a matter of how it is played; to an encoder it would be part of the name.
  const name = scheme.toLowerCase().startsWith("rtmp") ? rest : rest.replace(/\.(flv|m3u8)$/i, "");
  try {
    const { data } = streamSchema.safeParse({ domain, app: decodeURIComponent(app), stream: decodeURIComponent(name) });
    return data ?? { issue: "names an app or a stream that no broadcaster can have" };
  } catch {
    return { issue: "holds a % that begins no character in UTF-8" };
  }
}

const ingestDomain = (domain: string, policy: Domains): string | undefined =>
  ingestDomainOfPlayback(domain, policy) ?? policy.scope.find((entry) => entry.domain === domain)?.domain;
