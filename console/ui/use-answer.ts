/** Reads something, and reads it again. What was read stays on the screen when a later read fails, and is then stale. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ConsoleError } from "../http/client.ts";

export interface Read<T> {
  readonly data: T | undefined;
  /** When `data` was read, in milliseconds since 1970. */
  readonly readAtMs: number | undefined;
  /** Why the latest read failed. */
  readonly failure: ConsoleError | undefined;
  readonly isReading: boolean;
  readonly reload: () => Promise<void>;
  /** Replaces what was read, with what an answer said. */
  readonly set: (data: T) => void;
}

interface ReadOptions {
  /** Reads again so long after each answer, while the page can be seen. */
  readonly everyMs?: number | undefined;
}

export type Load<T> = (how: { readonly isPoll: boolean; readonly signal: AbortSignal }) => Promise<T>;

/** @param load - another function is another thing to read: wrap it in useCallback. */
export function useAnswer<T>(load: Load<T>, { everyMs }: ReadOptions = {}): Read<T> {
  const [state, setState] = useState<Pick<Read<T>, "data" | "readAtMs" | "failure" | "isReading">>(NOTHING);
  const current = useRef<AbortController | undefined>(undefined);

  const read = useCallback(
    async (isPoll: boolean) => {
      current.current?.abort();
      const controller = new AbortController();
      current.current = controller;
      setState((before) => ({ ...before, isReading: true }));
      try {
        const data = await load({ isPoll, signal: controller.signal });
        if (!controller.signal.aborted) setState({ data, readAtMs: Date.now(), failure: undefined, isReading: false });
      } catch (error) {
        if (controller.signal.aborted) return;
        const failure = error instanceof ConsoleError ? error : new ConsoleError("failed", String(error));
        setState((before) => ({ ...before, failure, isReading: false }));
      }
    },
    [load],
  );

  useEffect(() => {
    setState(NOTHING);
    read(false).catch(() => {});
    return () => current.current?.abort();
  }, [read]);

  const { isReading } = state;
  useEffect(() => {
    if (everyMs === undefined || isReading) return;
    const timer = setTimeout(() => {
      if (document.visibilityState === "visible") read(true).catch(() => {});
      else setState((before) => ({ ...before })); // looks again after as long
    }, everyMs);
    return () => clearTimeout(timer);
  }, [everyMs, state, isReading, read]);

  const set = useCallback((data: T) => setState((before) => ({ ...before, data })), []);
  const reload = useCallback(() => read(false), [read]);
  return { ...state, reload, set };
}

const NOTHING = { data: undefined, readAtMs: undefined, failure: undefined, isReading: true };
