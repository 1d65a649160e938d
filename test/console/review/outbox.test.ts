/** What a person decides is sent once, in order, and not before it can no longer be taken back. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ConsoleError } from "../../../console/http/client.ts";
import { UNDO_MS } from "../../../console/review/desk/outbox.ts";
import { countsOf } from "../../../console/review/desk/tally.ts";
import { runs } from "../../support/runs.ts";
import { caseOf, deployment, fakeDesk } from "./fake-desk.ts";

const reject = (reason = "policy: not against the rules") => ({ verdict: "reject", reason }) as const;
const contents = ({ request }: { readonly request: object }) => JSON.stringify(request);

describe("a decision", () => {
  it("is sent five seconds after it was made", async () => {
    const { desk, answer, pass, verdicts, now } = fakeDesk();
    answer(deployment([caseOf("a")], now));
    desk.open();
    await pass(0);
    desk.decide(caseOf("a"), reject());
    await pass(UNDO_MS - 1);
    expect(verdicts()).toEqual([]);
    await pass(1);
    expect(verdicts()).toMatchObject([
      {
        id: expect.any(String),
        request: { action: "review", report: "standard#a", verdict: "reject", reason: reject().reason, dryRun: false },
        options: { keepalive: true },
      },
    ]);
    expect(desk.state().outbox).toEqual([]);
  });

  it("that was taken back is never sent, and its case is on the screen again", async () => {
    const { desk, answer, pass, verdicts, now } = fakeDesk();
    answer(deployment([caseOf("a"), caseOf("b"), caseOf("c")], now));
    desk.open();
    await pass(0);
    const [first] = desk.state().shelf.cases;
    desk.decide(first?.shown ?? caseOf("a"), reject());
    expect(desk.state().shelf.cases.map(({ shown }) => shown.key)).toEqual(["standard#b"]);
    expect(desk.undo()?.shown.key).toBe("standard#a");
    await pass(60_000);
    expect(verdicts()).toEqual([]);
    expect(desk.state().shelf.cases[0]).toMatchObject({ shown: { key: "standard#a" }, dryRun: { state: "known" } });
    expect(countsOf(desk.state().tally, now())).toMatchObject({ decided: 0 });
    expect(desk.undo()).toBeUndefined();
  });

  it("is sent at once if the page closes, and what is sent already is not sent again", async () => {
    const { desk, answer, pass, verdicts, sent, now } = fakeDesk();
    const takes = deployment([caseOf("a"), caseOf("b"), caseOf("c"), caseOf("d")], now);
    answer((one, count) =>
      one.request.action === "review" && one.request.dryRun === false ? new Promise(() => {}) : takes(one, count),
    );
    desk.open();
    await pass(0);
    desk.decide(caseOf("a"), reject());
    await pass(UNDO_MS);
    desk.decide(caseOf("b"), reject());
    await pass(0);
    desk.leave();
    await pass(0);
    expect(verdicts().map(({ request, options }) => [request.report, options.keepalive])).toEqual([
      ["standard#a", true],
      ["standard#b", true],
    ]);
    const released = sent.filter(({ request }) => request.action === "release");
    expect(released.map(({ request, options }) => [request.report, options.keepalive])).toEqual([
      ["standard#c", true],
      ["standard#d", true],
    ]);
  });

  it.each(["unanswered", "unreachable", "credentials", "session"] as const)(
    "is sent again with its id until it is answered: %s",
    async (kind) => {
      const { desk, answer, pass, verdicts, now } = fakeDesk();
      const takes = deployment([caseOf("a")], now);
      let failures = 3;
      answer((one, count) => {
        if (one.request.action !== "review" || one.request.dryRun !== false) return takes(one, count);
        failures -= 1;
        if (failures >= 0) throw new ConsoleError(kind, "no answer", true);
        return takes(one, count);
      });
      desk.decide(caseOf("a"), reject());
      await pass(UNDO_MS);
      expect(desk.state().outbox).toMatchObject([{ state: "unanswered", failure: "no answer" }]);
      expect(desk.undo()).toBeUndefined();
      await pass(60_000);
      expect(new Set(verdicts().map(({ id }) => id)).size).toBe(1);
      expect(new Set(verdicts().map(contents)).size).toBe(1);
      expect(verdicts()).toHaveLength(4);
      expect(desk.state().outbox).toEqual([]);
    },
  );

  it("that the deployment refuses comes back with the reason, and is counted out", async () => {
    const { desk, answer, pass, now } = fakeDesk();
    const verdict = { verdict: "approved", by: "arn:aws:iam::123456789012:user/bob", at: "x", reason: "seen" } as const;
    answer(() => ({ ok: false, errors: [{ pointer: "/report", message: "was approved by bob" }], verdict }));
    desk.decide(caseOf("a"), reject());
    expect(countsOf(desk.state().tally, now())).toMatchObject({ decided: 1, rejected: 1 });
    await pass(UNDO_MS);
    expect(desk.state().returned).toMatchObject([
      { kind: "refused", message: "was approved by bob", verdict, entry: { shown: { key: "standard#a" } } },
    ]);
    expect(countsOf(desk.state().tally, now())).toMatchObject({ decided: 0, rejected: 0 });
    desk.dismiss(desk.state().returned[0]?.entry.id ?? "");
    expect(desk.state().returned).toEqual([]);
  });

  it("that this person gave before in another tab is told, and counted out", async () => {
    const { desk, answer, pass, now } = fakeDesk();
    const verdict = {
      verdict: "rejected",
      by: "arn:aws:iam::123456789012:user/alice",
      at: "x",
      reason: "a game",
    } as const;
    answer(() => ({ verdict }));
    desk.decide(caseOf("a"), reject("policy: not against the rules"));
    await pass(UNDO_MS);
    expect(desk.state().returned).toMatchObject([{ kind: "already", verdict }]);
    expect(countsOf(desk.state().tally, now())).toMatchObject({ decided: 0 });
  });

  it("whose order was not queued is sent again with another id, and a request that failed with its own", async () => {
    const { desk, answer, pass, verdicts } = fakeDesk();
    const errors = [{ pointer: "/report", message: "approve it again" }];
    answer(() => ({ ok: false, errors, orderId: "op-1" }));
    desk.decide(caseOf("a"), { verdict: "approve", reason: "seen" });
    await pass(UNDO_MS);
    expect(desk.state().returned).toMatchObject([{ kind: "unsent" }]);
    answer(() => {
      throw new ConsoleError("failed", "403");
    });
    desk.sendAgain(desk.state().returned[0]?.entry.id ?? "");
    await pass(0);
    expect(desk.state().returned).toMatchObject([{ kind: "failed", message: "403" }]);
    desk.sendAgain(desk.state().returned[0]?.entry.id ?? "");
    await pass(0);
    const [one, two, three] = verdicts();
    expect(verdicts()).toHaveLength(3);
    expect(two?.id).not.toBe(one?.id);
    expect(three?.id).toBe(two?.id);
    expect(new Set(verdicts().map(contents)).size).toBe(1);
  });

  it("waits no longer because the computer's time was set back", async () => {
    const { desk, answer, pass, verdicts, now } = fakeDesk();
    answer(deployment([], now)); // the fake's clock only grows, as performance.now() does
    desk.decide(caseOf("a"), reject());
    await pass(UNDO_MS);
    expect(verdicts()).toHaveLength(1);
  });
});

it("what is sent is exactly what was decided and not taken back, each once, in order", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: "decide" } as const) },
    { weight: 2, arbitrary: fc.constant({ kind: "undo" } as const) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(6_000) }) },
    { weight: 1, arbitrary: fc.constant({ kind: "leave" } as const) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.array(fc.constantFrom("taken", "lost", "refused"), { minLength: 1, maxLength: 12 }),
      async (steps, answers) => {
        const { desk, answer, pass, verdicts } = fakeDesk();
        let count = 0;
        const seen = new Map<string, number>();
        answer(({ id }) => {
          const attempts = seen.get(id ?? "") ?? 0;
          seen.set(id ?? "", attempts + 1);
          count += 1;
          const said = answers[count % answers.length];
          if (said === "lost" && attempts < 3) throw new ConsoleError("unanswered", "lost", true);
          return said === "refused" ? { ok: false, errors: [{ pointer: "", message: "no" }] } : {};
        });
        let made: string[] = [];
        let number = 0;
        for (const one of steps) {
          if (one.kind === "decide") {
            number += 1;
            desk.decide(caseOf(`${number}`), reject(`reason ${number}`));
            made.push(`standard#${number}`);
          } else if (one.kind === "undo") {
            const undone = desk.undo();
            made = made.filter((each) => each !== undone?.shown.key);
          } else if (one.kind === "leave") desk.leave();
          else await pass(one.ms);
        }
        await pass(300_000);
        expect(desk.state().outbox).toEqual([]);
        const byId = new Map<string, string[]>();
        for (const { id = "", request } of verdicts()) byId.set(id, [...(byId.get(id) ?? []), JSON.stringify(request)]);
        for (const bodies of byId.values()) expect(new Set(bodies).size).toBe(1);
        const firsts = [...byId.values()].map(
          ([body = "{}"]) => JSON.parse(body) as { report: string; reason: string },
        );
        expect(firsts.map(({ report }) => report)).toEqual(made);
        for (const { report, reason } of firsts) expect(reason).toBe(`reason ${report.replace("standard#", "")}`);
        // Whoever was refused has it back, and only those.
        const counted = desk.state().tally.counted.length;
        expect(counted + desk.state().returned.length).toBe(made.length);
      },
    ),
    { numRuns: runs(500) },
  );
});
