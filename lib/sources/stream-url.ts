/**
 * Finds the source stream that an address or a name of a stream means: `rtmp://domain/app/stream`, or what viewers play, such as
 * `https://domain/app/stream.m3u8`. The URL is never fetched. `URL` is not used, because it normalises `..` and `\` in http but not in
 * rtmp.
 *
 * Documented: viewers play `app/StreamName` over RTMP, `.flv` and `.m3u8`, and a transcoded stream is played under
 * `StreamName_templateId`, which Live cannot block (Assembling a Streaming URL, 2026-01-09). Inferred: segments and nested playlists,
 * whose names depend on the packager, so that such an address is never translated.
 *
 * @see https://support.huaweicloud.com/intl/en-us/iLive-live/live010008.html
 */
import { type Stream, streamSchema } from "../core/stream.ts";
import { type Playback, type Policy, playbackOf } from "../policy/policy.ts";

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

/** Names of playlists, which are the last part of an address instead of a stream's name. */
const PLAYLIST = /^(index|playlist|chunklist|master|manifest)$/i;

export interface Unclear {
  /** Quotes nothing of an address except a plain name of a stream. */
  readonly issue: string;
}

/**
 * @returns the source stream of a playback or ingest URL. A domain that is neither in the policy's `playback` nor in its `scope` is an
 *   issue, because its ingest domain is unknown.
 */
export function streamOfUrl(url: unknown, policy: Domains): Stream | Unclear {
  if (typeof url !== "string" || url === "") return { issue: "is not the stream's URL" };
  if (url.length > MAX_LENGTH) return { issue: `is longer than ${MAX_LENGTH} characters` };
  const [, scheme, host, app, rest] = ADDRESS.exec(url) ?? [];
  if (scheme === undefined || host === undefined || app === undefined || rest === undefined)
    return { issue: "is not a URL like rtmp://domain/app/stream, with rtmp, rtmps, http, https or hls" };
  if (NEEDLESS_ESCAPE.test(`${app}/${rest}`)) return { issue: "percent-encodes an unreserved character" };
  const domain = host.replace(/:\d{1,5}$/, "").toLowerCase();
  const isPlayback = playbackOf(domain, policy) !== undefined;
  if (!isPlayback && !policy.scope.some((entry) => entry.domain === domain)) {
    return { issue: "names a domain that is neither in playback nor in scope" };
  }
  const isPushed = scheme.toLowerCase().startsWith("rtmp");
  const name = isPushed ? rest : playedName(rest);
  if (name === undefined)
    return { issue: "may be a segment or a playlist of a stream: report the stream's own address" };
  try {
    const { data } = streamSchema.safeParse({ domain, app: decodeURIComponent(app), stream: decodeURIComponent(name) });
    if (!data) return { issue: "names an app or a stream that Live does not allow" };
    // An ingest domain plays nothing over HTTP, so nothing is declared of its renditions.
    return isPlayback || isPushed
      ? sourceStreamOf(data, policy)
      : withoutRendition(data, { renditions: [], complete: false });
  } catch {
    return { issue: "has a percent-encoding that is not UTF-8" };
  }
}

/**
 * The stream's name in the path of a playback URL, still percent-encoded; undefined if the path may end with the name of a file instead.
 * An FLV stream is one file, whose name is the stream's. HLS has playlists and segments beside and below it.
 */
function playedName(path: string): string | undefined {
  if (path.split("/").includes("")) return undefined;
  const [, name = path, ending] = /^(.+)\.(flv|m3u8)$/i.exec(path) ?? [];
  const isPlaylist = PLAYLIST.test(name.slice(name.lastIndexOf("/") + 1));
  const isFile = ending?.toLowerCase() !== "flv" && /[./]/.test(name);
  return isFile || isPlaylist ? undefined : name;
}

/** @param path - `domain/app/stream`. Its names are not checked. */
export function streamOfPath(path: string, policy: Pick<Policy, "playback">): Stream | Unclear {
  const [, domain, app, stream] = /^([^/]+)\/([^/]+)\/(.+)$/s.exec(path) ?? [];
  if (domain === undefined || app === undefined || stream === undefined)
    return { issue: "is not like domain/app/stream" };
  return sourceStreamOf({ domain, app, stream }, policy);
}

/**
 * Maps a playback domain to its ingest domain and a rendition to its source stream, which are the only ones that Live acts on. Any other
 * domain is only lower-cased: it is an ingest domain, where a name is the one that is pushed.
 */
export function sourceStreamOf(stream: Stream, policy: Pick<Policy, "playback">): Stream | Unclear {
  const domain = stream.domain.toLowerCase();
  const playback = playbackOf(domain, policy);
  if (!playback) return { ...stream, domain };
  return withoutRendition({ ...stream, domain: playback.ingest }, playback);
}

/** Removes exactly one rendition. Acting on a name that is only guessed would leave the stream itself on the air. */
function withoutRendition(stream: Stream, { renditions, complete }: Omit<Playback, "ingest">): Stream | Unclear {
  const name = stream.stream;
  const at = name.lastIndexOf("_");
  const suffix = name.slice(at + 1);
  const [folder = "", ...below] = suffix.split("/");
  if (at < 0 || (below.length > 0 && !renditions.includes(folder))) return stream;
  if (at > 0 && renditions.includes(suffix)) return { ...stream, stream: name.slice(0, at) };
  if (complete && below.length === 0) return stream;
  const quoted = /^[\w-]{1,64}$/.test(name) ? ` ("${name}")` : "";
  return { issue: `may name a rendition${quoted}, which Live cannot block: list this domain's renditions in playback` };
}
