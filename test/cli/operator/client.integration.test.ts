/** How offair is reached, whichever command it is. */
import { describe, expect, it } from "@jest/globals";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import { OPERATORS } from "../../../local/demo/world.ts";
import { useGateway } from "../gateway.ts";
import { offair } from "../offair.ts";
import { refusal } from "../responses.ts";

const gateway = useGateway();
const list = (env: NodeJS.ProcessEnv = gateway.as("alice")) => offair(["list"], { env });

describe("a command", () => {
  it("acts as whoever signed it, and says nothing of its own about who that is", async () => {
    expect(await list(gateway.as("bob"))).toMatchObject({ code: 0, stderr: "" });
    expect(gateway.received).toEqual([
      { route: "/operator", arn: OPERATORS.bob.arn, event: { action: "list", reason: "offair list" } },
    ]);
  });

  it.each(["", "/", "/operator", "/operator/", "/operator/break-glass"])(
    "takes the URL with %j at its end for the same place",
    async (ending) => {
      expect(await list({ ...gateway.as("alice"), OFFAIR_URL: `${gateway.url}${ending}` })).toMatchObject({ code: 0 });
    },
  );

  it("prefers --url to what is set", async () => {
    const env = { ...gateway.as("alice"), OFFAIR_URL: "http://127.0.0.1:1" };
    expect(await offair(["list", "--url", gateway.url], { env })).toMatchObject({ code: 0 });
  });

  it("tries again while nobody answers, where that does no harm", async () => {
    gateway.answer((_, count) => (count === 1 ? "cut" : count === 2 ? 503 : count === 3 ? 429 : WELL_WITH_TOTALS));
    const { code, stdout } = await list();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "0 disabled on push.example.com, as counted by Live\n" });
    expect(gateway.received).toHaveLength(4);
  });
});

const WELL_WITH_TOTALS: OperatorResponse = { ok: true, results: [], errors: [], totals: { "push.example.com": 0 } };

describe("what stands in the way is told in a sentence:", () => {
  const url = (text: string) => ({ ...gateway.as("alice"), OFFAIR_URL: text });
  it.each<[string, () => NodeJS.ProcessEnv, number, RegExp]>([
    ["no URL", () => ({}), 2, /the URL of offair is missing: set OFFAIR_URL, or give --url/],
    ["a URL that is none", () => url("offair.example"), 2, /the URL is invalid/],
    ["plain http", () => url("http://offair.example"), 2, /must be https/],
    ["a password in the URL", () => url("https://a:s3cret@offair.example"), 2, /a scheme, a host and a path/],
    ["a region that nobody names", () => url("https://offair.example.com"), 2, /set AWS_REGION/],
    ["no credentials", () => ({ OFFAIR_URL: gateway.url }), 1, /there are no AWS credentials/],
    ["another path", () => url(`${gateway.url}/somewhere/else`), 2, /offair was not found at .* \(404\)/],
    ["nobody there", () => url("http://127.0.0.1:1"), 1, /nothing is listening at 127\.0\.0\.1:1: .*\(ECONNREFUSED\)/],
    [
      "a key that is not known",
      () => ({ ...gateway.as("alice"), AWS_ACCESS_KEY_ID: "AKIANOBODY" }),
      3,
      /AWS does not allow AKIANOBODY to call POST \/operator \(403\).*get-caller-identity/,
    ],
    [
      "a wrong secret",
      () => ({ ...gateway.as("alice"), AWS_SECRET_ACCESS_KEY: "wrong" }),
      3,
      /does not allow LOCALALICE/,
    ],
  ])("%s", async (_, env, code, sentence) => {
    const ended = await list(env());
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/s3cret|\n {4}at /);
    expect(gateway.received).toEqual([]);
  });

  it("a clock that is off, whatever else the gateway says", async () => {
    gateway.setClock(() => new Date(Date.now() + 20 * 60_000));
    const ended = await list();
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining("your clock is 20 minutes behind") });
  });

  it.each<[string, Parameters<typeof gateway.answer>[0], number, RegExp]>([
    ["no answer, ever", () => "cut", 1, /offair does not answer: the connection was lost/],
    ["a broken function", () => 500, 1, /offair does not answer: the gateway or the function failed \(500\)/],
    ["somebody else's answer", () => ({ status: 200, body: "<html>" }), 1, /is not one of offair/],
    ["another program's answer", () => ({ status: 200, body: '{"ok":1}' }), 1, /is not one of offair/],
    ["a refusal", () => refusal("is not an ingest domain in scope", "/domain"), 3, /refused: domain: is not an ingest/],
    [
      "a refusal without a word",
      () => ({ ...refusal(""), errors: [] }),
      3,
      /refused, and the response gives no reason/,
    ],
    [
      "a ledger that is gone",
      () => refusal("ERR_LEDGER: it cannot be read"),
      1,
      /failed: ERR_LEDGER: it cannot be read/,
    ],
    [
      "a function that says so",
      () => ({ status: 503, body: JSON.stringify(refusal("the secret cannot be read: nothing was done")) }),
      1,
      /the secret cannot be read: nothing was done/,
    ],
  ])("%s", async (_, say, code, sentence) => {
    gateway.answer(say);
    const ended = await list();
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toMatch(sentence);
  });

  it("a refusal is an object too, for programs", async () => {
    gateway.answer(() => refusal("no", "/domain"));
    const { code, stdout } = await offair(["list", "--json"], { env: gateway.as("alice") });
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      ...{ code: 3, type: "refused", exit: 3 },
      errors: [{ pointer: "/domain", message: "no" }],
    });
  });

  it("text of others is shown, and not obeyed", async () => {
    gateway.answer(() => refusal("\u001b[2Jno\u202e"));
    expect((await list()).stderr).toBe("offair: refused: \\u{1b}[2Jno\\u{202e}\n");
  });
});
