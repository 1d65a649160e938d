/**
 * Paths that can be opened once, within a minute: for what a frame or a download shows, to which no page can add the session's header. The
 * path is the permission; it is random, and no answer leads anybody to it but the one to the request that made it.
 */
import { randomBytes } from "node:crypto";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { Reply } from "./reply.ts";

export const ONCE = "/once/";
/** More than a person opens in a minute. */
const MAX_OPEN = 100;

export interface OncePaths {
  /** @param answer - called when the path is opened, if it is. @returns the path. */
  add(answer: () => Reply | Promise<Reply>): string;
  /** @returns undefined if there is no such path any more. */
  take(path: string): (() => Reply | Promise<Reply>) | undefined;
}

export function createOncePaths(now: () => Date): OncePaths {
  const waiting = new Map<string, { readonly endMs: number; readonly answer: () => Reply | Promise<Reply> }>();
  const dropOver = (): void => {
    for (const [path, { endMs }] of waiting) if (endMs <= now().getTime()) waiting.delete(path);
  };
  return {
    add(answer) {
      dropOver();
      const [oldest] = waiting.keys();
      if (waiting.size >= MAX_OPEN && oldest !== undefined) waiting.delete(oldest);
      const path = `${ONCE}${randomBytes(32).toString("base64url")}`;
      waiting.set(path, { endMs: now().getTime() + MINUTE_MS, answer });
      return path;
    },
    take(path) {
      dropOver();
      const found = waiting.get(path);
      waiting.delete(path);
      return found?.answer;
    },
  };
}
