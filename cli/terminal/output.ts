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
import { cutTo } from "./width.ts";

type Format = Parameters<typeof styleText>[0];

export interface Out {
  /** Prints one line of the result. A line break in it is escaped like every other control character. */
  say(line: string): void;
  /** Prints the first row of a CSV, after a byte-order mark: without it Excel reads UTF-8 as the encoding of the computer's region. */
  csvHead(line: string): void;
  /** Prints a row of CSV, which ends with CR LF. */
  row(line: string): void;
  /** Prints one line of cells with tabs between them, for `cut` and `awk`. A tab in a cell is escaped. */
  cells(cells: readonly string[]): void;
  json(value: unknown): void;
  /** Prints one line for people, on standard error. */
  warn(line: string): void;
  /** Shows a status line that is overwritten. Does nothing unless `isRedrawn`. */
  progress(text: string): void;
  /** Shows a line at which keys are typed, and which is overwritten. It may be painted, and has to fit: `columns`. */
  prompt(line: string): void;
  /** Returns the text in colour, for `say`. */
  paint(format: Format, text: string): string;
  /** Lines on the terminal can be overwritten. */
  readonly isRedrawn: boolean;
  /** Standard error is a terminal. */
  readonly isAttended: boolean;
  /** Standard output is a terminal, where long results are cut. */
  readonly isTerminal: boolean;
  /** Of standard output's terminal, as it is now: a window may change its size. */
  readonly columns: number;
  readonly rows: number;
  /** Keeps the result from now on, instead of printing it. @returns a function that ends this, and returns what was kept. */
  hold(): () => string;
  /** Where questions are printed. */
  readonly terminal: Writable;
}

/** Used if the terminal reports the width 0. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

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
  let held: string[] | undefined;
  const write = (to: Terminal, text: string): void => {
    clear();
    if (held && to === stdout) held.push(text);
    else to.write(text);
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
    cells: (cells) => write(stdout, `${cells.map(visible).join("\t")}\n`),
    json: (value) => write(stdout, `${visibleJson(value)}\n`),
    warn: (line) => write(stderr, `${visible(line)}\n`),
    progress(text) {
      if (!isRedrawn) return;
      write(stderr, cutTo(visibleLine(text), (stderr.columns || USUAL_COLUMNS) - 1)); // a line that wraps could not be overwritten
      isShown = true;
    },
    prompt(line) {
      write(stderr, `${visible(line)}${isRedrawn ? "" : "\n"}`);
      isShown = isRedrawn;
    },
    paint(format, text) {
      if (!isColoured) return text;
      return styleText(format, visibleLine(text), { validateStream: false }).replaceAll("\u001b", ownEscape);
    },
    isRedrawn,
    isAttended: stderr.isTTY === true,
    isTerminal: stdout.isTTY === true,
    get columns() {
      return stdout.columns || USUAL_COLUMNS;
    },
    get rows() {
      return stdout.rows || USUAL_ROWS;
    },
    hold() {
      held = [];
      return () => {
        const text = (held ?? []).join("");
        held = undefined;
        return text;
      };
    },
    terminal: stderr,
  };
}

function rethrow(error: Error): never {
  throw error;
}

/** `process.stdin`, or a replacement. */
export type Input = Readable & { readonly isTTY?: boolean; readonly setRawMode?: (isRaw: boolean) => unknown };
