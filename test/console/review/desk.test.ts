/** Cases are fetched early, held while a person acts, and given back; what an approval does is known before anybody asks. */
import { describe, expect, it } from "@jest/globals";
import { ConsoleError } from "../../../console/http/client.ts";
import type { Desk } from "../../../console/review/desk/desk.ts";
import { holdLeftMs, skipList } from "../../../console/review/desk/shelf.ts";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { MAX_SKIPPED } from "../../../lib/operator/contract/limits.ts";
import { ALICE, caseOf, deployment, type FakeDesk, fakeDesk, held } from "./fake-desk.ts";

const reject = { verdict: "reject", reason: "a game" } as const;
const onDesk = (desk: Desk): string[] =>
  desk.state().shelf.cases.map(({ shown }) => shown.key.replace("standard#", ""));
const first = (desk: Desk) => {
  const [on] = desk.state().shelf.cases;
  if (!on) throw new Error("no case is on the screen");
  return on;
};
const skips = ({ sent }: FakeDesk): unknown[] =>
  sent.flatMap(({ request }) => (request.action === "next-case" ? [request.skip] : []));

async function opened(...names: string[]): Promise<FakeDesk> {
  const fake = fakeDesk();
  fake.answer(
    deployment(
      names.map((name) => caseOf(name)),
      fake.now,
    ),
  );
  fake.desk.open();
  await fake.pass(0);
  return fake;
}

describe("the next case", () => {
  it("is fetched before the one on the screen is decided, and is there at once", async () => {
    const fake = await opened("a", "b", "c");
    const { desk, pass } = fake;
    expect(onDesk(desk)).toEqual(["a", "b"]);
    desk.decide(first(desk).shown, reject);
    expect(onDesk(desk)).toEqual(["b"]);
    await pass(0);
    expect(onDesk(desk)).toEqual(["b", "c"]);
    expect(skips(fake)).toEqual([[], ["standard#a"], ["standard#a", "standard#b"]]);
    expect(desk.state().self).toBe(ALICE);
  });

  it("is not one that was skipped, nor one whose decision is not answered", async () => {
    const fake = await opened("a", "b", "c", "d");
    const { desk, pass, sent } = fake;
    desk.skip();
    await pass(0);
    desk.decide(first(desk).shown, reject);
    await pass(0);
    expect(onDesk(desk)).toEqual(["c", "d"]);
    expect(skips(fake).at(-1)).toEqual(["standard#a", "standard#b", "standard#c"]);
    expect(sent.filter(({ request }) => request.action === "release").map(({ request }) => request.report)).toEqual([
      "standard#a",
    ]);
    expect(desk.state().tally).toMatchObject({ skipped: 1 });
  });

  it("is followed by one more for a person who decides fast", async () => {
    const { desk, pass } = await opened("a", "b", "c", "d", "e", "f", "g");
    desk.decide(first(desk).shown, reject);
    await pass(1_000);
    expect(onDesk(desk)).toEqual(["b", "c"]);
    desk.decide(first(desk).shown, reject);
    await pass(10_000);
    expect(onDesk(desk)).toEqual(["c", "d", "e"]);
    desk.decide(first(desk).shown, reject);
    await pass(0);
    expect(onDesk(desk)).toEqual(["d", "e"]);
  });

  it("does not come, and it is said why", async () => {
    const { desk, pass } = await opened("a");
    desk.decide(first(desk).shown, reject);
    await pass(0);
    expect(onDesk(desk)).toEqual([]);
    expect(desk.state().noCase).toEqual({ says: "nothing waits for review", held: 0, skipped: 0, awaitingOthers: 0 });
  });

  it("is asked for again by itself after a failure, while the person is there", async () => {
    const { desk, answer, pass, now } = fakeDesk();
    answer(() => {
      throw new ConsoleError("unanswered", "no answer");
    });
    desk.open();
    await pass(20_000);
    expect(desk.state().failure).toMatchObject({ kind: "unanswered" });
    answer(deployment([caseOf("a")], now));
    desk.tick(false);
    await pass(0);
    expect(onDesk(desk)).toEqual([]);
    desk.tick(true);
    await pass(0);
    expect(onDesk(desk)).toEqual(["a"]);
    expect(desk.state().failure).toBeUndefined();
  });

  it("keeps what is on the screen if it cannot be fetched", async () => {
    const { desk, answer, pass } = await opened("a", "b", "c");
    answer(() => {
      throw new ConsoleError("unanswered", "no answer");
    });
    desk.decide(first(desk).shown, reject);
    await pass(0);
    expect(onDesk(desk)).toEqual(["b"]);
    expect(desk.state().failure).toMatchObject({ kind: "unanswered" });
  });

  it("drops the earliest of what was skipped from a list that is too long", () => {
    const skipped = Array.from({ length: MAX_SKIPPED }, (_, index) => `s#${index}`);
    const list = skipList({ cases: [], skipped }, ["s#decided"]);
    expect(list).toHaveLength(MAX_SKIPPED);
    expect(list.at(-1)).toBe("s#decided");
    expect(list[0]).toBe("s#1");
  });
});

