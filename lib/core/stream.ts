/** The name of a live stream, as its broadcaster pushes it: `rtmp://domain/app/stream`. */
import * as z from "zod";
import { hasAtMost, matchesAll, wellFormed } from "./text-checks.ts";

/** Limits: Querying Disabled Streams, table 2 (domain 1–255, app 1–128, stream 1–512 characters; a character is a code point). */
const LIMITS = { domain: 255, app: 128, stream: 512 } as const;

/** C0 and C1 control characters and DEL. Live documents no name with one, and a terminal would interpret them. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

const nameSchema = (part: keyof typeof LIMITS, text = z.string()) =>
  text
    .min(1, "must not be empty")
    .check(
      matchesAll(
        { holds: (name) => hasAtMost(LIMITS[part], name), message: `must be at most ${LIMITS[part]} characters` },
        wellFormed,
        { holds: (name) => !CONTROL.test(name), message: "must not hold control characters" },
        { holds: (name) => name !== "*", message: 'must not be "*": that would mean every one' },
      ),
    );

/** Lower-cases `domain`, because host names are case-insensitive; keeps `app` and `stream` byte for byte. */
export const streamSchema = z.object({
  domain: nameSchema("domain", z.string().toLowerCase()), // before the length check: some letters become two in lower case
  app: nameSchema("app"),
  stream: nameSchema("stream"),
});

export type Stream = z.infer<typeof streamSchema>;

/** Formats a stream for people and logs. Not usable as a key: an app or stream name may contain "/". */
export const formatStream = ({ domain, app, stream }: Stream): string => `${domain}/${app}/${stream}`;

/** Returns a key for `Map` and `Set`: equal only if all three parts are equal. */
export const streamKey = ({ domain, app, stream }: Stream): string => JSON.stringify([domain, app, stream]);

/** Picks the three names of an object that has more properties. */
export const nameOf = ({ domain, app, stream }: Stream): Stream => ({ domain, app, stream });

/** Parses the result of `streamKey`. */
export function streamOf(key: string): { domain: string; app: string; stream: string } {
  const [domain, app, stream]: [string, string, string] = JSON.parse(key);
  return { domain, app, stream };
}
