import { describe, expect, it } from "@jest/globals";
import { OffairError } from "../../../lib/core/errors.ts";
import { createLiveClient } from "../../../lib/huawei/api/live-client.ts";
import { createRepeat } from "../../../lib/huawei/api/retry-reads.ts";
import type { LiveCall } from "../../../lib/huawei/api/send.ts";
import { vector } from "../vectors.ts";

const stream = { domain: "publish.example.huawei.com", app: "live", stream: "huawei" };
const { domain } = stream;

/** A client whose calls are answered in turn, the last answer again and again; `calls` are what it sent. */
function client(...answers: (OffairError | { status?: number; body?: unknown })[]) {
  const calls: LiveCall[] = [];
  const live = createLiveClient(async (call) => {
    const next = answers[Math.min(calls.length, answers.length - 1)];
    calls.push(call);
    if (next instanceof OffairError) throw next;
    return { status: 200, body: undefined, requestId: `r${calls.length}`, ...next };
  });
  return { live, calls };
}

const blocks = (total: number, from: number, count: number) => ({
  body: { total, blocks: Array.from({ length: count }, (_, i) => ({ app_name: "live", stream_name: `s${from + i}` })) },
});

async function collect<T>(pages: AsyncIterable<{ rows: T[] }>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page.rows);
  return rows;
}

const pageNumbers = (calls: LiveCall[]) => calls.map(({ query }) => query?.find(([name]) => name === "page")?.[1]);

describe("writes", () => {
  it("pauses with the very body of the documented example", async () => {
    const { live, calls } = client({ status: 204 });
    expect(await live.pause(stream)).toEqual({ requestId: "r1" });
    expect(calls).toEqual([{ method: "POST", path: "/stream/block-once", body: expect.anything(), stream }]);
    expect(JSON.stringify(calls[0]?.body)).toBe(vector("seed-block-once").body);
  });

  it("disables and updates until a time in whole seconds", async () => {
    const { live, calls } = client({ status: 204 });
    const until = new Date("2026-04-29T08:00:00.987Z");
    await live.disable(stream, until);
    await live.update(stream, until);
    const body = { domain, app_name: "live", stream_name: "huawei", resume_time: "2026-04-29T08:00:00Z" };
    expect(calls).toEqual([
      { method: "POST", path: "/stream/blocks", body, stream },
      { method: "PUT", path: "/stream/blocks", body, stream },
    ]);
  });

  it("enables by query, without a body", async () => {
    const { live, calls } = client({ status: 204 });
    await live.enable(stream);
    const query = [
      ["domain", domain],
      ["app_name", "live"],
      ["stream_name", "huawei"],
    ];
    expect(calls).toEqual([{ method: "DELETE", path: "/stream/blocks", query, stream }]);
  });

  it.each([200, 202, 204])("takes %d for a success", async (status) => {
    expect(await client({ status }).live.pause(stream)).toEqual({ requestId: "r1" });
  });

  it.each([206, 207])("cannot say what %d means", async (status) => {
    await expect(client({ status }).live.pause(stream)).rejects.toMatchObject({
      code: "ERR_LIVE_UNKNOWN",
      details: { stream, status },
    });
  });

  it.each([
    ["*", { ...stream, stream: "*" }],
    ["an app of *", { ...stream, app: "*" }],
    ["an empty name", { ...stream, stream: "" }],
    ["256 characters of domain", { ...stream, domain: "d".repeat(256) }],
    ["129 characters of app", { ...stream, app: "a".repeat(129) }],
    ["513 characters of stream", { ...stream, stream: "s".repeat(513) }],
    ["half of a surrogate pair", { ...stream, stream: "\ud83d" }],
  ])("sends nothing for %s", async (_, bad) => {
    const { live, calls } = client({ status: 204 });
    for (const write of [
      live.pause(bad),
      live.disable(bad, new Date(0)),
      live.update(bad, new Date(0)),
      live.enable(bad),
    ]) {
      await expect(write).rejects.toMatchObject({ code: "ERR_LIVE_REJECTED", details: { stream: bad } });
    }
    await expect(live.findDisabled(bad)).rejects.toMatchObject({ code: "ERR_LIVE_REJECTED" });
    expect(calls).toEqual([]);
  });
});