describe("a hold", () => {
  it("is prolonged by itself while the person acts, and not while nobody is there", async () => {
    const { desk, pass, sent, now } = await opened("a", "b");
    const asked = (): number => sent.filter(({ request }) => request.action === "next-case").length;
    await pass(5 * MINUTE_MS);
    expect(holdLeftMs(first(desk), now())).toBe(MINUTE_MS);
    const before = asked();
    desk.tick(false);
    await pass(0);
    expect(asked()).toBe(before);
    desk.tick(true);
    await pass(0);
    expect(sent.findLast(({ request }) => request.action === "next-case")?.request.skip).toEqual(["standard#b"]);
    expect(holdLeftMs(first(desk), now())).toBe(6 * MINUTE_MS);
    expect(desk.state().event).toMatchObject({ kind: "held" });
    expect(onDesk(desk)).toEqual(["a", "b"]);
  });

  it("that is over never takes the case off the screen, and what was handed out instead is behind it", async () => {
    const fake = await opened("a", "b");
    const { desk, pass, now, sent } = fake;
    fake.answer(deployment([caseOf("b"), caseOf("z")], now));
    desk.holdFirst();
    await pass(0);
    expect(onDesk(desk)).toEqual(["a", "z", "b"]);
    expect(holdLeftMs(first(desk), now())).toBeUndefined();
    expect(desk.state().event).toMatchObject({ kind: "lost" });
    expect(desk.state().shelf.cases[1]).toMatchObject({ dryRun: { state: "known" } });
    // Only the person asks again, because each time may bring one more case; what is too much is given back.
    const asked = sent.length;
    await pass(MINUTE_MS);
    desk.tick(true);
    await pass(0);
    expect(sent).toHaveLength(asked);
    fake.answer(deployment([caseOf("y")], now));
    desk.holdFirst();
    await pass(0);
    expect(onDesk(desk)).toEqual(["a", "z", "b"]);
    expect(sent.at(-1)?.request).toMatchObject({ action: "release", report: "standard#y" });
    fake.answer(deployment([caseOf("a")], now));
    desk.holdFirst();
    await pass(0);
    expect(holdLeftMs(first(desk), now())).toBe(6 * MINUTE_MS);
    expect(desk.state().event).toMatchObject({ kind: "held" });
  });

  it("that is over never takes the case off the screen if no other one waits", async () => {
    const fake = await opened("a");
    fake.answer(deployment([], fake.now));
    fake.desk.holdFirst();
    await fake.pass(0);
    expect(onDesk(fake.desk)).toEqual(["a"]);
    expect(holdLeftMs(first(fake.desk), fake.now())).toBeUndefined();
    expect(fake.desk.state().event).toMatchObject({ kind: "lost" });
  });

  it("of a case that was skipped while the answer was under way is ended", async () => {
    const { desk, pass, sent, answer, now } = await opened("a", "b", "c");
    const takes = deployment([caseOf("a"), caseOf("b"), caseOf("c")], now);
    let later = (): void => {};
    const waits = new Promise<void>((resolve) => {
      later = resolve;
    });
    answer(async (one, count) => {
      if (one.request.action === "next-case" && !one.request.skip?.includes("standard#a")) await waits;
      return takes(one, count);
    });
    desk.holdFirst();
    await pass(0);
    desk.skip();
    later();
    await pass(0);
    expect(onDesk(desk)).toEqual(["b", "c"]);
    const actions = sent.filter(({ request }) => request.action !== "review").map(({ request }) => request.action);
    expect(actions.slice(actions.lastIndexOf("release") - 1)).toEqual(["release", "release", "next-case"]);
  });

  it("of a case that was fetched long ago is prolonged when the case is shown", async () => {
    const { desk, pass, now } = await opened("a", "b", "c");
    await pass(2 * MINUTE_MS);
    desk.decide(first(desk).shown, reject);
    await pass(0);
    expect(onDesk(desk)).toEqual(["b", "c"]);
    expect(holdLeftMs(first(desk), now())).toBe(6 * MINUTE_MS);
  });

  it("says nothing about a case that was decided while the answer was under way", async () => {
    const { desk, pass } = await opened("a", "b", "c");
    desk.holdFirst();
    desk.decide(first(desk).shown, reject);
    await pass(0);
    expect(onDesk(desk)).toEqual(["b", "c"]);
    expect(desk.state().event).toBeUndefined();
  });

  it("ends when the person stops, also of a case that comes afterwards", async () => {
    const { desk, pass, sent, answer, now } = fakeDesk();
    const takes = deployment([caseOf("a"), caseOf("b")], now);
    let later = (): void => {};
    const waits = new Promise<void>((resolve) => {
      later = resolve;
    });
    answer(async (one, count) => {
      if (one.request.action === "next-case" && one.request.skip?.length === 1) await waits;
      return takes(one, count);
    });
    desk.open();
    await pass(0);
    desk.close();
    later();
    await pass(0);
    const released = sent.filter(({ request }) => request.action === "release").map(({ request }) => request.report);
    expect(released).toEqual(["standard#a", "standard#b"]);
    expect(onDesk(desk)).toEqual([]);
  });

  it("has ended before the case can be handed out again", async () => {
    const { desk, pass, sent, answer, now } = await opened("a");
    const takes = deployment([caseOf("a")], now);
    let later = (): void => {};
    const waits = new Promise<void>((resolve) => {
      later = resolve;
    });
    answer(async (one, count) => {
      if (one.request.action === "release") await waits;
      return takes(one, count);
    });
    desk.close();
    const before = sent.length;
    desk.open();
    await pass(0);
    expect(sent).toHaveLength(before);
    expect(desk.state()).toMatchObject({ isFetching: true });
    later();
    await pass(0);
    expect(onDesk(desk)).toEqual(["a"]);
  });

  it("is measured by the deployment's clock", () => {
    const shown = caseOf("a", { holder: { by: ALICE, until: "2026-03-14T20:46:00.000Z" } });
    const on = { shown, readAtMs: 0, aheadMs: 90_000, dryRun: { state: "none" } } as const;
    expect(holdLeftMs(on, Date.parse("2026-03-14T20:40:00Z"))).toBe(4.5 * MINUTE_MS);
  });
});

