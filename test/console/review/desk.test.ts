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

  it("that is over may show another case, which is said", async () => {
    const fake = await opened("a", "b");
    fake.answer(deployment([caseOf("b"), caseOf("z")], fake.now));
    fake.desk.holdFirst();
    await fake.pass(0);
    expect(onDesk(fake.desk)).toEqual(["z", "b"]);
    expect(fake.desk.state().event).toMatchObject({ kind: "lost" });
  });

  it("that is over may show none, which is said", async () => {
    const fake = await opened("a");
    fake.answer(deployment([], fake.now));
    fake.desk.holdFirst();
    await fake.pass(0);
    expect(onDesk(fake.desk)).toEqual([]);
    expect(fake.desk.state().event).toMatchObject({ kind: "gone" });
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
});

describe("a note and a second opinion", () => {
  it("change the case, or leave it to another person", async () => {
    const { desk, answer, pass, now } = fakeDesk();
    const takes = deployment([caseOf("a"), caseOf("b"), caseOf("c")], now);
    const noted = caseOf("a", { notes: [{ by: ALICE, at: "x", text: "look" }] });
    answer((one, count) => (one.request.action === "note" ? { case: noted } : takes(one, count)));
    desk.open();
    await pass(0);
    await desk.note("standard#a", "look", "id-n");
    expect(first(desk).shown.notes).toHaveLength(1);
    await desk.secondOpinion("standard#a", "is it a toy?", "id-o");
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
