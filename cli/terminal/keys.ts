/**
 * Single keys of a terminal, without Enter. A key that was typed before a question was shown is dropped by `flush`, and a paste is no key:
 * neither may answer a question that the person has not seen.
 */
import type { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setImmediate } from "node:timers/promises";
import type { Input } from "./output.ts";

/** A character, or the name of a key: `enter`, `escape`, `backspace`, `ctrl-c`, `ctrl-d`. `closed`: nobody types any more. */
export type Key = string;

export interface Keys {
  next(): Promise<Key>;
  /** Drops everything that was typed until now. */
  flush(): Promise<void>;
  /** Gives the terminal to somebody else, who may read lines, and takes it back. */
  lend<T>(use: () => Promise<T>): Promise<T>;
  /** Restores the terminal. */
  close(): void;
}

const NAMED: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  "\u001b": "escape",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0003": "ctrl-c",
  "\u0004": "ctrl-d",
};

const PASTE_START = "\u001b[200~";
const PASTE_END = "\u001b[201~";
/** Bracketed paste: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h2-Bracketed-Paste-Mode */
const PASTES_ON = "\u001b[?2004h";
const PASTES_OFF = "\u001b[?2004l";

/** A paste's end, an arrow and the like, Alt with a key, or one character. */
const TOKEN = /\u001b\[[0-?]*[ -/]*[@-~]|\u001bO[\s\S]|\u001b[^\u001b]|[\s\S]/gu;

/** The beginning of a sequence, the rest of which has not arrived yet. A lone ESC is a key. */
const UNFINISHED = /\u001b\[[0-?]*[ -/]*$/;

/** @returns a function from what the terminal sends to the keys in it. It remembers a paste and a sequence that have not ended. */
export function createKeyDecoder(): (chunk: string) => Key[] {
  let isPaste = false;
  let kept = "";
  return (chunk) => {
    const text = kept + chunk;
    kept = UNFINISHED.exec(text)?.[0] ?? "";
    return [...text.slice(0, text.length - kept.length).matchAll(TOKEN)].flatMap(([token]) => {
      if (token === PASTE_START) isPaste = true;
      if (token === PASTE_END) isPaste = false;
      if (isPaste) return [];
      const key = NAMED[token] ?? token;
      return /^[\u0000-\u001f\u007f-\u009f]/.test(key) ? [] : [key]; // arrows and control keys mean nothing
    });
  };
}

const GONE = ["end", "close", "error"];

/** @param stop - ends the reading like a terminal that was closed. */
export function openKeys(input: Input, output: Writable, stop: AbortSignal): Keys {
  const decoder = new StringDecoder("utf8");
  const decode = createKeyDecoder();
  let typed: Key[] = [];
  let isGone = false;
  let wake = (): void => {};

  const onData = (chunk: Buffer | string): void => {
    typed.push(...decode(decoder.write(Buffer.from(chunk))));
    wake();
  };
  const onEnd = (): void => {
    isGone = true;
    wake();
  };
  const onStop = (): void => wake();
  function take(): void {
    input.setRawMode?.(true);
    output.write(PASTES_ON);
    input.on("data", onData);
    input.resume();
  }
  function release(): void {
    input.off("data", onData);
    input.pause();
    if (isGone) return;
    output.write(PASTES_OFF);
    input.setRawMode?.(false);
  }
  for (const event of GONE) input.on(event, onEnd);
  stop.addEventListener("abort", onStop);
  take();

  return {
    async next() {
      for (;;) {
        if (isGone || stop.aborted) return "closed";
        const key = typed.shift();
        if (key !== undefined) return key;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async flush() {
      await setImmediate(); // what the terminal has sent is read before
      await setImmediate();
      typed = [];
    },
    async lend(use) {
      release();
      try {
        return await use();
      } finally {
        typed = [];
        take();
      }
    },
    close() {
      for (const event of GONE) input.off(event, onEnd);
      stop.removeEventListener("abort", onStop);
      release();
    },
  };
}