describe("what an approval does", () => {
  it.each([
    [held("a"), {}],
    [caseOf("a"), { as: "disable", hours: 24 }],
  ])("is asked while the case waits to be shown", async (shown, wanted) => {
    const { desk, answer, pass, sent, now } = fakeDesk();
    answer(deployment([shown], now));
    desk.open();
    await pass(0);
    const dry = sent.filter(({ request }) => request.action === "review");
    expect(dry.map(({ request }) => request)).toEqual([
      ...[
        {
          action: "review",
          report: "standard#a",
          verdict: "approve",
          reason: "offair console",
          dryRun: true,
          ...wanted,
        },
      ],
    ]);
    expect(first(desk).dryRun).toMatchObject({ state: "known", isListKnown: true });
  });

  it("is not asked of a case that has no action, or whose action was carried out", async () => {
    const { desk, answer, pass, sent, now } = fakeDesk();
    answer(deployment([caseOf("a", { isSample: true }), caseOf("b", { stream: undefined as never })], now));
    desk.open();
    await pass(0);
    expect(onDesk(desk)).toEqual(["a", "b"]);
    expect(sent.filter(({ request }) => request.action === "review")).toEqual([]);
  });

  it.each(["asking", "failed"])("is asked again if a decision is taken back whose dry run was %s", async (state) => {
    const { desk, answer, pass, now } = fakeDesk();
    const takes = deployment([held("a")], now);
    let isFirst = true;
    let later = (): void => {};
    const waits = new Promise<void>((resolve) => {
      later = resolve;
    });
    answer(async (one, count) => {
      if (one.request.action === "review" && isFirst) {
        isFirst = false;
        if (state === "failed") throw new ConsoleError("unanswered", "no answer");
        await waits;
      }
      return takes(one, count);
    });
    desk.open();
    await pass(0);
    expect(first(desk).dryRun).toMatchObject({ state });
    desk.decide(first(desk).shown, reject);
    later();
    await pass(1_000);
    desk.undo();
    await pass(0);
    expect(first(desk).dryRun).toMatchObject({ state: "known" });
  });

  it("may be refused, or not be known", async () => {
    const { desk, answer, pass, now } = fakeDesk();
    const takes = deployment([held("a")], now);
    answer((one, count) =>
      one.request.action === "review"
        ? { ok: false, errors: [{ pointer: "/report", message: "its stream is protected" }] }
        : takes(one, count),
    );
    desk.open();
    await pass(0);
    expect(first(desk).dryRun).toEqual({ state: "refused", message: "its stream is protected" });
    answer(() => {
      throw new ConsoleError("unanswered", "no answer");
    });
    desk.askDryRun("standard#a");
    await pass(0);
    expect(first(desk).dryRun).toEqual({ state: "failed", message: "no answer" });
  });
});

