/** Where a command speaks: results on standard output, everything else on standard error; colour and progress on a terminal only. */
import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";
import { visibleJson } from "../../lib/core/escape-invisible.ts";

type Format = Parameters<typeof styleText>[0];

export interface Out {
  /** Lines of the result, as they are: what is not ours in them must be visible() already. */
  say(text: string): void;
  /** A result that has its own line ends. */
  raw(text: string): void;
  json(value: unknown): void;
  /** For people only: what went wrong, and what to do. */
  warn(text: string): void;
  /** One line that changes, on a terminal; elsewhere nothing. */
  progress(text: string): void;
  paint(format: Format, text: string): string;
  /** Somebody sees what is said beside the result. */
  readonly isAttended: boolean;
  /** Somebody reads the result itself, and would lose a long one. */
  readonly isTerminal: boolean;
  /** For a question. */
  readonly terminal: Writable;
}

/** A terminal that does not know its width says 0. */
const USUAL_COLUMNS = 80;

/** Of `process`, or whatever takes their place. */
export interface Streams {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
}

export type Terminal = Writable & Partial<Pick<NodeJS.WriteStream, "isTTY" | "hasColors" | "columns">>;

/**
 * NO_COLOR (https://no-color.org) and the terminal's own word are honoured by `hasColors`.
 *
 * @param onLost - told that what was said could not be written, for one to say so and to end.
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
      if (error.code !== "EPIPE") onLost(error); // the reader has seen enough: `| head`
    });
  }
  return {
    say: (text) => write(stdout, `${text}\n`),
    raw: (text) => write(stdout, text),
    json: (value) => write(stdout, `${visibleJson(value)}\n`),
    warn: (text) => write(stderr, `${text}\n`),
    progress(text) {
      if (!isRedrawn) return;
      write(stderr, text.slice(0, (stderr.columns || USUAL_COLUMNS) - 1)); // a line that wraps could not be taken back
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

/** Of `process.stdin`, or what takes its place. */
export type Input = Readable & { readonly isTTY?: boolean };
