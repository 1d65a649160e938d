/**
 * `npm run -s sign -- FILE` (`-` for standard input): prints the canonical request, string to sign and signature of each request in the
 * file, to compare them with the canonical request in the gateway's 401. The file has one request or an array of requests, in the format
 * of test/sign-vectors.json; other fields are ignored. On invalid input it prints one line per issue, with exit code 2. Messages never
 * quote a value, because one of them is the SK.
 */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { InputError, isForPeople } from "../cli/terminal/errors.ts";
import { expectUtf8 } from "../cli/terminal/utf8-arguments.ts";
import { parseInstant } from "../lib/core/instant.ts";
import { decodeUtf8 } from "../lib/core/utf8.ts";
import { sign } from "../lib/huawei/api/sign.ts";

const text = z.string().refine((value) => value.isWellFormed(), "must not hold half of a surrogate pair");
const headerValue = text.regex(/^[^\r\n\0]*$/, "must be one line");

function isSdkDate(date: string): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  return parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) !== undefined;
}

const requestSchema = z.object({
  method: z.string().regex(/^[A-Z]+$/, "must be an HTTP method in capitals"),
  path: text.regex(/^(\/|$)/, 'must begin with "/"'),
  query: z.array(
    z.tuple([text, text], "must be a pair [name, value] of strings"),
    "must be an array of pairs [name, value]",
  ),
  headers: z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "must be a header name"), headerValue)
    .superRefine((headers, { addIssue }) => {
      const names = Object.keys(headers).map((name) => name.toLowerCase());
      if (new Set(names).size < names.length) addIssue("must not hold one name in two spellings");
      const date = Object.entries(headers).find(([name]) => name.toLowerCase() === "x-sdk-date")?.[1];
      if (date === undefined) addIssue("must have X-Sdk-Date, because it is always signed");
      else if (!isSdkDate(date.trim())) addIssue("X-Sdk-Date must be a time that exists, like 20260422T080000Z");
    }),
  body: text,
  ak: text.min(1, "must not be empty"),
  sk: text.min(1, "must not be empty"),
});

function readInput(file: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : "unknown error";
    throw new InputError(`cannot read ${file}: ${reason}`);
  }
  const { text: content, ...bad } = decodeUtf8(bytes);
  if (content === undefined) throw new InputError(`line ${bad.line} of ${file} ${bad.issue}`);
  try {
    return JSON.parse(content);
  } catch (error) {
    // only the position, because the parser's message quotes the text
    const position = /position \d+( \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    throw new InputError(`not JSON${position === undefined ? "" : `, at ${position}`}`);
  }
}

function signEntry(entry: unknown, label: string) {
  const { data, error } = requestSchema.safeParse(entry);
  if (data) return sign(data, data);
  throw new InputError(
    error.issues.map(({ path, message }) => `${label}: ${path.join(".") || "request"}: ${message}`).join("\n"),
  );
}

function run(args: readonly string[]): string {
  expectUtf8(args, {});
  const [file] = args;
  if (file === undefined || args.length > 1)
    throw new InputError("usage: npm run -s sign -- FILE   (- for standard input)");
  const input = readInput(file);
  const result = Array.isArray(input)
    ? input.map((entry, i) => signEntry(entry, `entry ${i}`))
    : signEntry(input, "entry 0");
  return JSON.stringify(result, null, 2);
}

try {
  console.log(run(process.argv.slice(2)));
} catch (error) {
  if (!isForPeople(error)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