describe("a case that comes", () => {
  const isOwn = (desk: Desk): boolean => desk.state().isOwn;

  it("by an act of the person may be meant by the next key", async () => {
    const { desk, pass } = await opened("a", "b", "c", "d");
    expect(isOwn(desk)).toBe(true);
    desk.decide(first(desk).shown, reject);
    expect(isOwn(desk)).toBe(true);
    desk.skip();
    expect(isOwn(desk)).toBe(true);
    await pass(0);
    desk.undo();
    expect(onDesk(desk)[0]).toBe("a");
    expect(isOwn(desk)).toBe(true);
  });

  it("later, but because the person asked for it, may be meant too", async () => {
    const { desk, pass, answer, now } = await opened("a");
    desk.decide(first(desk).shown, reject);
    answer(deployment([caseOf("b")], now));
    expect(isOwn(desk)).toBe(true);
    await pass(0);
    expect(onDesk(desk)).toEqual(["b"]);
    expect(isOwn(desk)).toBe(true);
  });

  it("later may be meant, whatever was asked for before", async () => {
    const { desk, pass, answer, now } = await opened("a");
    const takes = deployment([caseOf("b")], now);
    let later = (): void => {};
    const waits = new Promise<void>((resolve) => {
      later = resolve;
    });
    answer(async (one, count) => {
      if (one.request.action !== "next-case" || one.request.skip?.includes("standard#a")) return takes(one, count);
      await waits;
      return { noCase: { says: "nothing waits for review", held: 0, skipped: 0, awaitingOthers: 0 } };
    });
    desk.holdFirst();
    await pass(0);
    desk.decide(first(desk).shown, reject);
    later();
    await pass(0);
    expect(onDesk(desk)).toEqual(["b"]);
    expect(isOwn(desk)).toBe(true);
  });

  it("by itself is not meant by a key", async () => {
    const { desk, pass, answer, now } = await opened("a");
    answer(() => {
      throw new ConsoleError("unanswered", "no answer");
    });
    desk.decide(first(desk).shown, reject);
    await pass(20_000);
    answer(deployment([caseOf("b")], now));
    desk.tick(true);
    await pass(0);
    expect(onDesk(desk)).toEqual(["b"]);
    expect(isOwn(desk)).toBe(false);
  });

  it("because the person looked again may be meant", async () => {
    const { desk, pass, answer, now } = await opened();
    answer(deployment([caseOf("a")], now));
    desk.lookAgain();
    await pass(0);
    expect(onDesk(desk)).toEqual(["a"]);
    expect(isOwn(desk)).toBe(true);
  });
});

