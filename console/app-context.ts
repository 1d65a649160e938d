/** What every page may use. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "./http/client.ts";
import type { SessionAnswer } from "./http/protocol.ts";

export interface AppContext {
  readonly client: Client;
  readonly session: SessionAnswer;
  /** Tells the person something, also by a screen reader. */
  readonly tell: (text: string, kind?: "good" | "bad") => void;
}

const Context = createContext<AppContext | undefined>(undefined);
export const AppProvider = Context.Provider;

export function useApp(): AppContext {
  const app = useContext(Context);
  if (!app) throw new Error("AppProvider is missing");
  return app;
}
