/** How offair is reached, whichever command it is. */
import { describe, expect, it } from "@jest/globals";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import { OPERATORS } from "../../../local/demo/world.ts";
import { type Said, useGateway, WELL } from "../gateway.ts";
import { offair, type Surroundings } from "../offair.ts";
import { ID, planned, refusal } from "../responses.ts";

const gateway = useGateway();
const list = (env: NodeJS.ProcessEnv = gateway.as("alice")) => offair(["list"], { env });

describe("a command", () => {
  it("acts as whoever signed it, and says nothing of its own about who that is", async () => {
    expect(await list(gateway.as("bob"))).toEqual({
      ...{ code: 0, stdout: "", stderr: "0 disabled; Live gives no total\n" },
    });
    expect(gateway.received).toEqual([
      {
        ...{ route: "/operator", arn: OPERATORS.bob.arn, id: expect.stringMatching(UUID) },
        event: { action: "list", reason: "offair list" },
      },
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
    expect(await list()).toMatchObject({
      ...{ code: 0, stdout: "" },
      stderr: expect.stringMatching(/^0 disabled on push\.example\.com, as counted by Live$/m),
    });
    expect(gateway.received).toHaveLength(4);
  });
});

const WELL_WITH_TOTALS: OperatorResponse = { ok: true, results: [], errors: [], totals: { "push.example.com": 0 } };

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const ROOM = "push.example.com/live/room-1";

describe("a request that changes something", () => {
  const plan = (surroundings: Surroundings = {}, args: readonly string[] = []) =>
    offair(["plan", "--disable", ROOM, "--reason", "INC-881", ...args], { env: gateway.as("alice"), ...surroundings });
  const lost: [string, Said][] = [
    ["an answer that is lost", "cut"],
    ...[429, 500, 502, 503, 504].map((status): [string, Said] => [`${status}`, status]),
  ];

  it.each(lost)("is sent again after %s, with the same id, and with a message", async (_, said) => {
    gateway.answer((_received, count) => (count < 3 ? said : planned()));
    const { code, stderr } = await plan();
    expect(code).toBe(0);
    expect(new Set(gateway.received.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(gateway.received).toHaveLength(3);
    expect(stderr).toMatch(/^offair: .*: trying again \(2 of 10\)\noffair: .*: trying again \(3 of 10\)\n$/);
  });

  it("has another id in each command", async () => {
    gateway.answer(() => planned());
    await plan();
    await plan();
    expect(new Set(gateway.received.map(({ id }) => id)).size).toBe(2);
  });

  it("waits longer from attempt to attempt, by chance, and at least as long as the answer asks for", async () => {
    const waits: number[] = [];
    const sleep = async (ms: number) => void waits.push(ms);
    gateway.answer((_, count) => (count === 3 ? { status: 503, body: "", retryAfter: "7" } : 500));
    await plan({ sleep, random: () => 0.5 });
    expect(waits).toEqual([500, 1_000, 7_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000]);
  });

  it("waits until the time that the answer names", async () => {
    const now = new Date("2026-11-22T05:00:00Z");
    const waits: number[] = [];
    gateway.setClock(() => now);
    gateway.answer((_, count) =>
      count > 1 ? planned() : { status: 429, body: "", retryAfter: "Sun, 22 Nov 2026 05:00:30 GMT" },
    );
    expect(await plan({ now: () => now, sleep: async (ms) => void waits.push(ms) })).toMatchObject({ code: 0 });
    expect(waits).toEqual([30_000]);
  });

  it("gives up after two minutes, however few attempts that were, or if the answer asks for more", async () => {
    let ms = Date.now();
    const sleep = async () => {
      ms += 50_000;
    };
    gateway.answer(() => 503);
    await plan({ sleep, now: () => new Date(ms) });
    expect(gateway.received).toHaveLength(4);
    gateway.answer(() => ({ status: 503, body: "", retryAfter: "3600" }));
    expect(await plan({ sleep: async () => {} })).toMatchObject({ code: 1 });
    expect(gateway.received).toHaveLength(5);
  });

  it("was certainly not done if each attempt was rejected before the function saw it", async () => {
    gateway.answer(() => 429);
    const { code, stderr } = await plan();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("nothing was done: the function is busy (429)\n"),
    });
    expect(stderr).not.toContain("--request-id");
  });

  it("may have been done if one attempt got no answer, whatever the others got", async () => {
    gateway.answer((_, count) => (count === 1 ? "cut" : 429));
    expect((await plan()).stderr).toContain(
      "it is not known whether it was done: the function is busy (429). offair status op-",
    );
    gateway.answer((_, count) => (count % 2 === 1 ? "cut" : { status: 403, body: "" }));
    const { code, stderr } = await plan();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /not known whether it was done: AWS does not allow .* --request-id [0-9a-f-]{36}\n$/,
      ),
    });
  });

  it.each<[string, Said]>([
    ["of another program", { status: 200, body: "<html>" }],
    ["of another version", { status: 422, body: '{"ok":1}' }],
    ["longer than any", { status: 200, body: " ".repeat(8 * 1024 * 1024 + 1) }],
  ])("may have been done if its answer is %s, and is not sent again at once", async (_, said) => {
    gateway.answer(() => said);
    const { code, stderr } = await plan();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^offair: it is not known whether it was done: the response .* --request-id [0-9a-f-]{36}\n$/,
      ),
    });
    expect(gateway.received).toHaveLength(1);
  });

  it("is ended by Ctrl-C while it waits, with a message about its state", async () => {
    const interrupt = new AbortController();
    gateway.answer(() => 503);
    const { code, stderr } = await plan({ interrupted: interrupt.signal, sleep: async () => interrupt.abort() });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /not known whether it was done: waiting was interrupted\. .* --request-id [0-9a-f-]{36}\n$/,
      ),
    });
    expect(gateway.received).toHaveLength(1);
  });

  it("is repeated by hand with the id that was printed", async () => {
    gateway.answer(() => "cut");
    const [, id] = /--request-id (\S+)\n$/.exec((await plan()).stderr) ?? [];
    gateway.answer(() => planned());
    expect(await plan({}, ["--request-id", String(id)])).toMatchObject({ code: 0 });
    expect(gateway.received.at(-1)).toEqual(gateway.received[0]);
  });

  it("is not sent with an id that is none", async () => {
    const ended = await plan({}, ["--request-id", "1"]);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("--request-id: must be a UUID") });
    expect(gateway.received).toEqual([]);
  });

  it("gets the id that was given, and the requests before and after it get others", async () => {
    gateway.answer(({ event }) => ({ ...WELL, dryRun: event.dryRun === true, orderId: ID, results: [] }));
    const id = "0d8f6c1e-5b7a-4c3d-9e2f-1a2b3c4d5e6f";
    await offair(["disable", ROOM, "--reason", "x", "--request-id", id], { env: gateway.as("alice") });
    expect(gateway.received.map((each) => each.id === id)).toEqual([false, true]);
  });
});

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
    ["a broken function", () => 500, 1, /offair does not answer: the function is busy, or failed \(500\)/],
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
