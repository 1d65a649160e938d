import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { vector, vectors } from "../huawei/vectors.ts";

const VECTORS_FILE = fileURLToPath(new URL("../sign-vectors.json", import.meta.url));
const COMMAND = fileURLToPath(new URL("../../scripts/sign.ts", import.meta.url));

function run(args: string[], input: string | Buffer = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

const runWith = (input: unknown) => run(["-"], JSON.stringify(input));
const seed = vector("seed-block-once");
const resultOf = ({ canonicalRequest, stringToSign, authorization }: typeof seed) => ({
  canonicalRequest,
  stringToSign,
  authorization,
});

describe("npm run -s sign", () => {
  it("prints an array for a file with an array, in its order", () => {
    const { status, stdout, stderr } = run([VECTORS_FILE]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual(vectors.map(resultOf));
  });

  it("prints an object for one request on standard input", () => {
    const { status, stdout } = runWith(seed);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(resultOf(seed));
  });

  it("takes nothing but method, path, query, headers, body, ak and sk, and finds X-Sdk-Date in any case", () => {
    const { method, path, query, body, ak, sk } = seed;
    const headers = Object.fromEntries(
      Object.entries(seed.headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const { stdout } = runWith({
      method,
      path,
      query,
      headers,
      body,
      ak,
      sk,
      sdkDate: "20000101T000000Z",
      canonicalQuery: "x=y",
    });
    expect(JSON.parse(stdout)).toEqual(resultOf(seed));
  });

  it.each<[string, object, string]>([
    ["a missing method", { method: undefined }, "method"],
    ["a method in small letters", { method: "get" }, "method"],
    ["a relative path", { path: "v1" }, "path"],
    ["half of a surrogate pair", { path: "/\ud83d" }, "path"],
    ["a query that is an object", { query: { a: "b" } }, "query"],
    ["a number in the query", { query: [["page", 0]] }, "query.0.1"],
    ["no headers", { headers: null }, "headers"],
    ["no X-Sdk-Date", { headers: { host: "h" } }, "headers"],
    ["another date", { headers: { "x-sdk-date": "2026-04-22T08:00:00Z" } }, "headers"],
    ["a day that does not exist", { headers: { "x-sdk-date": "20260230T080000Z" } }, "headers"],
    ["an hour that does not exist", { headers: { "x-sdk-date": "20260422T240000Z" } }, "headers"],
    ["a header twice", { headers: { ...seed.headers, "X-SDK-DATE": "20260422T080000Z" } }, "headers"],
    ["a header of two lines", { headers: { ...seed.headers, host: "a\nb" } }, "headers.host"],
    ["a body that is an object", { body: {} }, "body"],
    ["no ak", { ak: "" }, "ak"],
    ["an sk that is no text", { sk: 5 }, "sk"],
  ])("names entry and field of %s, and exits with 2", (_, change, field) => {
    const { status, stdout, stderr } = runWith([seed, { ...seed, ...change }]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`entry 1: ${field}: `);
    expect(stderr).not.toContain(seed.sk);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("refuses a request that is not UTF-8, because it would sign another one", () => {
    const request = JSON.stringify({ ...seed, body: '{"stream_name":"soir\u00e9e"}' }, null, 1);
    const { status, stdout, stderr } = run(["-"], Buffer.from(request, "latin1"));
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    const line = request.split("\n").findIndex((each) => each.includes("soir")) + 1;
    expect(stderr).toBe(`line ${line} of - is not UTF-8: save the file as UTF-8\n`);
  });

  it.each([
    ["no file", [], "", "usage"],
    ["two files", ["a", "b"], "", "usage"],
    ["a file that is not there", ["no-such-file.json"], "", "ENOENT"],
    ["no JSON", ["-"], `{"sk": "${seed.sk}", ${seed.sk}}`, "not JSON, at position"],
    ["half a JSON", ["-"], `{"sk": "${seed.sk}`, "not JSON"],
    ["a number", ["-"], "7", "entry 0: request"],
    ["null", ["-"], "null", "entry 0: request"],
  ])("says what is wrong with %s in one line", (_, args, input, words) => {
    const { status, stdout, stderr } = run(args, input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain(seed.sk.slice(0, 9));
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