describe("one page of disabled streams", () => {
  it("asks by Live's names, leaving out what is not given", async () => {
    const { live, calls } = client({ body: { total: 0 } });
    await live.disabledPage(domain, { page: 0 });
    await live.disabledPage(domain, { page: 3, size: 10, app: "live", stream: "a/b" });
    expect(calls.map(({ query }) => Object.fromEntries(query ?? []))).toEqual([
      { domain, page: "0", size: "100" },
      { domain, app_name: "live", stream_name: "a/b", page: "3", size: "10" },
    ]);
  });

  it("keeps rows as answered, with the domain asked for, and passes over fields nobody has seen", async () => {
    const { live } = client({
      body: {
        total: 4,
        blocks: [
          { app_name: "live", stream_name: "a/b*", resume_time: "2026-04-29T08:00:00Z", id: 7 },
          { app_name: "live", stream_name: "" },
          { app_name: "live", stream_name: "x".repeat(600), resume_time: null },
          { app_name: "live", stream_name: "*", resume_time: "" },
        ],
        next: "?",
      },
    });
    expect(await live.disabledPage(domain, { page: 0 })).toEqual({
      total: 4,
      rows: [
        { domain, app: "live", stream: "a/b*", resumeTime: "2026-04-29T08:00:00Z" },
        { domain, app: "live", stream: "", resumeTime: null },
        { domain, app: "live", stream: "x".repeat(600), resumeTime: null },
        { domain, app: "live", stream: "*", resumeTime: null },
      ],
      requestId: "r1",
    });
  });

  it.each([{ total: 0 }, { total: 0, blocks: null }, { total: 0, blocks: [] }])("is empty for %j", async (body) => {
    expect((await client({ body }).live.disabledPage(domain, { page: 0 })).rows).toEqual([]);
  });

  it.each([
    ["no body", undefined],
    ["no total", { blocks: [] }],
    ["a total that is text", { total: "1", blocks: [] }],
    ["a total below 0", { total: -1, blocks: [] }],
    ["no blocks though total is 1", { total: 1 }],
    ["blocks that are no array", { total: 1, blocks: {} }],
    ["a row without stream_name", { total: 1, blocks: [{ app_name: "live" }] }],
    ["a name that is a number", { total: 1, blocks: [{ app_name: "live", stream_name: 7 }] }],
    [
      "a time nobody can read",
      { total: 1, blocks: [{ app_name: "live", stream_name: "s", resume_time: "in a week" }] },
    ],
    [
      "a time of no zone",
      { total: 1, blocks: [{ app_name: "live", stream_name: "s", resume_time: "2026-04-29T08:00:00" }] },
    ],
    ["an error with status 200", { error_code: "LIVE.100011001", error_msg: "Request Illegal" }],
  ])("is not as documented with %s", async (_, body) => {
    await expect(client({ body }).live.disabledPage(domain, { page: 0 })).rejects.toMatchObject({
      code: "ERR_LIVE_ANSWER",
      details: { requestId: "r1", status: 200 },
    });
  });

  it.each([
    { page: -1 },
    { page: 0.5 },
    { page: 0, size: 0 },
    { page: 0, size: 101 },
    { page: 0, app: "" },
    { page: 0, stream: "*" },
  ])("is not asked for with %j", async (options) => {
    const { live, calls } = client({ body: { total: 0 } });
    await expect(live.disabledPage(domain, options)).rejects.toMatchObject({ code: "ERR_LIVE_REJECTED" });
    expect(calls).toEqual([]);
  });
});

