import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createKeyDecoder, openKeys } from "../../../cli/terminal/keys.ts";
import { runs } from "../../support/runs.ts";

const keysOf = (...chunks: string[]): string[] => chunks.flatMap(createKeyDecoder());

describe("what a terminal sends", () => {
  it.each([
    ["a letter", ["a"], ["a"]],
    ["Enter", ["\r"], ["enter"]],
    ["Escape", ["\u001b"], ["escape"]],
    ["Escape twice", ["\u001b\u001b"], ["escape", "escape"]],
    ["Ctrl-C", ["\u0003"], ["ctrl-c"]],
    ["an arrow", ["\u001b[A"], []],
    ["an arrow that arrives in two parts", ["\u001b[", "A"], []],
    ["a function key", ["\u001bOP", "\u001b[15~"], []],
    ["Alt with a letter", ["\u001ba"], []],
    ["a control key", ["\u0001"], []],
    ["a paste", ["\u001b[200~r1\ra\u001b[201~s"], ["s"]],
    ["a paste in parts", ["\u001b[20", "0~r1", "\ra", "\u001b[201~s"], ["s"]],
    ["several keys", ["r1"], ["r", "1"]],
    ["a letter of another script", ["ж"], ["ж"]],
  ])("%s", (_, chunks, keys) => expect(keysOf(...chunks)).toEqual(keys));

  it("a paste is no key, whatever is in it and however it is cut", () => {
    const text = fc.string({ unit: "binary" }).filter((each) => !each.includes("\u001b[201~"));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 5 }), (pasted, cuts) => {
        const sent = `\u001b[200~${pasted}\u001b[201~`;
        const ends = [...cuts.map((cut) => cut % sent.length), sent.length].sort((a, b) => a - b);
        // Not after ESC alone, which is a key.
        const chunks = ends.map((end, index) => sent.slice(index === 0 ? 0 : ends[index - 1], end));
        fc.pre(!chunks.slice(0, -1).some((chunk) => chunk.endsWith("\u001b")));
        expect(keysOf(...chunks)).toEqual([]);
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("keys of a terminal", () => {
  function terminal() {
    const modes: boolean[] = [];
    let sent = "";
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (isRaw: boolean) => modes.push(isRaw) });
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        sent += chunk.toString();
        done();
      },
    });
    const stop = new AbortController();
    return { input, modes, stop, keys: openKeys(input, output, stop.signal), sent: () => sent };
  }

  it("are read one by one, also if they arrive together", async () => {
    const { input, keys } = terminal();
    input.write("r1");
    expect([await keys.next(), await keys.next()]).toEqual(["r", "1"]);
    keys.close();
  });

  it("are dropped if they were typed before the question", async () => {
    const { input, keys } = terminal();
    input.write("rrr");
    await keys.flush();
    input.write("s");
    expect(await keys.next()).toBe("s");
    keys.close();
  });

  it("end when the terminal is closed, also while one is awaited", async () => {
    const { input, modes, keys } = terminal();
    const next = keys.next();
    input.end();
    expect([await next, await keys.next()]).toEqual(["closed", "closed"]);
    keys.close();
    expect(modes).toEqual([true]); // a terminal that is gone has no mode
  });

  it("end when the process is asked to end, and the terminal is left as it was", async () => {
    const { modes, stop, keys } = terminal();
    const next = keys.next();
    stop.abort();
    expect(await next).toBe("closed");
    keys.close();
    expect(modes).toEqual([true, false]);
  });

  it("leave the terminal as it was, also while it is lent", async () => {
    const { modes, keys, sent } = terminal();
    await expect(keys.lend(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    keys.close();
    expect(modes).toEqual([true, false, true, false]);
    expect(sent()).toBe("\u001b[?2004h\u001b[?2004l\u001b[?2004h\u001b[?2004l");
  });
});
