/** Node replaces a byte that is not UTF-8 by U+FFFD, so these tests begin there. test/stack/offair-process.test.ts has the bytes. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { COMMANDS } from "../../../cli/commands.ts";
import { readLocalStack } from "../../../cli/terminal/local-stack.ts";
import { expectUtf8 } from "../../../cli/terminal/utf8-arguments.ts";
import { offair, useFiles } from "../offair.ts";

const files = useFiles();
const REPLACED = "caf\ufffd";

describe("a text that is not UTF-8", () => {
  it.each(COMMANDS)("is refused in every option and argument of $name", async ({ name, options }) => {
    const lines = [
      [name, REPLACED],
      [name, "a", "b", REPLACED],
      ...Object.keys(options).flatMap((option) => [
        [name, `--${option}=${REPLACED}`],
        [name, `--${option}`, REPLACED],
      ]),
    ];
    for (const args of lines) {
      const ended = await offair(args);
      expect(ended).toMatchObject({ code: 2, stdout: "" });
      expect(ended.stderr).toMatch(/^offair: .*caf\ufffd is not UTF-8, or contains U\+FFFD/);
    }
  });

  it.each(["OFFAIR_URL", "OFFAIR_AS", "OFFAIR_LOCAL_FILE", "AWS_PROFILE", "AWS_REGION", "ARCHIVE_BUCKET"])(
    "is refused in %s",
    async (name) => {
      const ended = await offair(["list"], { env: { [name]: REPLACED } });
      expect(ended).toMatchObject({ code: 2, stdout: "" });
      expect(ended.stderr).toContain(`the environment variable ${name} is not UTF-8, or contains U+FFFD`);
    },
  );

  it("is refused as the name of a command", async () => {
    expect(await offair([REPLACED])).toMatchObject({ code: 2, stderr: expect.stringContaining("is not UTF-8") });
    expect(await offair(["help", REPLACED])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is not UTF-8"),
    });
  });

  it("is no concern in a variable that is not read", () => {
    expect(() => expectUtf8([], { LS_COLORS: REPLACED })).not.toThrow();
  });

  it("is refused in the file of the local stack", () => {
    const file = files.path(".json");
    writeFileSync(file, Buffer.from([0x7b, 0xe9, 0x7d]));
    expect(() => readLocalStack(file)).toThrow(`cannot read ${file}: not JSON`);
  });
});
