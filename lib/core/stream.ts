/** The name of a live stream, as its broadcaster pushes it: `rtmp://domain/app/stream`. */
import * as z from "zod";
import { hasAtMost, matchesAll, type TextRule, wellFormed } from "./text-checks.ts";

/** Limits: Querying Disabled Streams, table 2 (domain 1–255, app 1–128, stream 1–512 characters; a character is a code point). */
const LIMITS = { domain: 255, app: 128, stream: 512 } as const;

/** C0 and C1 control characters and DEL. Live documents no name with one, and a terminal would interpret them. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * The query of a push URL, `…/StreamName?args` (live_faq live_08_0030): it is no part of the name, and may hold the key of the push. Also
 * found percent-encoded, with the question marks of input methods, and without its question mark.
 */
const MARK = /[?\u037e\u061f\ufe56\uff1f]|%(25)*(3f|u003f|uff1f)|\\u(003f|ff1f)/;
const PARAMETER = /([&;#,|!:\uff06]|%(25)*26)[\w.-]+(\[\w*\])? ?([=\uff1d]|%(25)*3d)/;
/** A usual name of the key itself, after any sign. */
const KEY = /[^\w*./-](auth_?(key|info)|sign|signature|\w{0,8}(secret|token)) ?[=\uff1d]/;
const QUERY = new RegExp([MARK, PARAMETER, KEY].map(({ source }) => source).join("|"), "i");

/** The usual name keeps every rule below except length and `*`: one test in place of five. */
const USUAL = /^[\w.*/-]+$/;

function nameSchema(part: keyof typeof LIMITS, text: z.ZodString, ...rules: readonly TextRule[]) {
  const check = matchesAll(
    { holds: (name) => hasAtMost(LIMITS[part], name), message: `must be at most ${LIMITS[part]} characters` },
    wellFormed,
    { holds: (name) => !CONTROL.test(name), message: "must not hold control characters" },
    { holds: (name) => name !== "*", message: 'must not be "*": that would mean every one' },
    ...rules,
  );
  const isUsual = (name: string): boolean => name.length <= LIMITS[part] && name !== "*" && USUAL.test(name);
  return text.min(1, "must not be empty").check((payload) => {
    if (!isUsual(payload.value)) check(payload);
  });
}

/** Lower-cases `domain`, because host names are case-insensitive; keeps `app` and `stream` byte for byte. */
const namesSchema = (...rules: readonly TextRule[]) =>
  z.object({
    domain: nameSchema("domain", z.string().toLowerCase(), ...rules), // before the length check: some letters become two in lower case
    app: nameSchema("app", z.string(), ...rules),
    stream: nameSchema("stream", z.string(), ...rules),
  });

/** A stream as a report, an operator or the policy names it. A name with a query is refused, so that no push key is ever stored. */
export const streamSchema = namesSchema({
  holds: (name) => !QUERY.test(name),
  message: 'must not hold a query ("?" and what follows): it is no part of the name, and may hold the key of the push',
});

/** A stream as Live lists it, or as it was stored by a version that did not refuse queries. Marked as pure, so that bundles can leave it out. */
export const knownStreamSchema = /* @__PURE__ */ namesSchema();

export type Stream = z.infer<typeof streamSchema>;
export { DOCUMENTED_CHARACTERS, formatStream, hasDocumentedName, nameOf, streamKey, streamOf } from "./stream-name.ts";

/** Cuts a text at its query, to quote it where somebody may store what is printed. */
export function withoutQuery(text: string): string {
  const at = text.search(QUERY);
  return at === -1 ? text : `${text.slice(0, at)}…`;
}
