import { Writable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { csvCell, csvLine, csvPlain } from "../../../cli/terminal/csv.ts";
import { createOut } from "../../../cli/terminal/output.ts";
import { escapeInvisible, visibleJson } from "../../../lib/core/escape-invisible.ts";
import { HOSTILE_TEXTS, OBEYED } from "../../support/hostile-names.ts";
import { runs } from "../../support/runs.ts";

describe("a cell", () => {
  it.each([
    ["plain", '"plain"'],
    [42, '"42"'],
    [null, '""'],
    ['say "hi", twice', '"say ""hi"", twice"'],
    ["=1+1", `"'=1+1"`],
    ["+1", `"'+1"`],
    ["-1", `"'-1"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["\t=1", `"'\\u{9}=1"`],
    ["\r=1", `"'\\u{d}=1"`],
    ["  =1", `"'  =1"`],
    ["\uff1d1", `"'\uff1d1"`],
    ["\ufe661", `"'\ufe661"`], // small and other forms of = + - @
    ["\ufe62a", `"'\ufe62a"`],
    ["\ufe63a", `"'\ufe63a"`],
    ["\ufe6bA1", `"'\ufe6bA1"`],
    ["\uff20A1", `"'\uff20A1"`],
    ["\u22125", `"'\u22125"`], // a minus, which LibreOffice reads as one
    ["\u20135", `"'\u20135"`],
    ["\u207aa", `"'\u207aa"`],
    ["#N/A", `"'#N/A"`],
    ["a=1", '"a=1"'],
    ["'=1+1", `"''=1+1"`],
    ["'", `"''"`],
    ["it's", `"it's"`],
    ["00123", `"'00123"`],
    ["4e872096", `"'4e872096"`],
    ["1234567890123456", `"'1234567890123456"`],
    ["1,5", `"'1,5"`],
    ["$5", `"'$5"`],
    ["(5)", `"'(5)"`],
    [".5", `"'.5"`],
    ["12:30", `"'12:30"`],
    ["2026-03-14", `"'2026-03-14"`],
    ["2026-03-14T09:10:00Z", `"'2026-03-14T09:10:00Z"`],
    ["\u0663\u0664", `"'\u0663\u0664"`],
    ["TRUE", `"'TRUE"`],
    ["MARCH1", `"'MARCH1"`],
    ["dec-2", `"'dec-2"`],
    ["room-42", '"room-42"'],
    ["\u76f4\u64ad\u95f4", '"\u76f4\u64ad\u95f4"'],
  ])("%j is written as %s", (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it("of a column of times or hashes has them as they are, and no other text", () => {
    expect(csvPlain("2026-03-14T09:10:00.500Z")).toBe('"2026-03-14T09:10:00.500Z"');
    expect(csvPlain("4be1".repeat(16))).toBe(`"${"4be1".repeat(16)}"`);
    expect(csvPlain("4e87".repeat(16))).toBe(`"'${"4e87".repeat(16)}"`);
    expect(csvPlain("=1+1")).toBe(`"'=1+1"`);
    expect(csvPlain(null)).toBe('""');
  });

  it("gives its text back, as docs/audit.md says: so two texts are never one cell", () => {
    const readBack = (cell: string) =>
      cell
        .slice(1, -1)
        .replaceAll('""', '"')
        .replace(/^'/, "")
        .replace(/\\(\\|u\{([0-9a-f]+)\})/g, (_, all: string, hex = "") =>
          all === "\\" ? "\\" : String.fromCodePoint(Number.parseInt(hex, 16)),
        );
    const unit = fc.constantFrom(
      "'",
      '"',
      "=",
      "+",
      "-",
      "@",
      ",",
      ";",
      "\n",
      "\r",
      "\t",
      " ",
      "0",
      "1",
      "e",
      "\\",
      "u",
      "{",
      "a",
      "\ud800",
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: "binary" })), (text) => {
        const cell = csvCell(text);
        expect(readBack(cell)).toBe(text);
        expect(cell).toMatch(/^"(?:[^"\r\n]|"")*"$/);
        expect(cell).not.toMatch(/^"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\p{N}]/u);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it.each(HOSTILE_TEXTS)("is text, and stays one cell: $what", ({ name }) => {
    const line = csvLine([name, "next"].map(csvCell));
    expect(line.slice(0, -2)).not.toMatch(OBEYED);
    expect(line).toMatch(/^"(?:[^"]|"")*","next"\r\n$/);
    expect(line).not.toMatch(/^"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
    expect(line.slice(0, -2)).not.toMatch(/[\r\n]/);
  });
});

describe("on a terminal", () => {
  it.each(HOSTILE_TEXTS)("nothing is obeyed: $what", ({ name }) => {
    expect(escapeInvisible(name)).not.toMatch(OBEYED);
    expect(escapeInvisible(name)).not.toMatch(/[\r\n]/);
    const json = visibleJson({ name });
    expect(json).not.toMatch(OBEYED);
    expect(JSON.parse(json)).toEqual({ name });
  });

  it("two names that differ are shown as two", () => {
    const names = HOSTILE_TEXTS.map(({ name }) => name);
    expect(new Set([...names, "\u001b", "\\u{1b}"].map(escapeInvisible)).size).toBe(names.length + 2);
  });

  const colours = (isTTY: boolean, env: NodeJS.ProcessEnv): string => {
    let written = "";
    const write = (chunk: Buffer, _encoding: string, done: () => void) => {
      written += chunk.toString();
      done();
    };
    const stdout = Object.assign(new Writable({ write }), { isTTY, hasColors: () => true });
    const out = createOut({ stdout, stderr: stdout }, env);
    out.say(`${out.paint("red", "x\u001b[2J")}\u001b[31my\n\u202ez`);
    return written;
  };

  it("progress takes one line of a terminal, however narrow, and is kept from those that cannot clear it", () => {
    const progressOn = (env: NodeJS.ProcessEnv, terminal: object): string => {
      let written = "";
      const stderr = new Writable({
        write(chunk, _encoding, done) {
          written += chunk;
          done();
        },
      });
      createOut({ stdout: stderr, stderr: Object.assign(stderr, terminal) }, env).progress(
        "reading the lists of the day",
      );
      return written;
    };
    expect(progressOn({}, { isTTY: true, columns: 80 })).toBe("reading the lists of the day");
    expect(progressOn({}, { isTTY: true, columns: 12 })).toBe("reading th…");
    expect(progressOn({ TERM: "dumb" }, { isTTY: true, columns: 80 })).toBe("");
    expect(progressOn({}, {})).toBe("");
  });

  it("there is colour, unless somebody asked for none, and never in a pipe; control characters of others are escaped", () => {
    const text = "x\\u{1b}[2J";
    const rest = "\\u{1b}[31my\\u{a}\\u{202e}z\n";
    expect(colours(true, {})).toBe(`\u001b[31m${text}\u001b[39m${rest}`);
    expect(colours(true, { NO_COLOR: "1" })).toBe(`${text}${rest}`);
    expect(colours(false, {})).toBe(`${text}${rest}`);
  });
});
