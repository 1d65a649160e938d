/** The golden month: the files that `offair statements` writes, byte for byte. `UPDATE_GOLDEN=1 npm test -- golden-month` writes them anew. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { problemsOf } from "../../local/transparency/published-rules.ts";
import { type Ended, jsonLines, offair, useFiles } from "../cli/offair.ts";
import { GOLDEN_SETTINGS, goldenMonth, MONTH } from "./golden-month.ts";

const GOLDEN = join(import.meta.dirname, "golden");
const FILES = ["statements.ndjson", "broadcasters.ndjson", "incomplete.json", "left-out.json", "corrections.json"];
const files = useFiles();
let bundle: string;
let settings: string;
let out: string;
let ended: Ended;

const write = (into: string, ...args: readonly string[]) =>
  offair(["statements", ...MONTH, "--bundle", bundle, "--settings", settings, "--out", into, ...args]);
const read = (name: string, folder = out): string => readFileSync(join(folder, name), "utf8");
const rows = (name: string, folder = out): Record<string, unknown>[] =>
  read(name, folder)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  bundle = files.folder(await goldenMonth());
  settings = files.path(".json");
  writeFileSync(settings, JSON.stringify(GOLDEN_SETTINGS));
  out = files.path();
  ended = await write(out);
}, 60_000);

describe("the golden month", () => {
  it("is written without a gap", () => {
    expect(ended).toMatchObject({ code: 0, stderr: "" });
  });

  it.each(FILES)("has the same %s", (name) => {
    if (process.env.UPDATE_GOLDEN) {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(join(GOLDEN, name), read(name));
    }
    expect(read(name)).toBe(read(name, GOLDEN));
  });

  it("is what the database accepts, each with a puid of its own", () => {
    const statements = rows("statements.ndjson");
    for (const each of statements) expect(problemsOf(each)).toEqual({});
    expect(new Set(statements.map(({ puid }) => puid)).size).toBe(statements.length);
  });

  it("has neither names of streams nor anything that a person wrote or is called", () => {
    for (const name of FILES) {
      for (const secret of [
        "Jane",
        "jane@",
        "erika",
        "mustermann",
        "mallory",
        "by-a-classifier",
        "<script>",
        "msg-",
        "op-0",
      ]) {
        expect(read(name).toLowerCase()).not.toContain(secret.toLowerCase());
      }
    }
  });

  it("names streams only with --names, and then not in what is sent", async () => {
    const named = files.path();
    await write(named, "--names", "--lang", "zh");
    expect(read("statements.ndjson", named)).toBe(read("statements.ndjson"));
    const [first] = rows("broadcasters.ndjson", named);
    expect(first).toMatchObject({
      stream: { domain: "push.example.com", app: "live", stream: "by-a-classifier" },
      texts: { zh: expect.stringContaining("push.example.com/live/by-a-classifier") },
    });
    expect(Object.keys(first?.texts ?? {})).toEqual(["zh"]);
  });

  it("is the same when it is written again, and its days add up to it", async () => {
    const days = await Promise.all(
      [
        ["2026-03-01", "2026-03-09"],
        ["2026-03-10", "2026-03-22"],
        ["2026-03-23", "2026-03-31"],
      ].map(async ([from = "", to = ""]) => {
        const folder = files.path();
        await offair([
          "statements",
          "--from",
          from,
          "--to",
          to,
          "--bundle",
          bundle,
          "--settings",
          settings,
          "--out",
          folder,
        ]);
        return read("statements.ndjson", folder);
      }),
    );
    expect(days.join("")).toBe(read("statements.ndjson"));
  });

  it("is counted in the summary", async () => {
    const [summary] = jsonLines(await write(files.path(), "--json"));
    expect(summary).toMatchObject({
      type: "summary",
      incomplete: 4,
      leftOut: 5,
      corrections: 2,
      canary: 1,
      gaps: [],
      exit: 0,
    });
  });

  it("is not complete if the exports end before the month does", async () => {
    const late = files.path();
    const ends = await offair([
      "statements",
      "--from",
      "2026-03-01",
      "--to",
      "2026-04-02",
      "--bundle",
      bundle,
      "--settings",
      settings,
      "--out",
      late,
    ]);
    expect(ends.code).toBe(5);
    expect(ends.stderr).toContain("no export of the ledger covers");
  });
});
