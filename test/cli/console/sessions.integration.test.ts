/** Links and sessions: a link works once, a token opens nothing else, and neither is seen by anybody else. */
import { describe, expect, it } from "@jest/globals";
import { IDLE_MINUTES, LINK_MINUTES } from "../../../cli/console/sessions.ts";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { codeOf, useConsole } from "./console-world.ts";

const world = useConsole(() => ({}));
const START = Date.parse("2026-03-14T09:00:00.000Z");
const clockAt = (minutes: number) => world.setNow(new Date(START + minutes * MINUTE_MS));
const over = { status: 401, json: { error: { kind: "session", message: expect.stringContaining("press Enter") } } };
const used = { status: 401, json: { error: { kind: "link", message: expect.stringContaining("press Enter") } } };

describe("a link", () => {
  it("opens a session, which says whose and of what it is", async () => {
    const answer = await world.post("/api/session", { code: codeOf(world.console.newLink()) });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.json).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      who: "AKIAEXAMPLE",
      deployment: "http://127.0.0.1:9",
      version: "0.1.0",
      hasArchive: false,
      idleMinutes: IDLE_MINUTES,
    });
  });

  it("works once, also if two ask at the same moment", async () => {
    const code = codeOf(world.console.newLink());
    const both = await Promise.all([world.post("/api/session", { code }), world.post("/api/session", { code })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(await world.post("/api/session", { code })).toMatchObject(used);
  });

  it(`works for ${LINK_MINUTES} minutes, and the next one then`, async () => {
    clockAt(0);
    const [kept, late] = [codeOf(world.console.newLink()), codeOf(world.console.newLink())];
    clockAt(LINK_MINUTES - 0.01);
    expect(await world.post("/api/session", { code: kept })).toMatchObject({ status: 200 });
    clockAt(LINK_MINUTES);
    expect(await world.post("/api/session", { code: late })).toMatchObject(used);
    expect(await world.post("/api/session", { code: codeOf(world.console.newLink()) })).toMatchObject({ status: 200 });
  });

  it.each([["x".repeat(43)], [""], [null], [{}], [["a"]], [undefined]])("cannot be made up: %j", async (code) => {
    expect(await world.post("/api/session", { code })).toMatchObject(used);
  });

  it("for another tab is given to a session", async () => {
    const token = await world.open();
    const { json } = await world.post("/api/link", {}, token);
    expect(json.url).toMatch(new RegExp(`^${world.console.origin}/#code=[\\w-]{43}$`));
    const other = await world.post("/api/session", { code: codeOf(String(json.url)) });
    expect(other).toMatchObject({ status: 200 });
    expect(other.json.token).not.toBe(token);
    expect(await world.post("/api/link", {}, token)).toMatchObject({ status: 200 }); // both go on
  });
});

describe("a token", () => {
  it("is needed for everything but the files and the first request", async () => {
    for (const path of ["/api/link", "/api/operator", "/api/evidence"]) {
      for (const token of [undefined, "", "wrong", "a".repeat(43), codeOf(world.console.newLink())])
        expect(await world.post(path, {}, token)).toMatchObject(over);
    }
  });

  it("of another console opens nothing, nor does one with an addition", async () => {
    const token = await world.open();
    expect(await world.post("/api/link", {}, `${token}x`)).toMatchObject(over);
    expect(await world.post("/api/link", {}, token.slice(0, -1))).toMatchObject(over);
    expect(await world.post("/api/link", {}, token.toLowerCase())).toMatchObject(over);
  });

  it("is taken from the header only", async () => {
    const token = await world.open();
    expect(await world.post("/api/link", { token, "offair-session": token })).toMatchObject(over);
    expect(
      await world.post("/api/link", {}, undefined, { headers: { cookie: `offair-session=${token}` } }),
    ).toMatchObject(over);
    expect(
      await world.post("/api/link", {}, undefined, { headers: { authorization: `Bearer ${token}` } }),
    ).toMatchObject(over);
    expect(await world.post(`/api/link?offair-session=${token}`, {})).toMatchObject({ status: 404 });
  });

  it("and a code are in no header, in no line that is printed, and in no answer but their own", async () => {
    const code = codeOf(world.console.newLink());
    const first = await world.post("/api/session", { code });
    const token = String(first.json.token);
    const answers = [
      await world.send("GET", "/", { headers: { referer: `${world.console.origin}/?${token}` } }),
      await world.post("/api/link", {}, token),
      await world.post("/api/operator", { action: "nonsense", reason: token }, token),
      await world.post("/api/session", { code }),
      await world.send("GET", `/once/${token}`),
      await world.post("/api/link", "not an object", token),
      await world.post("/api/link", {}, `${token}x`),
    ];
    for (const secret of [code, token]) {
      for (const { headers } of [first, ...answers]) expect(JSON.stringify(headers)).not.toContain(secret);
      for (const { text } of answers) expect(text).not.toContain(secret);
      expect(world.printed()).not.toContain(secret);
    }
    expect(first.text).not.toContain(code);
    expect(world.printed()).toBe("");
  });
});

describe("a session", () => {
  it(`ends ${IDLE_MINUTES} minutes after the last request of a person; what the page asks by itself does not count`, async () => {
    clockAt(0);
    const token = await world.open();
    clockAt(IDLE_MINUTES - 1);
    expect(await world.post("/api/link", {}, token)).toMatchObject({ status: 200 });
    clockAt(2 * IDLE_MINUTES - 2);
    expect(await world.post("/api/link", {}, token, { isPoll: true })).toMatchObject({ status: 200 });
    clockAt(2 * IDLE_MINUTES - 1);
    expect(await world.post("/api/link", {}, token, { isPoll: true })).toMatchObject(over);
    expect(await world.post("/api/link", {}, token)).toMatchObject(over);
  });

  it("does not end because another one does", async () => {
    clockAt(0);
    const [idle, busy] = [await world.open(), await world.open()];
    clockAt(IDLE_MINUTES - 1);
    expect(await world.post("/api/link", {}, busy)).toMatchObject({ status: 200 });
    clockAt(IDLE_MINUTES);
    expect(await world.post("/api/link", {}, idle)).toMatchObject(over);
    expect(await world.post("/api/link", {}, busy)).toMatchObject({ status: 200 });
  });

  it("is not prolonged by a request that is refused", async () => {
    clockAt(0);
    const token = await world.open();
    clockAt(IDLE_MINUTES - 1);
    expect(await world.post("/api/link", {}, token, { headers: { origin: "https://attacker.example" } })).toMatchObject(
      {
        status: 403,
      },
    );
    clockAt(IDLE_MINUTES);
    expect(await world.post("/api/link", {}, token)).toMatchObject(over);
  });
});
