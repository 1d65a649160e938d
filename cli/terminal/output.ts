/** Output of a command: results on standard output, everything else on standard error. Colour and progress on a terminal only. */
import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";
import { visibleJson } from "../../lib/core/escape-invisible.ts";

type Format = Parameters<typeof styleText>[0];

export interface Out {
  /** Prints lines of the result unchanged: text of others must be escaped before. */
  say(text: string): void;
  /** Prints a result that has its own line ends. */
  raw(text: string): void;
  json(value: unknown): void;
  /** Prints a message for people, on standard error. */
  warn(text: string): void;
  /** Shows a status line that is overwritten. Does nothing if it is not on a terminal. */
  progress(text: string): void;
  paint(format: Format, text: string): string;
  /** Standard error is a terminal. */
  readonly isAttended: boolean;
  /** Standard output is a terminal, where long results are cut. */
  readonly isTerminal: boolean;
  /** Where questions are printed. */
  readonly terminal: Writable;
}

/** Used if the terminal reports the width 0. */
const USUAL_COLUMNS = 80;

/** Those of `process`, or replacements. */
export interface Streams {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
}

export type Terminal = Writable & Partial<Pick<NodeJS.WriteStream, "isTTY" | "hasColors" | "columns">>;

/**
 * Colour follows NO_COLOR (https://no-color.org) and `hasColors` of the terminal.
 *
 * @param onLost - called if output could not be written.
 */
export function createOut(
  { stdout, stderr }: Streams,
  env: NodeJS.ProcessEnv,
  onLost: (error: Error) => void = rethrow,
): Out {
  const isColoured = stdout.isTTY === true && !env.NO_COLOR && stdout.hasColors?.() === true;
  const isRedrawn = stderr.isTTY === true && env.TERM !== "dumb";
  let isShown = false;
  const clear = (): void => {
    if (isShown) stderr.write("\r\u001b[2K");
    isShown = false;
  };
  const write = (to: Terminal, text: string): void => {
    clear();
    to.write(text);
  };
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") onLost(error); // the reader has closed the pipe, as `head` does
    });
  }
  return {
    say: (text) => write(stdout, `${text}\n`),
    raw: (text) => write(stdout, text),
    json: (value) => write(stdout, `${visibleJson(value)}\n`),
    warn: (text) => write(stderr, `${text}\n`),
    progress(text) {
      if (!isRedrawn) return;
      write(stderr, text.slice(0, (stderr.columns || USUAL_COLUMNS) - 1)); // a line that wraps could not be overwritten
      isShown = true;
    },
    paint: (format, text) => (isColoured ? styleText(format, text, { validateStream: false }) : text),
    isAttended: stderr.isTTY === true,
    isTerminal: stdout.isTTY === true,
    terminal: stderr,
  };
}

function rethrow(error: Error): never {
  throw error;
}

/** `process.stdin`, or a replacement. */
export type Input = Readable & { readonly isTTY?: boolean };
