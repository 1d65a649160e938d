import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { exportCommand } from "../../cli/commands/export.ts";
import { history } from "../../cli/commands/history.ts";
import { verify } from "../../cli/commands/verify.ts";
import { EVERY } from "../../cli/main.ts";
import { ERROR_CODES } from "../../lib/core/errors.ts";
import { offair, useFiles } from "./offair.ts";

const files = useFiles();

describe("offair", () => {
  it("helps on standard output, and every command it names helps too", async () => {
    const { code, stdout, stderr } = await offair(["help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const names = [...stdout.matchAll(/^ {2}(\w+) {2}/gm)]
      .map(([, name = ""]) => name)
      .filter((name) => name !== "help");
    expect(names).toEqual(expect.arrayContaining(["verify", "history", "export"]));
    for (const name of names) {
      const asked = await offair(["help", name]);
      expect(asked).toMatchObject({ code: 0, stderr: "" });
      expect(asked.stdout).toMatch(new RegExp(`^offair ${name} `));
      expect(await offair([name, "--help"])).toEqual(asked);
    }
  });

  it("alone names its commands, in as few lines as that takes", async () => {
    const { stderr } = await offair([]);
    for (const { name } of EVERY) expect(stderr).toContain(name);
    expect(stderr.split("\n").length).toBeLessThan(12);
  });

  it("says what to do about an error code, as docs/errors.md does", async () => {
    const { code, stdout } = await offair(["help", "ERR_ARCHIVE"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ERR_ARCHIVE\n\n {2}retryable +yes\n/);
    expect(stdout).toContain("check AWS_REGION, the credentials and the bucket's name");
  });

  it("tells which codes its help has: every code of the project", async () => {
    for (const each of ERROR_CODES) expect((await offair(["help", each])).code).toBe(0);
  });

  it.each([verify, history, exportCommand])("every operand of $name stands in its help", ({ help, operands }) => {
    for (const name of operands) expect(help.split("\n")[0]).toContain(name);
  });

  const nowhere = join(files.dir, "nowhere");
  const DAY = "2026-03-14";
  const DAYS = ["--from", DAY, "--to", DAY];
  const key = files.key();
  const notAKey = join(import.meta.dirname, "..", "..", "package.json");
  it.each<[string, string[], string]>([
    ["nothing", [], "the command is missing"],
    ["a command that is none", ["blacken"], "there is no command blacken"],
    ["a command that is nearly one", ["verfy"], "there is no command verfy; did you mean verify?"],
    ["a command of which help is wanted and that is nearly one", ["help", "histry"], "did you mean history?"],
    ["an option that is nearly one", ["history", "2026-03-14", "--dommain", "x"], "; did you mean --domain?"],
    [
      "a word that is nearly one",
      ["mode", "enforc"],
      "enforc must be observe, enforce, freeze or unfreeze; did you mean enforce?",
    ],
    ["a format that a text has not", ["help", "list", "--json"], "Unknown option '--json'"],
    ["a shell that has no script", ["completion", "tcsh"], "tcsh must be bash, zsh or fish"],
    ["no shell", ["completion"], "offair: give bash, zsh or fish"],
    ["an error code that offair does not have", ["help", "ERR_NONSENSE"], "no error code ERR_NONSENSE"],
    ["no bundle", ["verify", "--key", key], "BUNDLE is missing"],
    ["two bundles", ["verify", "a", "b", "--key", key], "unexpected argument b"],
    ["no key", ["verify", files.dir], "--key is missing"],
    ["a key that is not there", ["verify", files.dir, "--key", nowhere], "ENOENT"],
    ["a key that is none", ["verify", files.dir, "--key", notAKey], "not an Ed25519 public key"],
    ["a bundle that is not there", ["verify", nowhere, "--key", key], "cannot be opened"],
    ["a bundle that is none", ["verify", notAKey, "--key", key], "is not a tar"],
    ["a head that is none", ["verify", files.dir, "--key", key, "--head", "abc"], "--head must have"],
    [
      "an hour that no day has",
      ["verify", files.dir, "--key", key, "--from", "2026-11-21T24:00:00Z"],
      "--from must be",
    ],
    ["a time without seconds", ["verify", files.dir, "--key", key, "--from", "2026-11-21T12:00Z"], "--from must be"],
    ["a time without zone", ["verify", files.dir, "--key", key, "--from", "2026-11-21T12:00:00"], "--from must be"],
    ["a day that no month has", ["verify", files.dir, "--key", key, "--through", "2026-02-30"], "--through must be"],
    ["a time that is none", ["verify", files.dir, "--key", key, "--through", "tomorrow"], "--through must be"],
    ["an option that is none", ["history", "2026-03-14", "--colour"], "--colour"],
    ["an option without its value", ["history", "2026-03-14", "--domain"], "--domain"],
    ["a day that is none", ["history", "2026-02-30"], "DAY must be a day"],
    ["no archive", ["history", "2026-03-14"], "ARCHIVE_BUCKET"],
    ["an archive without evidence", ["history", "2026-03-14", "--bundle", files.dir], "there are no manifests"],
    ["an option given twice", ["verify", files.dir, "--key", key, "--key", nowhere], "--key was given twice"],
    ["a value that begins with a dash", ["history", DAY, "--stream", "-a/b"], "use '--stream=-XYZ'"],
    [
      "a stream without its app",
      ["history", DAY, "--stream", "room-42", "--bundle", files.dir],
      "--stream must be APP/NAME",
    ],
    [
      "a stream with the query of its push URL, which is not repeated",
      ["history", DAY, "--stream", "live/room-42?auth_key=SECRET", "--bundle", files.dir],
      '--stream live/room-42…: a name ends before the "?" of its push URL',
    ],
    [
      "two archives to export",
      ["export", ...DAYS, "--out", nowhere, "--bucket", "b", "--bundle", "c"],
      "--bundle or --bucket",
    ],
    [
      "two formats",
      ["history", "2026-03-14", "--json", "--csv", "--bundle", files.dir],
      "give one format, not json and csv",
    ],
    ["two archives", ["history", "2026-03-14", "--bucket", "b", "--bundle", files.dir], "either --bundle or --bucket"],
    [
      "days the wrong way round",
      ["export", "--from", "2026-03-14", "--to", "2026-03-13", "--out", nowhere],
      "--to is before",
    ],
    ["no days", ["export", "--out", nowhere], "--from is missing"],
  ])("%s: exit code 2, one sentence and no stack", async (_, args, sentence) => {
    const { code, stdout, stderr } = await offair(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^offair: /);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n {4}at |node:internal/);
  });

  it("loads nothing of the AWS SDK to verify or to answer from a bundle", () => {
    const cli = join(import.meta.dirname, "..", "..", "cli");
    expect(readFileSync(join(cli, "evidence", "open-source.ts"), "utf8")).not.toMatch(/^import (?!type )[^;]*aws/m);
  });
});
