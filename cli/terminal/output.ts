/**
 * Output of a command: results on standard output, everything else on standard error. Colour and progress on a terminal only.
 *
 * Every line is escaped here, so that no text of others reaches the terminal as it is, whichever field it comes from. A name is also
 * escaped where it is rendered (escapeInvisible), so that its backslashes are unambiguous.
 */
import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";
import { visibleJson, visibleLine } from "../../lib/core/escape-invisible.ts";

type Format = Parameters<typeof styleText>[0];

export interface Out {
  /** Prints one line of the result. A line break in it is escaped like every other control character. */
  say(line: string): void;
  /** Prints the first row of a CSV, after a byte-order mark: without it Excel reads UTF-8 as the encoding of the computer's region. */
  csvHead(line: string): void;
  /** Prints a row of CSV, which ends with CR LF. */
  row(line: string): void;
  json(value: unknown): void;
  /** Prints one line for people, on standard error. */
  warn(line: string): void;
  /** Shows a status line that is overwritten. Does nothing if it is not on a terminal. */
  progress(text: string): void;
  /** Returns the text in colour, for `say`. */
  paint(format: Format, text: string): string;
  /** Standard error is a terminal. */
  readonly isAttended: boolean;
  /** Standard output is a terminal, where long results are cut. */
  readonly isTerminal: boolean;
  /** Of the terminal on standard output. Undefined: there is none, or its size is not known. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
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

export type Terminal = Writable & Partial<Pick<NodeJS.WriteStream, "isTTY" | "hasColors" | "columns" | "rows">>;

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
  // In painted text, this stands for ESC. Nobody can guess it, so an ESC of anybody else is escaped.
  const ownEscape = randomUUID();
  const visible = (line: string): string => line.split(ownEscape).map(visibleLine).join("\u001b");
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
  const row = (line: string): string => `${visible(line.replace(/\r\n$/, ""))}\r\n`;
  return {
    say: (line) => write(stdout, `${visible(line)}\n`),
    csvHead: (line) => write(stdout, `\ufeff${row(line)}`),
    row: (line) => write(stdout, row(line)),
    json: (value) => write(stdout, `${visibleJson(value)}\n`),
    warn: (line) => write(stderr, `${visible(line)}\n`),
    progress(text) {
      if (!isRedrawn) return;
      write(stderr, visibleLine(text).slice(0, (stderr.columns || USUAL_COLUMNS) - 1)); // a line that wraps could not be overwritten
      isShown = true;
    },
    paint(format, text) {
      if (!isColoured) return text;
      return styleText(format, visibleLine(text), { validateStream: false }).replaceAll("\u001b", ownEscape);
    },
    isAttended: stderr.isTTY === true,
    isTerminal: stdout.isTTY === true,
    columns: stdout.isTTY ? stdout.columns || USUAL_COLUMNS : undefined,
    rows: stdout.isTTY ? stdout.rows || undefined : undefined,
    terminal: stderr,
  };
}

function rethrow(error: Error): never {
  throw error;
}

/** `process.stdin`, or a replacement. */
export type Input = Readable & { readonly isTTY?: boolean };