describe("the order of an approval", () => {
  it("is followed until it is done, and a failure stays", async () => {
    const { desk, answer, pass, sent, now } = fakeDesk();
    const takes = deployment([], now);
    const stream = { domain: "push.example.com", app: "live", stream: "a" };
    let outcome: "ordered" | "verified" | "failed" = "ordered";
    answer((one, count) => (one.request.action === "status" ? { results: [{ stream, outcome }] } : takes(one, count)));
    desk.decide(held("a"), { verdict: "approve", reason: "seen" });
    await pass(10_000);
    expect(desk.state().outcomes).toMatchObject([{ state: "open" }]);
    outcome = "verified";
    await pass(15_000);
    expect(desk.state().outcomes).toMatchObject([{ state: "done" }]);
    const asked = sent.filter(({ request }) => request.action === "status");
    expect(asked.every(({ options }) => options.isPoll)).toBe(true);
    await pass(60_000);
    expect(sent.filter(({ request }) => request.action === "status")).toHaveLength(asked.length);
    outcome = "failed";
    desk.decide(held("b"), { verdict: "approve", reason: "seen" });
    await pass(20_000);
    expect(desk.state().outcomes).toMatchObject([{ state: "failed" }, { state: "done" }]);
  });

  it("is late after two minutes", async () => {
    const { desk, answer, pass, now } = fakeDesk();
    const takes = deployment([], now);
    answer((one, count) => (one.request.action === "status" ? { results: [] } : takes(one, count)));
    desk.decide(held("a"), { verdict: "approve", reason: "seen" });
    await pass(3 * MINUTE_MS);
    expect(desk.state().outcomes).toMatchObject([{ state: "late" }]);
  });

  it("that cannot be read is not called late, and is asked for slowly until it is known", async () => {
    const { desk, answer, pass, sent, now } = fakeDesk();
    const takes = deployment([], now);
    answer((one, count) => {
      if (one.request.action === "status") throw new ConsoleError("unanswered", "no answer");
      return takes(one, count);
    });
    desk.decide(held("a"), { verdict: "approve", reason: "seen" });
    await pass(3 * MINUTE_MS);
    expect(desk.state().outcomes).toMatchObject([{ state: "unread" }]);
    const asked = (): number => sent.filter(({ request }) => request.action === "status").length;
    const before = asked();
    await pass(5 * MINUTE_MS);
    expect(asked() - before).toBe(5);
    const stream = { domain: "push.example.com", app: "live", stream: "a" };
    answer(() => ({ results: [{ stream, outcome: "verified" }] }));
    await pass(MINUTE_MS);
    expect(desk.state().outcomes).toMatchObject([{ state: "done" }]);
    await pass(5 * MINUTE_MS);
    expect(asked() - before).toBe(6);
  });

  it("is asked for in turn with those of others", async () => {
    const { desk, answer, pass, sent, now } = fakeDesk();
    const takes = deployment([], now);
    for (const name of ["a", "b", "c"]) desk.decide(held(name), { verdict: "approve", reason: "seen" });
    // Each answer takes as long as the time between two.
    let answered: () => void = () => {};
    answer((one, count) =>
      one.request.action === "status"
        ? new Promise((resolve) => {
            answered = () => resolve({ results: [] });
          })
        : takes(one, count),
    );
    await pass(10_000);
    for (let times = 0; times < 6; times++) {
      await pass(20_000);
      answered();
      await pass(0);
    }
    const ids = sent.flatMap(({ request }) => (request.action === "status" ? [request.orderId] : []));
    expect(new Set(ids.slice(0, 3)).size).toBe(3);
    expect(new Set(ids.slice(3, 6)).size).toBe(3);
  });
});

describe("a note and a second opinion", () => {
  it("change the case, or leave it to another person", async () => {
    const { desk, answer, pass, now } = fakeDesk();
    const takes = deployment([caseOf("a"), caseOf("b"), caseOf("c")], now);
    const noted = caseOf("a", { notes: [{ by: ALICE, at: "x", text: "look" }] });
    answer((one, count) => (one.request.action === "note" ? { case: noted } : takes(one, count)));
    desk.open();
    await pass(0);
    await pass(MINUTE_MS / 2);
    await desk.note("standard#a", "look", "id-n");
    expect(first(desk).shown.notes).toHaveLength(1);
    expect(first(desk).readAtMs).toBe(now());
    await desk.secondOpinion("standard#a", "is it a toy?", "id-o");
    await pass(0);
    expect(onDesk(desk)).toEqual(["a", "b"]); // the person may be at another question of it by then
    desk.leaveToOthers("standard#a");
    expect(desk.state().isOwn).toBe(true);
    await pass(0);
    expect(onDesk(desk)).toEqual(["b", "c"]);
    expect(desk.state().tally).toMatchObject({ opinions: 1 });
  });

  it("that is refused is thrown with what the deployment says", async () => {
    const { desk, answer } = fakeDesk();
    answer(() => ({ ok: false, errors: [{ pointer: "/report", message: "has 20 notes already" }] }));
    await expect(desk.note("standard#a", "look", "id")).rejects.toThrow("has 20 notes already");
  });
});
