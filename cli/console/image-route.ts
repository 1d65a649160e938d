/**
 * POST /api/evidence: makes a document that shows one evidence image and can do nothing else. The browser loads the image, offair never does.
 *
 * The page itself may load nothing from elsewhere. The document is framed, because a policy belongs to a document: this one permits exactly
 * one image. `sandbox` takes scripts, forms, windows and the origin from it.
 */
import { createHash } from "node:crypto";
import { lookup } from "node:dns/promises";
import * as z from "zod";
import type { PathAnswer } from "../../console/http/protocol.ts";
import { expectImageUrl, type Lookup } from "./image-url.ts";
import type { OncePaths } from "./once-paths.ts";
import { type Reply, RequestError } from "./reply.ts";
import type { Route } from "./route.ts";

const bodySchema = z.strictObject({ url: z.string() });

const lookupHost: Lookup = async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address);

export function imageRoute(once: OncePaths, lookup: Lookup = lookupHost): Route {
  let isLookingUp = false; // two names that are never answered would block every other look-up of this process
  return async ({ body }): Promise<PathAnswer> => {
    const { data } = bodySchema.safeParse(body);
    if (!data) throw new RequestError("invalid", "url is missing");
    if (isLookingUp) throw new RequestError("failed", "the host of another image is being looked up: try again");
    isLookingUp = true;
    try {
      const url = await expectImageUrl(data.url, lookup);
      return { path: once.add(() => imageFrame(url)) };
    } finally {
      isLookingUp = false;
    }
  };
}

const STYLE = "html,body{margin:0}img{display:block;max-width:100%;height:auto}";
const STYLE_HASH = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

/** @param url - checked by expectImageUrl. */
const imageFrame = (url: URL): Reply => ({
  status: 200,
  type: "text/html; charset=utf-8",
  body: `<!doctype html><html lang="en"><title>evidence</title><style>${STYLE}</style><img referrerpolicy="no-referrer" alt="the image cannot be loaded" src="${attribute(url.href)}">`,
  headers: {
    "content-security-policy": `default-src 'none'; img-src ${sourceOf(url)}; style-src ${STYLE_HASH}; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'`,
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-embedder-policy": "credentialless", // no cookies: whoever has chosen the image must not learn who looks at it
  },
});

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const attribute = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/**
 * Origin and path. `;` and `,` would end the source or the policy; browsers compare paths decoded, so that everything unusual can be encoded.
 *
 * @see https://www.w3.org/TR/CSP3/#grammardef-path-part
 */
const sourceOf = ({ origin, pathname }: URL): string =>
  `${origin}${pathname
    .replace(/%(?![0-9a-f]{2})/gi, "%25")
    .replace(/[^A-Za-z0-9\-._~!$&()+=:@/%]/g, (character) => `%${byteOf(character)}`)}`;

/** Paths of a parsed URL are ASCII. */
const byteOf = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase();
