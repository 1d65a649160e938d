/** Prints the story: colour and columns on a terminal, plain lines in a pipe, and after a failure the functions' last log lines. */
import { styleText } from "node:util";
import { formatStream, type Stream } from "../../lib/core/stream.ts";
import { type Denial, denialText } from "../iam/denial.ts";
import type { LogLine } from "../lambda/settings.ts";
import type { Alert } from "../stack/alarms.ts";
import type { Activity } from "./activity.ts";

interface Named {
  readonly name: string;
  readonly title: string;
}

const NAME_WIDTH = 14;
const KIND_WIDTH = 10;
const REMEMBERED_LINES = 12;
const TONES = { good: "green", person: "yellow", bad: "red", plain: "reset" } as const;

export function createPrinter(out: NodeJS.WriteStream) {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    styleText(format, text, { stream: out }); // plain if the stream has no colours
  const say = (line: string): void => void out.write(`${line}\n`);
  out.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error; // the reader closed the pipe, for example `| head`
  });
  const lines: LogLine[] = [];
  const shownDenials = new Set<string>();
  let stepAt = performance.now();

  const sinceLastStep = (): string => {
    const now = performance.now();
    const text = `${((now - stepAt) / 1_000).toFixed(2)} s`.padStart(8);
    stepAt = now;
    return text;
  };
  const row = (mark: string, { name, title }: Named, detail: string): string =>
    out.isTTY
      ? `${mark} ${paint("bold", name.padEnd(NAME_WIDTH))}${paint("dim", sinceLastStep())}  ${title}\n${" ".repeat(NAME_WIDTH + 15)}${paint("cyan", detail)}`
      : `${mark} ${name.padEnd(NAME_WIDTH)}${sinceLastStep()}  ${title}: ${detail}`;

  return {
    started(ms: number, seed: number): void {
      say(`offair is up after ${(ms / 1_000).toFixed(1)} s; Lambda environments are recycled with seed ${seed}`);
    },
    opening(stream: Stream): void {
      stepAt = performance.now();
      say(`an encoder pushes ${paint("bold", formatStream(stream))}`);
    },
    switches(switches: Readonly<Record<string, string>>): void {
      const text = Object.entries(switches).map(([name, value]) => `${name}=${value}`);
      say(`\nLive with ${text.join(" ")}`);
    },
    passed(step: Named, detail: string): void {
      say(row(paint("green", "ok  "), step, detail));
    },
    failed(step: Named, error: unknown): void {
      say(row(paint("red", "FAIL"), step, error instanceof Error ? error.message : String(error)));
      say("\nthe functions' last lines:");
      for (const { functionName, line } of lines) say(`  ${functionName}: ${line}`);
    },
    done(stories: number): void {
      say(paint("green", stories === 1 ? "\nthe story holds" : `\nthe story holds, ${stories} times`));
    },
    alert({ name, description, value }: Alert): void {
      const shown = value === undefined ? "" : ` (${Math.round(value)})`;
      say(`${paint("yellow", "ALARM")} ${paint("bold", name)}${shown}: ${description}`);
    },
    /** A call that IAM refused: a function, or a service that acts for it, lacks a right in the template. */
    denied(denial: Denial): void {
      const text = denialText(denial);
      if (shownDenials.has(text)) return; // a function retries a failed call
      shownDenials.add(text);
      say(`${paint("red", "DENIED")} ${text}`);
    },
    activity({ at, kind, parts, outcome, tone }: Activity): void {
      const end = outcome === undefined ? [] : [paint(TONES[tone], outcome)];
      say([paint("dim", at.slice(11, 19)), paint("bold", kind.padEnd(KIND_WIDTH)), ...parts, ...end].join("  "));
    },
    text: say,
    remember(line: LogLine): void {
      lines.push(line);
      if (lines.length > REMEMBERED_LINES) lines.shift();
    },
  };
}
export type Printer = ReturnType<typeof createPrinter>;
