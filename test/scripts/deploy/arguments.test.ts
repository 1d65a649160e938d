import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { UsageError } from "../../../cli/terminal/errors.ts";
import { HELP, parseArguments } from "../../../scripts/deploy/arguments.ts";
import { createAsker } from "../../../scripts/deploy/questions.ts";
import { REPLACEABLE } from "../../../scripts/deploy/stack/changes.ts";

const parse = (text: string) => parseArguments(text === "" ? [] : text.split(" "));

describe("the arguments", () => {
  it("are a stage and what is allowed", () => {
    const given = "--stage prod --yes --account 123456789012 --replace Ledger --replace HttpApi";
    expect(parse(given)).toEqual({
      ...{ stage: "prod", isDryRun: false, isRemoval: false, yes: true, account: "123456789012" },
      replace: ["Ledger", "HttpApi"],
    });
    expect(parse("--help")).toBeUndefined();
  });

  it.each([
    ["", "--stage is missing"],
    ["prod", "prod"],
    ["--stage prod --force", "--force"],
    ["--stage", "--stage"],
    ["--stage prod --remove --dry-run", "--remove goes with neither"],
    ["--stage prod --remove --replace Ledger", "--remove goes with neither"],
    ["--stage prod --replace Ledgr", "--replace Ledgr: nothing is refused under this name, only Ledger, Archive"],
    ["--stage prod --replace ledger", "--replace ledger"],
    ["--stage prod --replace toString", "--replace toString"],
    ["--stage prod --account prod", "12 digits"],
    ["--stage prod --account 1234567890123", "12 digits"],
  ])("%p are a usage error", (text, message) => {
    expect(() => parse(text)).toThrow(UsageError);
    expect(() => parse(text)).toThrow(message);
  });

  it("are described by the help, with the names for --replace", () => {
    expect(HELP).toContain(REPLACEABLE);
  });
});

describe("questions", () => {
  function asker(input: string) {
    const written: string[] = [];
    const output = new Writable({
      write(chunk, _, done) {
        written.push(String(chunk));
        done();
      },
    });
    const stream = new PassThrough();
    stream.end(input);
    return { written, ...createAsker(stream, output) };
  }

  it("are answered by the lines of standard input, one each, and by nothing at its end", async () => {
    const { ask, written } = asker("y\nprod");
    expect([await ask("one?"), await ask("two?"), await ask("three?")]).toEqual(["y", "prod", ""]);
    expect(written.join("")).toBe("one? two? three? \n");
  });
});
