/** Where `offair statements` gets the legal settings: the deployment, or the file of an earlier run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { GOLDEN_SETTINGS } from "../../statements/golden-month.ts";
import { useGateway, WELL } from "../gateway.ts";
import { offair, useFiles } from "../offair.ts";
import { createWorld } from "../world.ts";

const files = useFiles();
const gateway = useGateway();
let bundle: string;
beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const world = createWorld();
  world.disable({ domain: "push.example.com", app: "live", stream: "room-42" }, "2026-03-14T10:10:00.000Z");
  await world.run("2026-03-14T00:00:00.000Z", "2026-03-15T02:00:00.000Z");
  bundle = files.folder(world.objects);
});

const DAY = ["--from", "2026-03-14", "--to", "2026-03-14"];
const run = (out: string, ...more: string[]) =>
  offair(["statements", ...DAY, "--bundle", bundle, "--out", out, ...more], { env: gateway.as("alice") });
const read = (out: string, name: string): string => readFileSync(join(out, name), "utf8");

describe("the settings", () => {
  it("are asked of the deployment, kept, and read again without it", async () => {
    gateway.answer(() => ({ ...WELL, statementSettings: GOLDEN_SETTINGS }) as never);
    const [first, second] = [files.path(), files.path()];
    expect(await run(first)).toMatchObject({ code: 0, stdout: expect.stringContaining("1 incomplete") });
    expect(gateway.received).toMatchObject([{ event: { action: "statement-settings" } }]);
    expect(await run(second, "--settings", join(first, "settings.json"))).toMatchObject({ code: 0 });
    expect(gateway.received).toHaveLength(1);
    expect(read(second, "incomplete.json")).toBe(read(first, "incomplete.json"));
  });

  it.each([
    ["a deployment of before", {}, 1, "the deployment is older than this command"],
    [
      "a policy without the section",
      { statementSettings: { ...GOLDEN_SETTINGS, statements: null } },
      3,
      "the deployed policy has no section statements",
    ],
    ["an answer that nobody expects", { statementSettings: { ...GOLDEN_SETTINGS, statements: [] } }, 2, "/statements"],
  ])("of %s are refused, and nothing is written", async (_what, change, code, message) => {
    gateway.answer(() => ({ ...WELL, ...change }) as never);
    const out = files.path();
    expect(await run(out)).toMatchObject({ code, stderr: expect.stringContaining(message) });
    expect(() => read(out, "statements.ndjson")).toThrow("ENOENT");
  });

  it("of a file that is not there, or no JSON, are a fault", async () => {
    const nowhere = await run(files.path(), "--settings", files.path());
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("cannot be read: ENOENT") });
    const key = await run(files.path(), "--settings", files.key());
    expect(key).toMatchObject({ code: 2, stderr: expect.stringContaining("has no valid settings of statements") });
  });
});
