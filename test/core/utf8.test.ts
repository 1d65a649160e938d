import { describe, expect, it } from "@jest/globals";
import { decodeUtf8 } from "../../lib/core/utf8.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");

describe("a text file", () => {
  it.each(["", "a\n", "soir\u00e9e\n\u76f4\u64ad\n\u{1f600}", "\ufffd", "a\r\nb"])(
    "in UTF-8 is its text: %j",
    (text) => {
      expect(decodeUtf8(Buffer.from(text))).toEqual({ text });
      expect(decodeUtf8(Buffer.from(`\ufeff${text}`))).toEqual({ text });
    },
  );

  it.each<[string, Uint8Array, number]>([
    ["Latin-1", latin1("a\nb\nsoir\u00e9e\n"), 3],
    ["Latin-1 at the end of a line", latin1("a\ncaf\u00e9\nb"), 2],
    ["Latin-1 at the end", latin1("caf\u00e9"), 1],
    ["Windows-1252", Buffer.from([0x93, 0x61, 0x94]), 1],
    ["GBK", Buffer.from([0x61, 0x0a, 0xd6, 0xb1, 0xb2, 0xa5, 0x0a]), 2],
    ["a continuation byte alone", Buffer.from([0x61, 0x0a, 0x80, 0x0a]), 2],
    ["a character that is cut off by the line's end", Buffer.from([0x0a, 0xe7, 0x9b, 0x0a, 0xb4]), 2],
    ["a character that is longer than it must be", Buffer.from([0xc0, 0xaf]), 1],
    ["half of a surrogate pair", Buffer.from([0xed, 0xa0, 0x80]), 1],
    ["a character above the last one", Buffer.from([0xf4, 0x90, 0x80, 0x80]), 1],
  ])("in other bytes is refused with its line: %s", (_, bytes, line) => {
    expect(decodeUtf8(bytes)).toEqual({ line, issue: "is not UTF-8: save the file as UTF-8" });
  });

  const utf16 = Buffer.from("scope:\n  - a\n", "utf16le");
  it.each<[string, Uint8Array]>([
    ["little-endian", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ["big-endian", Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
    ["without a byte order mark", utf16],
    ["big-endian without a byte order mark", Buffer.from(utf16).swap16()],
  ])("in UTF-16 is refused, and its encoding is named: %s", (_, bytes) => {
    expect(decodeUtf8(bytes)).toEqual({ line: 1, issue: "is UTF-16 and not UTF-8: save the file as UTF-8" });
  });

  it("with a NUL character is no text", () => {
    expect(decodeUtf8(Buffer.from("a\nb\0\n"))).toMatchObject({ line: 2 });
  });
});
