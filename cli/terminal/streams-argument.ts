/** Reads streams from arguments, a file, or standard input. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { formatIssues, issuesOf } from "../../lib/core/issues.ts";
import { parseJson } from "../../lib/core/parse-json.ts";
import { type Stream, streamKey, streamSchema, withoutQuery } from "../../lib/core/stream.ts";
import { decodeUtf8 } from "../../lib/core/utf8.ts";
import { MAX_STREAMS } from "../../lib/operator/contract/limits.ts";
import type { CommandDeps } from "./command.ts";
import { InputError, propertyOf, UsageError } from "./errors.ts";

const HOW = "a stream is DOMAIN/APP/STREAM; if its domain or app contains a slash, write it in a file";
const BY_LINE = 'as {"domain": …, "app": …, "stream": …}';

/** Escapes of escapeInvisible(). Copied from a screen, they would name another stream. */
const AS_SHOWN = /\\(\\|u\{)/;

/** The size of a file of 5,000 streams with the longest names. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Splits at the first two slashes; the name of the stream may contain more. @throws UsageError */
export function streamOf(text: string): Stream {
  const [, domain, app, stream] = /^([^/]+)\/([^/]+)\/(.+)$/su.exec(text) ?? [];
  if (AS_SHOWN.test(text)) {
    throw new UsageError(
      `${text}: this is how offair shows invisible characters: copy the line of offair list --json into a file`,
    );
  }
  const { data, error } = streamSchema.safeParse({ domain, app, stream });
  if (data) return data;
  const shown = withoutQuery(text); // a terminal's log must not hold the key of a push
  throw new UsageError(
    stream === undefined ? `${shown}: ${HOW} ${BY_LINE}` : `${shown}: ${formatIssues(issuesOf(error))}`,
  );
}

/** A domain starts with neither a dot nor a slash, and contains a dot. Other operands are files. */
const isFile = (operand: string): boolean => !/^[^/.]+\.[^/]*\/[^/]+\/./su.test(operand);

/**
 * @param operands - streams, or one file, or `-`.
 * @returns each stream once, in the order of its first mention.
 * @throws UsageError, InputError with the line.
 */
export async function readStreams(operands: readonly string[], { input, out }: CommandDeps): Promise<Stream[]> {
  const [first = ""] = operands;
  const files = operands.filter(isFile);
  if (files.length > 0 && operands.length > 1)
    throw new UsageError(`${withoutQuery(files[0] ?? "")}: give either one file or streams; ${HOW}`);
  if (files.length === 0 && operands.length === 1 && existsSync(first)) {
    throw new UsageError(`${first} is also a file: write ./${first} for the file, or name the stream in a file`);
  }
  const named = files.length === 0 ? operands.map(streamOf) : await readLines(first, input);
  const streams = [...new Map(named.map((stream) => [streamKey(stream), stream])).values()];
  const repeated = named.length - streams.length;
  if (repeated > 0)
    out.warn(`${repeated} of ${named.length} lines or arguments repeat a stream: each stream is used once`);
  return streams;
}

/** Reads the streams of a command that needs no plan. @throws UsageError, InputError */
export async function readFew(operands: readonly string[], deps: CommandDeps): Promise<Stream[]> {
  const streams = await readStreams(operands, deps);
  if (streams.length <= MAX_STREAMS) return streams;
  throw new UsageError(`${streams.length} streams: more than ${MAX_STREAMS} need a plan (offair help plan)`);
}

async function readLines(file: string, input: CommandDeps["input"]): Promise<Stream[]> {
  if (file === "-" && input.isTTY) throw new UsageError("- reads standard input, which is the terminal");
  const name = file === "-" ? "standard input" : withoutQuery(file);
  const bytes = await (file === "-" ? readAll(input, name) : readFile(file)).catch((cause: unknown) => {
    if (cause instanceof InputError) throw cause;
    const code = String(propertyOf(cause, "code"));
    // A misspelt stream looks like a file.
    throw new InputError(`cannot read ${name}: ${code}${code === "ENOENT" ? `; ${HOW}` : ""}`, { cause });
  });
  const { text, ...bad } = decodeUtf8(bytes);
  if (text === undefined) throw new InputError(`${name}, line ${bad.line} ${bad.issue}`);
  const streams = text.split(/\r?\n/).flatMap((line, index) => lineOf(line, `${name}, line ${index + 1}`));
  if (streams.length === 0) throw new InputError(`${name} names no stream`);
  return streams;
}

async function readAll(input: CommandDeps["input"], name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BYTES) throw new InputError(`${name} is longer than the longest list of streams for a plan`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Reads only the three names of an object, and ignores the other keys of `offair list --json` and result files. */
function lineOf(line: string, where: string): Stream[] {
  if (line === "" || line.startsWith("#")) return [];
  if (line.startsWith("{")) return fromJson(line, where);
  if (line !== line.trim()) {
    throw new InputError(
      `${where} begins or ends with a blank: remove it, or if it is part of the name, write ${BY_LINE}`,
    );
  }
  try {
    return [streamOf(line)];
  } catch (cause) {
    throw new InputError(`${where}: ${String(propertyOf(cause, "message"))}`, { cause });
  }
}

const ownSummary = z.object({ type: z.literal("summary") });

function fromJson(line: string, where: string): Stream[] {
  const json = parseJson(line);
  if (json === undefined) throw new InputError(`${where} is not JSON`);
  if (ownSummary.safeParse(json).success) return []; // the last line of the output of offair
  const { data, error } = streamSchema.safeParse(json);
  if (error) throw new InputError(`${where} is not a stream: ${formatIssues(issuesOf(error))}`, { cause: error });
  return [data];
}
