import { writeFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import {
  isRunning,
  localStackFile,
  readLocalStack,
  startOfProcess,
  useLocalStack,
} from "../../../cli/terminal/local-stack.ts";
import { localStack } from "../../support/local-stack.ts";
import { offair, useFiles } from "../offair.ts";

const files = useFiles();
function write(content: unknown): string {
  const path = files.path(".json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}
const goneId = 2 ** 22 + 1; // Linux numbers no process higher than 2^22
const gone = { ...localStack, pid: goneId };

/** What a command sees and says, with this file and these settings. */
function used(as: "operator" | "stores", env: NodeJS.ProcessEnv, content: unknown = localStack) {
  const said: string[] = [];
  const settings: NodeJS.ProcessEnv = { OFFAIR_LOCAL_FILE: write(content), ...env };
  const stack = useLocalStack(as, settings, (text) => said.push(text));
  const { OFFAIR_LOCAL_FILE: _, ...seen } = settings;
  return { isUsed: stack !== undefined, seen, said };
}

describe("the file of the local stack", () => {
  it("is read as it was written, and what else is in it is left out", () => {
    expect(readLocalStack(write({ ...localStack, more: 1 }))).toEqual(localStack);
    const { simulator: _, ...withoutSimulator } = localStack;
    expect(readLocalStack(write(withoutSimulator))).toEqual(withoutSimulator);
  });

  it("need not be there, lies in the project's root, and can be turned off", () => {
    expect(readLocalStack(files.path(".json"))).toBeUndefined();
    expect(localStackFile({})).toMatch(/\/\.offair-local\.json$/);
    expect(localStackFile({ OFFAIR_LOCAL_FILE: "" })).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ["gateway", { url: "https://offair.example.com" }, "/url"],
    ["gateway with a loopback name as its user", { url: "http://127.0.0.1:8787@offair.example.com" }, "/url"],
    ["gateway whose name begins like one", { url: "http://127.0.0.1.example.com" }, "/url"],
    ["archive", { archive: { ...localStack.archive, endpoint: "http://192.0.2.1" } }, "/archive/endpoint"],
    ["ledger", { ledger: { ...localStack.ledger, endpoint: "http://[2001:db8::1]" } }, "/ledger/endpoint"],
    ["simulator", { simulator: "http://live.example.com" }, "/simulator"],
  ])("is refused where its %s is on another host", (_, change, field) => {
    const path = write({ ...localStack, ...change });
    expect(() => readLocalStack(path)).toThrow(`${field}: must be an http URL on the loopback address`);
  });

  it.each([
    ["half", '{"pid":'],
    ["empty", ""],
    ["no object", "[]"],
    ["without keys", { ...localStack, operators: 1 }],
  ])("is refused where it is %s", (_, content) => {
    const path = write(content);
    expect(() => readLocalStack(path)).toThrow(/remove the file$/);
  });

  it("is stale when its process has ended", () => {
    expect([isRunning(localStack), isRunning(gone)]).toEqual([true, false]);
  });

  it("is stale when another process has the id by now", () => {
    const { pid } = localStack;
    const pidStart = startOfProcess(pid);
    expect([isRunning({ pid, pidStart }), isRunning({ pid, pidStart: "1" })]).toEqual([true, false]);
    expect(pidStart === undefined || /^[1-9]\d*$/.test(pidStart)).toBe(true); // other systems do not say it
  });
});

describe("a command", () => {
  const { alice, bob } = localStack.operators;
  const operatorOf = ({ accessKeyId, secretAccessKey }: typeof alice) => ({
    ...{ OFFAIR_URL: localStack.url, AWS_REGION: localStack.region },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  });

  it("uses the running stack as alice, and says so", () => {
    expect(used("operator", {})).toEqual({
      isUsed: true,
      seen: operatorOf(alice),
      said: [`local stack ${localStack.url}, as alice`],
    });
  });

  it("uses it as the person of OFFAIR_AS, whatever AWS identity the shell has", () => {
    const shell = { AWS_PROFILE: "prod", AWS_SESSION_TOKEN: "token", AWS_ACCESS_KEY_ID: "AKIAREAL" };
    expect(used("operator", { ...shell, OFFAIR_AS: "bob" })).toEqual({
      isUsed: true,
      seen: { ...operatorOf(bob), OFFAIR_AS: "bob" },
      said: [`local stack ${localStack.url}, as bob`],
    });
    expect(() => used("operator", { OFFAIR_AS: "constructor" })).toThrow(/the local stack has alice, bob$/);
  });

  it("reads its archive and its ledger with the keys of the stand-ins", () => {
    expect(used("stores", { AWS_REGION: "eu-west-1" }).seen).toEqual({
      ...{ AWS_REGION: localStack.region, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
      ...{ ARCHIVE_BUCKET: localStack.archive.bucket, AWS_ENDPOINT_URL_S3: localStack.archive.endpoint },
      ...{ LEDGER_TABLE: localStack.ledger.table, AWS_ENDPOINT_URL_DYNAMODB: localStack.ledger.endpoint },
    });
  });

  it.each(["OFFAIR_URL", "ARCHIVE_BUCKET", "LEDGER_TABLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])(
    "never uses it where %s is set",
    (name) => {
      for (const as of ["operator", "stores"] as const) {
        expect(used(as, { [name]: "real" })).toEqual({ isUsed: false, seen: { [name]: "real" }, said: [] });
      }
      expect(() => used("operator", { [name]: "real", OFFAIR_AS: "bob" })).toThrow(`${name} names a deployment`);
    },
  );

  it.each(["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_FULL_URI"])(
    "does not use it where %s is set and nobody asked for it, and says how to ask",
    (name) => {
      expect(used("stores", { [name]: "real" })).toEqual({
        isUsed: false,
        seen: { [name]: "real" },
        said: [`the local stack is not used, because ${name} is set; OFFAIR_AS=alice uses it`],
      });
    },
  );

  it("says that the file is stale, and uses nothing of it", () => {
    const { isUsed, seen, said } = used("operator", {}, gone);
    expect({ isUsed, seen }).toEqual({ isUsed: false, seen: {} });
    expect(said).toEqual([expect.stringMatching(`is stale: process ${goneId}, the local stack, has ended; npm start`)]);
    expect(() => used("operator", { OFFAIR_AS: "bob" }, gone)).toThrow("has ended: npm start starts one");
  });

  it("fails where OFFAIR_AS is set and nothing is running", () => {
    const env = { OFFAIR_LOCAL_FILE: files.path(".json"), OFFAIR_AS: "bob" };
    expect(() => useLocalStack("operator", env, () => {})).toThrow("OFFAIR_AS is set, but no local stack is running");
  });

  it("is refused where --url names another stack, and OFFAIR_AS a person of this one", () => {
    const env = () => ({ OFFAIR_LOCAL_FILE: write(localStack), OFFAIR_AS: "bob" });
    expect(() => useLocalStack("operator", env(), () => {}, "url")).toThrow("--url names a deployment: unset one");
    expect(useLocalStack("stores", env(), () => {}, "bucket")).toBeUndefined();
  });

  it.each<[string, readonly (readonly ["operator" | "stores", string | undefined])[]]>([
    ["list", [["operator", undefined]]],
    ["list --url http://127.0.0.1:1", [["operator", "url"]]],
    ["export --from 2026-03-14 --to 2026-03-14 --out x", [["stores", undefined]]],
    ["export --from 2026-03-14 --to 2026-03-14 --out x --bundle no-such-bundle", [["stores", "bundle"]]],
    ["export --from 2026-03-14 --to 2026-03-14 --out x --bucket=", [["stores", "bucket"]]],
    ["verify no-such-bundle", [["stores", undefined]]],
    ["verify no-such-bundle --key no-such-key", [["stores", "key"]]],
    ["verify --help", []],
    ["help", []],
  ])("offair %s looks for %j", async (typed, expected) => {
    const looked: unknown[] = [];
    await offair(typed.split(" "), { useLocalStack: async (...asked) => void looked.push(asked) });
    expect(looked).toEqual(expected);
  });

  it("verifies with the audit key of the stack where none is given", async () => {
    const { code, stderr } = await offair(["verify", "no-such-bundle"], { useLocalStack: async () => localStack });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("no-such-bundle") });
    expect(stderr).not.toContain("--key");
  });
});
