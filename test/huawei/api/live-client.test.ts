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

  it.each([
    { status: 203 },
    { status: 206 },
    { status: 207 },
    { status: 200, body: "ok" },
    { status: 200, body: [] },
    { status: 202, body: null },
  ])("cannot say what %j means", async (answered) => {
    const { live } = client(answered);
    const { status } = answered;
    for (const write of [live.pause(stream), live.disable(stream, new Date(0)), live.enable(stream)]) {
      await expect(write).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN", details: { stream, status } });
    }
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
      unreadable: [],
      requestId: "r1",
    });
  });

  it.each([{ total: 0 }, { total: 0, blocks: null }, { total: 0, blocks: [] }])("is empty for %j", async (body) => {
    expect((await client({ body }).live.disabledPage(domain, { page: 0 })).rows).toEqual([]);
  });

  it.each([
    ["no body", undefined],
    ["no blocks though total is 1", { total: 1 }],
    ["no blocks and a total that is no number", { total: "many" }],
    ["null for blocks though total is 1", { total: 1, blocks: null }],
    ["blocks that are no array", { total: 1, blocks: {} }],
    ["an array", []],
    ["an object of something else", { data: { blocks: [] } }],
    ["an error with status 200", { error_code: "LIVE.100011001", error_msg: "Request Illegal" }],
  ])("is not as documented with %s, also when it is asked for once more", async (_, body) => {
    const { live, calls } = client({ body });
    await expect(live.disabledPage(domain, { page: 0 })).rejects.toMatchObject({
      code: "ERR_LIVE_ANSWER",
      details: { requestId: "r2", status: 200 },
    });
    expect(calls).toHaveLength(2);
  });

  it("is asked for once more, at once, where it cannot be read; a redirect is not", async () => {
    const html = new OffairError("ERR_LIVE_ANSWER", "200 without readable JSON", { status: 200 });
    const twice = client(html, blocks(1, 0, 1));
    expect((await twice.live.disabledPage(domain, { page: 0 })).rows).toHaveLength(1);
    expect(await client(html, blocks(1, 0, 1)).live.findDisabled({ domain, app: "live", stream: "s0" })).toBeDefined();
    const redirect = client(new OffairError("ERR_LIVE_ANSWER", "a redirect", { status: 302 }), blocks(1, 0, 1));
    await expect(redirect.live.disabledPage(domain, { page: 0 })).rejects.toMatchObject({ code: "ERR_LIVE_ANSWER" });
  });

  it.each([
    [{}, undefined],
    [{ request_id: "r" }, undefined],
    [{ blocks: null }, undefined],
    [{ total: null, blocks: null }, undefined],
    [{ blocks: [] }, undefined],
    [{ total: "3", blocks: [] }, 3],
    [{ total: "0" }, 0],
    [{ total: -1, blocks: [] }, undefined],
    [{ total: 1.5, blocks: [] }, undefined],
    [{ total: null, blocks: [] }, undefined],
    [{ total: "three", blocks: [] }, undefined],
  ])("has the total that can be read of it: %j", async (body, total) => {
    expect(await client({ body }).live.disabledPage(domain, { page: 0 })).toMatchObject({ total, rows: [] });
  });

  it.each<[string, unknown, object]>([
    ["without app_name", { stream_name: "s" }, { stream: "s", issue: expect.stringContaining("/app_name") }],
    ["without stream_name", { app_name: "live" }, { app: "live", issue: expect.stringContaining("/stream_name") }],
    ["with a name that is a number", { app_name: "live", stream_name: 7 }, { app: "live" }],
    ["with another format of time", { app_name: "live", stream_name: "s", resume_time: "2026-04-29 08:00:00" }, {}],
    ["with a time of no zone", { app_name: "live", stream_name: "s", resume_time: "2026-04-29T08:00:00" }, {}],
    ["with a time in seconds", { app_name: "live", stream_name: "s", resume_time: 1_777_449_600 }, {}],
    ["that is null", null, { issue: expect.stringContaining("the whole") }],
    ["that is text", "live/s", {}],
    ["that is an array", [], {}],
  ])("keeps its other rows beside a row %s, which it reports", async (_, odd, reported) => {
    const good = blocks(4, 0, 3).body.blocks;
    const page = await client({ body: { total: 4, blocks: [good[0], odd, ...good.slice(1)] } }).live.disabledPage(
      domain,
      {
        page: 0,
      },
    );
    expect(page.rows.map((row) => row.stream)).toEqual(["s0", "s1", "s2"]);
    expect(page.unreadable).toEqual([expect.objectContaining(reported)]);
    expect(page.unreadable[0]?.issue).not.toBe("");
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

  it.each([
    ["all rows", (_: number) => 250],
    ["its page", (count: number) => count],
    ["nothing", (_: number) => undefined],
  ])("reads all rows of a server that gives 50 of 100, where total counts %s", async (_, total) => {
    for (const strideOf of [(size: number) => Math.min(50, size), (size: number) => size]) {
      const live = createLiveClient(async ({ query = [] }) => {
        const { page = "0", size = "10" } = Object.fromEntries(query);
        const from = Number(page) * strideOf(Number(size));
        const rows = blocks(0, from, Math.max(0, Math.min(50, Number(size), 250 - from))).body.blocks;
        return { status: 200, body: { total: total(rows.length), blocks: rows } };
      });
      const rows = await collect(live.listDisabled(domain));
      expect(new Set(rows.map((row) => row.stream)).size).toBe(250);
      expect(rows).toHaveLength(250);
    }
  });

  it("asks for one page more after a short first one, which may be all that Live gives at once", async () => {
    const { live, calls } = client(blocks(3, 0, 3), blocks(0, 0, 0));
    expect(await collect(live.listDisabled(domain))).toHaveLength(3);
    expect(calls.map(({ query, isFollowed }) => ({ ...Object.fromEntries(query ?? []), isFollowed }))).toEqual([
      { domain, page: "0", size: "100", isFollowed: false },
      { domain, page: "1", size: "3", isFollowed: false },
    ]);
  });

  it("goes on to an empty page where there is no total", async () => {
    const without = (from: number, count: number) => ({ body: { blocks: blocks(0, from, count).body.blocks } });
    const { live, calls } = client(without(0, 100), without(100, 20), without(120, 5), { body: {} });
    expect(await collect(live.listDisabled(domain))).toHaveLength(125);
    expect(calls).toHaveLength(4);
  });

  it("counts rows that cannot be read, so that a page is not shorter for them", async () => {
    const odd = { body: { total: 130, blocks: [{}, ...blocks(0, 0, 49).body.blocks] } };
    const { live } = client(odd, blocks(130, 50, 50), blocks(130, 100, 30));
    expect(await collect(live.listDisabled(domain))).toHaveLength(129);
  });

  it.each([1, 3, 50, 100])("ends where Live answers a page past the end with the last one: %d rows", async (count) => {
    const { live } = client(blocks(count, 0, count));
    expect(await collect(live.listDisabled(domain))).toHaveLength(count);
  });

  it("is no list where a page repeats the one before it and total speaks of more, or of nothing", async () => {
    for (const total of [150, undefined]) {
      const { live, calls } = client({ body: { total, blocks: blocks(0, 0, 100).body.blocks } });
      await expect(collect(live.listDisabled(domain))).rejects.toMatchObject({ code: "ERR_LIVE_ANSWER" });
      expect(calls).toHaveLength(2);
    }
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
    let pages = 0;
    const live = createLiveClient(async () => ({ status: 200, ...blocks(20_000, pages++, 1) }));
    await expect(collect(live.listDisabled(domain))).rejects.toMatchObject({ code: "ERR_LIVE_ANSWER" });
    expect(pages).toBe(10_000);
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
    const { live } = client({ body: { total: 2, blocks: rows } }, blocks(0, 0, 0));
    expect(await live.findDisabled(stream)).toBeUndefined();
  });

  const entry = { app_name: "live", stream_name: "huawei", resume_time: "2026-04-29T08:00:00Z" };

  it.each([
    ["of another stream", { app_name: "live", stream_name: "other", resume_time: "soon" }],
    ["of another app", { app_name: "live2", resume_time: "soon" }],
  ])("is not disturbed by an odd row %s", async (_, odd) => {
    const found = client({ body: { total: 2, blocks: [odd, entry] } }).live;
    expect(await found.findDisabled(stream)).toMatchObject(stream);
    const missing = client({ body: { total: 1, blocks: [odd] } }, blocks(0, 0, 0)).live;
    expect(await missing.findDisabled(stream)).toBeUndefined();
  });

  it.each([
    ["its own", { ...entry, resume_time: "2026-04-29 08:00:00" }],
    ["one without an app", { stream_name: "huawei" }],
    ["one without a stream", { app_name: "live" }],
    ["one without a name", null],
  ])("does not say that it is not listed where it may be an odd row: %s", async (_, odd) => {
    const { live } = client({ body: { total: 1, blocks: [odd] } }, blocks(0, 0, 0));
    await expect(live.findDisabled(stream)).rejects.toMatchObject({ code: "ERR_LIVE_ANSWER", details: { stream } });
    const beside = client({ body: { total: 2, blocks: [odd, entry] } }).live;
    expect(await beside.findDisabled(stream)).toMatchObject(stream);
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

  it("are read on from the rows that came, where Live gives fewer than asked for", async () => {
    for (const total of [130, 50]) {
      const calls: LiveCall[] = [];
      const live = createLiveClient(async (call) => {
        calls.push(call);
        const offset = Number(Object.fromEntries(call.query ?? []).offset);
        const streams = Array.from({ length: Math.max(0, Math.min(50, 130 - offset)) }, (_, i) => {
          return { publish_domain: domain, app: "live", stream: `s${offset + i}` };
        });
        return { status: 200, body: { total_num: total === 130 ? 130 : streams.length, streams } };
      });
      const rows = await collect(live.listOnline(domain));
      expect(new Set(rows.map((row) => row.stream)).size).toBe(130);
      expect(await live.countOnline(domain)).toBe(130);
    }
  });

  it("are counted by one page where total_num is larger than it, also without readable rows", async () => {
    const { live, calls } = client(online(5_000, 100));
    expect(await live.countOnline(domain)).toBe(5_000);
    expect(calls).toHaveLength(1);
    const odd = client({ body: { total_num: 2, streams: [{}, null] } }, online(0, 0));
    expect(await odd.live.countOnline(domain)).toBe(2);
    const without = client({ body: { streams: online(0, 3).body.streams } }, { body: {} });
    expect(await without.live.countOnline(domain)).toBe(3);
  });

  it("keep their other rows beside an odd one, and a row with an odd time", async () => {
    const [first, second] = online(0, 2).body.streams;
    const { live } = client({
      body: { total_num: 4, streams: [first, null, { ...second, start_time: 7 }, { app: "x" }] },
    });
    const page = await live.onlinePage(domain, { offset: 0 });
    expect(page.rows.map((row) => [row.stream, row.startTime])).toEqual([
      ["s0", null],
      ["s1", null],
    ]);
    expect(page.unreadable).toMatchObject([{}, { app: "x" }]);
  });

  it("are not asked for by stream alone", async () => {
    const { live, calls } = client(online(0, 0));
    await expect(live.onlinePage(domain, { offset: 0, stream: "s" })).rejects.toMatchObject({
      code: "ERR_LIVE_REJECTED",
    });
    expect(calls).toEqual([]);
  });
});
