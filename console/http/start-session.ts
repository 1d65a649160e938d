/** Exchanges the code of the opened link for a session. The session lives as long as its tab. */
import { postJson } from "./client.ts";
import type { SessionAnswer } from "./protocol.ts";

const STORED = "offair-session";
const CODE = /^#code=([\w-]+)$/;

/** Whether a link was opened in this tab, which has not been exchanged. */
export const hasLink = (): boolean => CODE.test(location.hash);

/** @throws ConsoleError of the kind `link` if the page was opened without a link that works. */
export async function startSession(): Promise<SessionAnswer> {
  const [, code] = CODE.exec(location.hash) ?? [];
  if (code !== undefined) {
    history.replaceState(null, "", location.pathname); // the code does not stay in the address bar and the history
    const session = await postJson<SessionAnswer>("/api/session", { code });
    sessionStorage.setItem(STORED, JSON.stringify(session));
    return session;
  }
  const stored = sessionStorage.getItem(STORED);
  if (stored !== null) return JSON.parse(stored) as SessionAnswer; // written above
  return postJson<SessionAnswer>("/api/session", { code: "" });
}

export const endSession = (): void => sessionStorage.removeItem(STORED);
