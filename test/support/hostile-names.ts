/** Names that somebody chose to be obeyed rather than read. One fixture, run through every command and every export. */

export interface HostileName {
  readonly what: string;
  readonly name: string;
}

/** None holds a control character: a stream of ours cannot. What Live lists, a person wrote or a bundle is called may hold any. */
export const HOSTILE_STREAMS: readonly HostileName[] = [
  { what: "an element with a handler", name: "<img src=x onerror=alert(1)>" },
  { what: "the end of an element", name: '"></td></table><script>alert(1)</script>' },
  { what: "a formula", name: '=HYPERLINK("https://evil.example","click")' },
  { what: "a formula that begins with +", name: "+1+cmd|' /C calc'!A0" },
  { what: "a formula that begins with -", name: "-2+3" },
  { what: "a formula that begins with @", name: "@SUM(1+1)*cmd|' /C calc'!A0" },
  { what: "a formula in wide characters", name: "\uff1d1+1" },
  { what: "a formula after a blank", name: " =1+1" },
  { what: "cells, a quote and a line of its own", name: 'a,"b";c\u2028d' },
  { what: "text turned round", name: "room-\u202egnp.exe" },
  { what: "an isolate that is never closed", name: "room-\u2067abc" },
  { what: "Arabic", name: "غرفة-٤٢" },
  { what: "Hebrew between Latin", name: "a-שלום-z" },
  { what: "nothing that can be seen", name: "\u200b\u2060\ufeff" },
  { what: "tag characters", name: "room\u{e0041}\u{e0042}" },
  { what: "a backslash escape", name: "\\u001b[31m\\n" },
  { what: "letters beyond 16 bits", name: "𝕣𝕠𝕠𝕞-🎥" },
  { what: "a path", name: "../../etc/passwd" },
  { what: "an object of JavaScript", name: "__proto__" },
];

/** With control characters too. */
export const HOSTILE_TEXTS: readonly HostileName[] = [
  ...HOSTILE_STREAMS,
  { what: "an escape sequence that clears the screen", name: "\u001b[2J\u001b[H" },
  { what: "an escape sequence that sets the title", name: "\u001b]0;owned\u0007" },
  { what: "the same with one C1 character", name: "\u009b31m\u009d0;owned\u009c" },
  { what: "lines of their own", name: "a\r\nintact: 1 link\r\nb" },
  { what: "a formula after a tab", name: "\t=1+1" },
  { what: "a formula after a carriage return", name: "\r=1+1" },
  { what: "backspaces and a bell", name: "abc\b\b\bxyz\u0007" },
  { what: "NUL and DEL", name: "a\u0000b\u007fc" },
];

/** What no terminal, spreadsheet or page must ever be given: it would obey it, or turn round the text beside it. Line ends aside. */
export const OBEYED =
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;
