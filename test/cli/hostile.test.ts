/** One fixture of hostile names through every command and every format. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import { HOSTILE_STREAMS, HOSTILE_TEXTS, OBEYED } from "../support/hostile-names.ts";
import { type Ended, jsonLines, offair, useFiles } from "./offair.ts";
import { createWorld } from "./world.ts";

const files = useFiles();
const DOMAIN = "push.example.com";
const theirs = HOSTILE_TEXTS.map(({ name }) => ({ domain: DOMAIN, app: `theirs ${name}`, stream: name }));
const ours = HOSTILE_STREAMS.map(({ name }) => ({ domain: DOMAIN, app: name, stream: name }));

let folder: string;
beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const world = createWorld([DOMAIN]);
  for (const [index, stream] of ours.entries()) {
    const text = HOSTILE_TEXTS[index % HOSTILE_TEXTS.length]?.name ?? "";
    const by = index % 2 === 0 ? { by: text, approvedBy: text } : {};
    const evidence = [{ url: `https://example.com/${text}` }];
    world.disable(stream, `2026-03-14T09:${String(index).padStart(2, "0")}:00.000Z`, { reason: text, evidence, ...by });
  }
  for (const stream of theirs) world.foreign(stream, "2026-03-14T03:30:00Z", "2026-03-14T07:30:00Z");
  await world.run("2026-03-13T22:00:00.000Z", "2026-03-15T02:00:00.000Z");
  folder = files.folder(world.objects);
});

/** Nothing in it is obeyed, whatever the names; lines end as they should. A CSV begins with a byte-order mark. */
function isText({ stdout, stderr }: Ended): void {
  expect(stdout.replace(/^\ufeff(?=")/, "").replaceAll("\r\n", "\n")).not.toMatch(OBEYED);
  expect(stderr).not.toMatch(OBEYED);
}

describe("hostile names are text", () => {
  it("in the answer for people: a line of its own each, and all are there", async () => {
    const ended = await offair(["history", "2026-03-14", "--bundle", folder, "-o", "details"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    isText(ended);
    const shown = ended.stdout.split("\n").filter((line) => /^\d{4}-/.test(line));
    expect(shown.map((line) => line.slice(44)).sort()).toEqual(
      [...ours, ...theirs].map(formatStream).map(escapeInvisible).sort(),
    );
  });

  it("in lines and columns: the last of each, and no name makes a line or a cell more", async () => {
    const asked = ["history", "2026-03-14", "--bundle", folder];
    const ended = await offair(asked);
    isText({ ...ended, stdout: ended.stdout.replaceAll("\t", "") });
    const rows = ended.stdout.trimEnd().split("\n").map((line) => line.split("\t"));
    for (const cells of rows) expect(cells).toHaveLength(9);
    const names = [...ours, ...theirs].map(formatStream).map(escapeInvisible);
    expect(rows.map((cells) => cells[8]).sort()).toEqual(names.toSorted());
    for (const args of [["-o", "wide"], ["--all"]]) {
      const { stdout } = await offair([...asked, ...args]);
      expect(stdout.replaceAll(/[\n ]/g, "")).not.toMatch(OBEYED);
      for (const name of names) expect(stdout).toContain(` ${name}\n`);
    }
  });

  it("in a spreadsheet: no cell is a formula, and no name makes a row more", async () => {
    const ended = await offair(["history", "2026-03-14", "--bundle", folder, "--csv"]);
    isText(ended);
    const rows = ended.stdout.split("\r\n").slice(1, -1);
    expect(rows).toHaveLength(ours.length + theirs.length);
    const width = ended.stdout.split("\r\n")[0]?.split(",").length ?? 0;
    for (const row of rows) {
      const cells = [...row.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = ""]) => cell);
      expect(cells).toHaveLength(width);
      for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
    }
  });

  it("in JSON: exactly as they are, once parsed", async () => {
    const ended = await offair(["history", "2026-03-14", "--bundle", folder, "--json"]);
    isText(ended);
    const rows = jsonLines(ended).filter(({ type }) => type === "off");
    const names = rows.map(({ domain, app, stream }) => JSON.stringify({ domain, app, stream }));
    expect(names.sort()).toEqual([...ours, ...theirs].map((stream) => JSON.stringify(stream)).sort());
  });

  it.each(HOSTILE_STREAMS)("asked for by name, one stream is found: $what", async ({ name }) => {
    const ended = await offair(["history", "2026-03-14", "--bundle", folder, "--json", `--stream=${name}/${name}`]);
    expect(jsonLines(ended).filter(({ type }) => type === "off")).toMatchObject([{ app: name, stream: name }]);
  });

  it("as names of objects: each is found as an addition, and shown as text", async () => {
    const bundle = files.path();
    mkdirSync(bundle);
    const names = HOSTILE_TEXTS.map(({ name }) => name).filter((name) => !/[/\0]/.test(name));
    for (const name of names) writeFileSync(join(bundle, name), "");
    for (const format of [[], ["--json"]]) {
      const ended = await offair(["verify", bundle, "--key", files.key(), ...format]);
      expect(ended.code).toBe(4);
      isText(ended);
      expect(ended.stdout.trimEnd().split("\n").length).toBeGreaterThan(names.length);
    }
  });

  it.each(HOSTILE_TEXTS.filter(({ name }) => !name.includes("\0")))(
    "typed at the command itself: $what",
    async ({ name }) => {
      for (const args of [
        [name],
        ["help", name],
        ["history", name],
        ["history", "2026-03-14", name],
        ["history", "2026-03-14", `--${name}`],
        ["history", "2026-03-14", `--from=${name}`],
        ["verify", name, "--key", files.key()],
        ["verify", folder, `--key=${name}`],
        ["export", "--bundle", folder, "--from=2026-03-14", "--to=2026-03-14", `--out=${join(files.dir, "no", name)}`],
      ]) {
        const ended = await offair(args);
        expect(ended.code).toBe(2);
        isText(ended);
        expect(ended.stdout).toBe("");
      }
    },
  );

  it("as the name of the bundle that is made", async () => {
    const out = join(files.dir, "\u001b[2J\u202e<img onerror=alert(1)>.tar");
    for (const format of [[], ["--json"]]) {
      const target = format.length === 0 ? out : out.replace(".tar", "-2.tar");
      const days = ["--from", "2026-03-14", "--to", "2026-03-14"];
      const ended = await offair(["export", "--bundle", folder, ...days, "--out", target, ...format]);
      expect(ended.code).toBe(0);
      isText(ended);
    }
  });
});
