/** Consoles side by side, and what each of them is of. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { readAssets } from "../../../cli/console/assets.ts";
import { startConsole } from "../../../cli/console/console.ts";
import { CredentialsError } from "../../../cli/terminal/aws-credentials.ts";
import { UsageError } from "../../../cli/terminal/errors.ts";
import type { LocalStack } from "../../../cli/terminal/local-stack.ts";
import { codeOf, DEFAULTS, depsOf, useConsole } from "./console-world.ts";

const LOCAL: LocalStack = {
  pid: 1,
  url: "http://127.0.0.1:9",
  region: "local",
  operators: {
    alice: { accessKeyId: "AKALICE", secretAccessKey: "a" },
    bob: { accessKeyId: "AKBOB", secretAccessKey: "b" },
  },
  sources: {},
  archive: { endpoint: "http://127.0.0.1:10", bucket: "archive" },
  ledger: { endpoint: "http://127.0.0.1:11", table: "ledger" },
  storeKeys: { accessKeyId: "AKSTORE", secretAccessKey: "s" },
  auditKey: "PEM",
};
const OPERATOR_ENV = { OFFAIR_URL: LOCAL.url, AWS_ACCESS_KEY_ID: "AKBOB", AWS_SECRET_ACCESS_KEY: "b" };

const one = useConsole(() => ({}));
const local = useConsole(() => ({ deps: { local: LOCAL, env: OPERATOR_ENV } }));
const broken = useConsole(() => ({
  deps: {
    env: { OFFAIR_URL: "https://offair.example.com/prod/operator", AWS_REGION: "x", ARCHIVE_BUCKET: "archive" },
    credentials: async () => {
      throw new CredentialsError("there are no AWS credentials");
    },
  },
}));
const faulty = useConsole(() => ({
  deps: {
    async build() {
      throw new TypeError("a mistake");
    },
  },
}));

describe("two consoles at once", () => {
  it("have a port, links and sessions of their own", async () => {
    expect(one.console.origin).not.toBe(local.console.origin);
    const [mine, other] = [await one.open(), await local.open()];
    expect(await one.post("/api/link", {}, mine)).toMatchObject({ status: 200 });
    expect(await one.post("/api/link", {}, other)).toMatchObject({ status: 401 });
    expect(await local.post("/api/link", {}, mine)).toMatchObject({ status: 401 });
    const code = codeOf(one.console.newLink());
    expect(await local.post("/api/session", { code })).toMatchObject({ status: 401 });
  });

  it("cannot have the same port, and the second one says what to do", async () => {
    const port = Number(new URL(one.console.origin).port);
    const message = `port ${port} is in use by another program: choose another --port, or none for a free one`;
    await expect(startConsole({ ...DEFAULTS, port, deps: depsOf() })).rejects.toMatchObject({ message, exit: 2 });
  });
});

it("says whose the session is: the person of the local stack, the access key, or that it is not known", async () => {
  const about = async (world: typeof one) => {
    return (await world.post("/api/session", { code: codeOf(world.console.newLink()) })).json;
  };
  expect(await about(local)).toMatchObject({ who: "bob", deployment: LOCAL.url, hasArchive: true });
  expect(await about(one)).toMatchObject({ who: "AKIAEXAMPLE", hasArchive: false });
  expect(await about(broken)).toMatchObject({
    who: "unknown",
    deployment: "https://offair.example.com/prod",
    hasArchive: true,
  });
});

it("needs a deployment", async () => {
  await expect(startConsole({ ...DEFAULTS, deps: { ...depsOf(), env: {} } })).rejects.toThrow(UsageError);
});

it("shows an internal error on the terminal, and not to the page", async () => {
  const answer = await faulty.post("/api/session", { code: codeOf(faulty.console.newLink()) });
  expect(answer).toMatchObject({ status: 500, json: { error: { kind: "failed" } } });
  expect(answer.text).not.toContain("mistake");
  expect(faulty.printed()).toContain("TypeError: a mistake");
});

describe("the files of the page", () => {
  const folder = mkdtempSync(join(tmpdir(), "offair-assets-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("have to be built first", () => {
    expect(() => readAssets(folder)).toThrow("the page of the console is not built: run npm run build");
    for (const name of ["index.html", "console.js", "console.css"]) writeFileSync(join(folder, name), name);
    expect(readAssets(folder)).toEqual({
      "index.html": "index.html",
      "console.js": "console.js",
      "console.css": "console.css",
    });
  });
});
