/** One live stream, named as its broadcaster pushes it: `rtmp://domain/app/stream`. The only form this project passes around. */
import * as z from "zod";
import { hasAtMost, matchesAll, wellFormed } from "./text-checks.ts";

/** Limits: Querying Disabled Streams, table 2 (domain 1–255, app 1–128, stream 1–512 characters; a character is a code point). */
const LIMITS = { domain: 255, app: 128, stream: 512 } as const;

/** C0 and C1 control characters and DEL: no name that Live documents holds one, and a terminal would obey them. */
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

/** `domain` is lower-cased, for host names ignore case; `app` and `stream` are kept byte for byte. */
export const streamSchema = z.object({
  domain: nameSchema("domain", z.string().toLowerCase()), // first: some letters become two, and what is passed on is read again
  app: nameSchema("app"),
  stream: nameSchema("stream"),
});

export type Stream = z.infer<typeof streamSchema>;

/** For people and logs. Not a key: an app or stream name may itself hold "/". */
export const formatStream = ({ domain, app, stream }: Stream): string => `${domain}/${app}/${stream}`;

/** For `Map` and `Set`: two streams have the same key only if all three parts are equal. */
export const streamKey = ({ domain, app, stream }: Stream): string => JSON.stringify([domain, app, stream]);

/** Its names alone, of what tells more of it. */
export const nameOf = ({ domain, app, stream }: Stream): Stream => ({ domain, app, stream });

/** The stream that `streamKey` made the key of. */
export function streamOf(key: string): { domain: string; app: string; stream: string } {
  const [domain, app, stream]: [string, string, string] = JSON.parse(key);
  return { domain, app, stream };
}
