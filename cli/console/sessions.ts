/**
 * The sessions of the console: a link works once and opens one; its token is a secret of one browser tab. Both are random and are kept as
 * hashes only, so that comparing them takes the same time whatever was sent.
 */
import { createHash, randomBytes } from "node:crypto";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { RequestError } from "./reply.ts";

export const LINK_MINUTES = 2;
/** The only time-out. A person who reads a long case does not send a request for minutes. */
export const IDLE_MINUTES = 30;

export interface Sessions {
  /** @returns the code of a new link. */
  newCode(): string;
  /** @returns the token of a new session. @throws RequestError `link` */
  open(code: string): string;
  /** @param isPoll - no person made the request, so that it does not prolong the session. @throws RequestError `session` */
  expect(token: string | undefined, isPoll: boolean): void;
}

export function createSessions(now: () => Date): Sessions {
  /** When each ends, by its hash. */
  const codes = new Map<string, number>();
  const sessions = new Map<string, number>();
  const at = () => now().getTime();

  return {
    newCode() {
      dropOver(codes, at());
      return addTo(codes, at() + LINK_MINUTES * MINUTE_MS);
    },
    open(code) {
      dropOver(codes, at());
      if (!codes.delete(hashOf(code))) throw new RequestError("link", USED);
      dropOver(sessions, at());
      return addTo(sessions, at() + IDLE_MINUTES * MINUTE_MS);
    },
    expect(token, isPoll) {
      dropOver(sessions, at());
      const hash = hashOf(token ?? "");
      if (!sessions.has(hash)) throw new RequestError("session", OVER);
      if (!isPoll) sessions.set(hash, at() + IDLE_MINUTES * MINUTE_MS);
    },
  };
}

const HOW = "press Enter in the terminal of offair console for a new link";
const USED = `this link was used already, or is older than ${LINK_MINUTES} minutes: ${HOW}. If it was used and not by you, end the console with Ctrl-C`;
const OVER = `the session is over, after ${IDLE_MINUTES} minutes without you: ${HOW}`;

function addTo(until: Map<string, number>, endMs: number): string {
  const secret = randomBytes(32).toString("base64url");
  until.set(hashOf(secret), endMs);
  return secret;
}

function dropOver(until: Map<string, number>, nowMs: number): void {
  for (const [hash, endMs] of until) if (endMs <= nowMs) until.delete(hash);
}

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");