describe("the whole list of disabled streams", () => {
  const pastTheEnd = new OffairError("ERR_LIVE_REJECTED", "no such page", { status: 400, liveCode: "LIVE.100011001" });

  it("goes past full pages to a short one, whatever total says of one page", async () => {
    const { live, calls } = client(blocks(100, 0, 100), blocks(100, 100, 100), blocks(3, 200, 3));
    expect(await collect(live.listDisabled(domain))).toHaveLength(203);
    expect(pageNumbers(calls)).toEqual(["0", "1", "2"]);
  });

  it("says after its first page that another one follows: a list has one page, or it has many", async () => {
    const { live, calls } = client(blocks(203, 0, 100), blocks(203, 100, 100), blocks(203, 200, 3));
    await collect(live.listDisabled(domain));
    expect(calls.map(({ isFollowed }) => isFollowed)).toEqual([false, true, true]);
  });

  it("goes on after a short page while total speaks of more", async () => {
    const { live, calls } = client(blocks(130, 0, 50), blocks(130, 50, 50), blocks(130, 100, 30));
    expect(await collect(live.listDisabled(domain))).toHaveLength(130);
    expect(pageNumbers(calls)).toEqual(["0", "1", "2"]);
  });

  it("ends at an empty page, though total speaks of more", async () => {
    const { live, calls } = client(blocks(150, 0, 100), blocks(150, 100, 20), blocks(150, 0, 0));
    expect(await collect(live.listDisabled(domain))).toHaveLength(120);
    expect(calls).toHaveLength(3);
  });

  it("ends where Live refuses a page past the end, but not where it refuses the first", async () => {
    expect(await collect(client(blocks(100, 0, 100), pastTheEnd).live.listDisabled(domain))).toHaveLength(100);
    await expect(collect(client(pastTheEnd).live.listDisabled(domain))).rejects.toBe(pastTheEnd);
  });

  it("does not take any other failure of a later page for the end", async () => {
    const denied = new OffairError("ERR_LIVE_REJECTED", "no permission", { status: 401, liveCode: "LIVE.100011003" });
    await expect(collect(client(blocks(100, 0, 100), denied).live.listDisabled(domain))).rejects.toBe(denied);
  });

  it("asks once more for a page that failed for a moment, where it is told how, and loses nothing by it", async () => {
    const busy = new OffairError("ERR_LIVE_THROTTLED", "429");
    const { live, calls } = client(busy, blocks(103, 0, 100), busy, blocks(103, 100, 3));
    const repeat = createRepeat({ sleep: async () => {}, random: () => 0 });
    expect(await collect(live.listDisabled(domain, { repeat }))).toHaveLength(103);
    expect(pageNumbers(calls)).toEqual(["0", "0", "1", "1"]);
    await expect(collect(client(busy).live.listOnline(domain))).rejects.toBe(busy);
  });

  it("gives up on a list that never ends instead of calling it complete", async () => {
    const { live } = client(blocks(100, 0, 100));
    await expect(collect(live.listDisabled(domain))).rejects.toMatchObject({ code: "ERR_LIVE_ANSWER" });
  });
});

describe("finding one disabled stream", () => {
  it("compares for equality, on every page, for the filter may match more", async () => {
    const { live, calls } = client(blocks(101, 0, 100), {
      body: { total: 101, blocks: [{ app_name: "live", stream_name: "huawei", resume_time: "2026-04-29T08:00:00Z" }] },
    });
    expect(await live.findDisabled(stream)).toEqual({ ...stream, resumeTime: "2026-04-29T08:00:00Z" });
    expect(Object.fromEntries(calls[1]?.query ?? [])).toMatchObject({
      app_name: "live",
      stream_name: "huawei",
      page: "1",
    });
  });

  it("finds nothing among streams that merely resemble it", async () => {
    const rows = [
      { app_name: "live", stream_name: "Huawei" },
      { app_name: "live2", stream_name: "huawei" },
    ];
    expect(await client({ body: { total: 2, blocks: rows } }).live.findDisabled(stream)).toBeUndefined();
  });

  it("finds, and enables, a stream whose name has a query: an earlier version of offair disabled it", async () => {
    const old = { ...stream, stream: "huawei?txSecret=0123" };
    const rows = [{ app_name: "live", stream_name: old.stream, resume_time: "2026-04-29T08:00:00Z" }];
    const { live, calls } = client({ body: { total: 1, blocks: rows } }, { status: 204 });
    expect(await live.findDisabled(old)).toEqual({ ...old, resumeTime: "2026-04-29T08:00:00Z" });
    await live.enable(old);
    expect(calls[1]?.query).toContainEqual(["stream_name", old.stream]);
  });
});

describe("the streams being pushed", () => {
  const online = (total: number, count: number) => ({
    body: {
      total_page: 2,
      total_num: total,
      offset: 0,
      limit: 100,
      streams: Array.from({ length: count }, (_, i) => ({
        publish_domain: domain,
        app: "live",
        stream: `s${i}`,
        client_ip: "192.0.2.1",
      })),
    },
  });

  it("are asked for by this API's own names, and counted in rows", async () => {
    const { live, calls } = client(online(101, 100), online(101, 1));
    const rows = await collect(live.listOnline(domain, { app: "live" }));
    expect(rows).toHaveLength(101);
    expect(rows[0]).toEqual({ domain, app: "live", stream: "s0", startTime: null, clientAddress: "192.0.2.1" });
    expect(calls.map(({ path, query }) => ({ path, ...Object.fromEntries(query ?? []) }))).toEqual([
      { path: "/realtime/streams", publish_domain: domain, app: "live", offset: "0", limit: "100" },
      { path: "/realtime/streams", publish_domain: domain, app: "live", offset: "100", limit: "100" },
    ]);
  });

  it("are not asked for by stream alone", async () => {
    const { live, calls } = client(online(0, 0));
    await expect(live.onlinePage(domain, { offset: 0, stream: "s" })).rejects.toMatchObject({
      code: "ERR_LIVE_REJECTED",
    });
    expect(calls).toEqual([]);
  });
});
