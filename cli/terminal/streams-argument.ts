/** Streams as an operator names them: one by one, in a file, or through a pipe. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { formatIssues, issuesOf } from "../../lib/core/issues.ts";
import { type Stream, streamKey, streamSchema } from "../../lib/core/stream.ts";
import { MAX_STREAMS } from "../../lib/operator/contract/request.ts";
import type { CommandDeps } from "./command.ts";
import { InputError, propertyOf, UsageError } from "./errors.ts";

const HOW = "a stream is DOMAIN/APP/STREAM; one whose domain or app holds a slash goes into a file";
const BY_LINE = 'as {"domain": …, "app": …, "stream": …}';

/** Escapes of visible(). Copied from a screen and taken by the letter, they would name another stream. */
const AS_SHOWN = /\\(\\|u\{)/;

/** Most that a file of 5,000 streams with the longest names holds. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The first two slashes part it; the stream's own name may hold more. @throws UsageError */
export function streamOf(text: string): Stream {
  const [, domain, app, stream] = /^([^/]+)\/([^/]+)\/(.+)$/su.exec(text) ?? [];
  if (AS_SHOWN.test(text)) {
    throw new UsageError(
      `${text}: that is how offair shows what cannot be seen: copy the line of offair list --json into a file`,
    );
  }
  const { data, error } = streamSchema.safeParse({ domain, app, stream });
  if (data) return data;
  throw new UsageError(
    stream === undefined ? `${text}: ${HOW} ${BY_LINE}` : `${text}: ${formatIssues(issuesOf(error))}`,
  );
}

/** A file begins with a dot or a slash, or with a word without a dot; the domain of a stream with neither. */
const isFile = (operand: string): boolean => !/^[^/.][^/]*\.[^/]*\/[^/]+\/./su.test(operand);

/**
 * @param operands - streams, or one file, or `-`.
 * @returns each stream once, in the order in which it was named first.
 * @throws UsageError, InputError that names the line.
 */
export async function readStreams(operands: readonly string[], { input, out }: CommandDeps): Promise<Stream[]> {
  const [first = ""] = operands;
  const files = operands.filter(isFile);
  if (files.length > 0 && operands.length > 1) throw new UsageError(`${files[0]}: give one file, or streams; ${HOW}`);
  if (files.length === 0 && operands.length === 1 && existsSync(first)) {
    throw new UsageError(`${first} is a file too: write ./${first} for it, or name the stream in a file`);
  }
  const named = files.length === 0 ? operands.map(streamOf) : await readLines(first, input);
  const streams = [...new Map(named.map((stream) => [streamKey(stream), stream])).values()];
  const repeated = named.length - streams.length;
  if (repeated > 0) out.warn(`${repeated} of ${named.length} lines or words name a stream again: each is taken once`);
  return streams;
}

/** As many as are acted on at once, without a plan. @throws UsageError, InputError */
export async function readFew(operands: readonly string[], deps: CommandDeps): Promise<Stream[]> {
  const streams = await readStreams(operands, deps);
  if (streams.length <= MAX_STREAMS) return streams;
  throw new UsageError(`${streams.length} streams: more than ${MAX_STREAMS} take a plan (offair help plan)`);
}

async function readLines(file: string, input: CommandDeps["input"]): Promise<Stream[]> {
  if (file === "-" && input.isTTY) throw new UsageError("- reads standard input, and that is the terminal");
  const name = file === "-" ? "standard input" : file;
  const bytes = await (file === "-" ? readAll(input, name) : readFile(file)).catch((cause: unknown) => {
    if (cause instanceof InputError) throw cause;
    const code = String(propertyOf(cause, "code"));
    // Half a stream is taken for a file.
    throw new InputError(`cannot read ${name}: ${code}${code === "ENOENT" ? `; ${HOW}` : ""}`, { cause });
  });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${name} is not UTF-8`, { cause });
  }
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
    if (size > MAX_BYTES) throw new InputError(`${name} is longer than any list of streams that a plan takes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Of an object only the three names: what `offair list --json` and a file of results hold beside them is let pass. */
function lineOf(line: string, where: string): Stream[] {
  if (line === "" || line.startsWith("#")) return [];
  if (line.startsWith("{")) return fromJson(line, where);
  if (line !== line.trim()) {
    throw new InputError(`${where} begins or ends with a blank: take it away, or if the name has it, write ${BY_LINE}`);
  }
  try {
    return [streamOf(line)];
  } catch (cause) {
    throw new InputError(`${where}: ${String(propertyOf(cause, "message"))}`, { cause });
  }
}

const ownSummary = z.object({ type: z.literal("summary") });

function fromJson(line: string, where: string): Stream[] {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new InputError(`${where} is not JSON`, { cause });
  }
  if (ownSummary.safeParse(json).success) return []; // the last line of offair's own output
  const { data, error } = streamSchema.safeParse(json);
  if (error) throw new InputError(`${where} is no stream: ${formatIssues(issuesOf(error))}`, { cause: error });
  return [data];
}
