import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { TABLE, useTable } from "../support/table.ts";
import { paused, replay, useReplayFiles } from "./replay-files.ts";

const { dir, same, stricter } = useReplayFiles();

describe("policy:replay --since", () => {
  const table = useTable();

  it("reads the ledger, and keeps with --save what --reports takes", async () => {
    const { dynamo } = table.current;
    const now = Date.now();
    const at = (minutesAgo: number): string => new Date(now - minutesAgo * MINUTE_MS).toISOString();
    const ledger = createLedger(dynamo, TABLE);
    for (const minutesAgo of [300, 70, 5]) {
      await ledger.recordDecision(paused({ id: `${minutesAgo}` }, at(minutesAgo)));
    }
    const given = { env: { LEDGER_TABLE: TABLE }, client: dynamo };
    const saved = join(dir, "saved.ndjson.gz");
    const answer = await replay(["--policy", stricter, "--since", "2h", "--save", saved], given);
    expect(answer).toMatchObject({ code: 0, stderr: "" });
    expect(answer.stdout).toContain("2 of 2 past reports can be replayed\n\nstandard#70 ");
    expect(await replay(["--policy", stricter, "--reports", saved])).toEqual(answer);
    expect(gunzipSync(readFileSync(saved)).toString().split("\n")).toHaveLength(3);
    expect(statSync(saved).mode & 0o077).toBe(0);

    const skipped = await replay(
      ["--policy", same, "--since", new Date(now - MINUTE_MS).toISOString(), "--budget", "1%"],
      given,
    );
    expect(skipped).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("nothing was replayed: there are no reports"),
    });

    const missing = join(dir, "missing.ndjson");
    const failed = await replay(["--policy", same, "--since", "1h", "--save", missing], {
      ...{ ...given, env: { LEDGER_TABLE: "none" } },
    });
    expect(failed).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("the ledger cannot be read") });
    const nowhere = await replay(["--policy", same, "--since", "1d", "--save", join(dir, "no", "file")], given);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringMatching(/^cannot write .*file: ENOENT$/m) });
    expect([missing, `${missing}.partial`].filter(existsSync)).toEqual([]);
  });
});
