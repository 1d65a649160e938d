/** The law of a request's record, with any interleaving of attempts, crashes at every point, and lost requests to the ledger. */
import { beforeEach, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import { CLOCK_MARGIN_MS } from "../../lib/core/time.ts";
import type { RequestStore } from "../../lib/ledger/request-store.ts";
import type { RequestAttempt } from "../../lib/operator/actions/attempt.ts";
import { ATTEMPT_MS, carryOutOnce } from "../../lib/operator/carry-out-once.ts";
import type { OperatorEvent } from "../../lib/operator/contract/request.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { NOON } from "../support/fixtures.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { often, runs } from "../support/runs.ts";
import { type Admission, type Process, startProcess } from "../support/steps.ts";

const ID = "0d8f6c1e-5b7a-4c3d-9e2f-1a2b3c4d5e6f";
const REQUEST: OperatorEvent & { id: string } = {
  ...{ id: ID, action: "cancel", orderId: `op-${ID}`, reason: "INC-881", requestedBy: "ana (claimed)" },
};

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});

/** Requests to the ledger are steps, and may fail before or after they are done. */
function stepped(ledger: RequestStore, gate: Admission): RequestStore {
  const step =
    <Given extends unknown[], T>(name: string, request: (...given: Given) => Promise<T>) =>
    (...given: Given): Promise<T> =>
      gate(name, async (fate) => {
        if (fate === "unavailable") throw new OffairError("ERR_LEDGER", "it is away");
        const answer = await request(...given);
        if (fate === "lost") throw new OffairError("ERR_LEDGER", "the answer is lost");
        return answer;
      });
  return {
    beginRequest: step("begin", ledger.beginRequest),
    passRequest: step("pass", ledger.passRequest),
    answerRequest: step("answer", ledger.answerRequest),
  };
}

interface Started {
  readonly process: Process<OperatorResponse>;
  readonly startedMs: number;
}

/** What a story consists of: the number chooses a running attempt. */
const happening = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: "send" as const }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("step" as const),
      pick: fc.nat(5),
      fate: fc.constantFrom("do" as const, "do" as const, "do" as const, "lost" as const, "unavailable" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("kill" as const), pick: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 10_000, 29_500) }) },
);

it("any attempts, interleaved and interrupted, have the effect once and the same answer", async () => {
  const reached = { takenOver: 0, repeated: 0, inProgress: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 60, size: "max" }), async (story) => {
      const ledger = createMemoryLedger();
      let clock = NOON.getTime();
      let ids = 0;
      const running: Started[] = [];
      const answers: OperatorResponse[] = [];
      const begun: RequestAttempt[] = [];
      /** By key, as the ledger writes: a write with the key of another is none. */
      const effects = new Map<string, string>();
      let inside = 0;

      /** Two effects, each a step. What the second one finds decides the answer, which is thus not the same in each attempt. */
      const run = (gate: Admission) => async (attempt: RequestAttempt) => {
        begun.push(attempt);
        const { orderId, at } = attempt;
        expect(++inside).toBe(1);
        for (const part of ["1", "2"]) {
          await gate(`effect ${part}`, async (fate) => {
            if (fate === "unavailable") throw new OffairError("ERR_LEDGER", "it is away");
            effects.set(`${orderId} ${at.toISOString()} ${part}`, orderId);
            if (fate === "lost") throw new OffairError("ERR_LEDGER", "the answer is lost");
          }).catch((failure: unknown) => {
            inside--;
            throw failure;
          });
        }
        inside--;
        return { ok: true, results: [], errors: [], orderId: `${orderId} by attempt ${begun.length}` };
      };
      const send = async () => {
        const process = await startProcess((gate) =>
          carryOutOnce(REQUEST, run(gate), {
            requests: stepped(ledger, gate),
            now: () => new Date(clock),
            newId: () => `holder-${++ids}`,
          }),
        );
        running.push({ process, startedMs: clock });
      };
      const remove = (started: Started) => void running.splice(running.indexOf(started), 1);
      const kill = (started: Started) => {
        if (started.process.next()?.startsWith("effect")) inside--;
        started.process.kill();
        remove(started);
      };
      const collect = () => {
        for (const started of [...running]) {
          const end = started.process.ended();
          if (!end) continue;
          remove(started);
          expect(end).toMatchObject({ status: "fulfilled" });
          if (end.status === "fulfilled") answers.push(end.value);
        }
      };
      const wait = (ms: number) => {
        clock += ms;
        for (const each of [...running]) if (clock - each.startedMs >= 29_000) kill(each); // Lambda ends it
      };
      await send();
      for (const each of story) {
        const started = "pick" in each ? running[each.pick % Math.max(1, running.length)] : undefined;
        if (each.kind === "send") await send();
        else if (each.kind === "wait") wait(each.ms);
        else if (started && each.kind === "kill") kill(started);
        else if (started && each.kind === "step") await started.process.step(each.fate);
        collect();
      }
      // The sender comes back in the end, and nothing is in its way.
      wait(29_000);
      clock += ATTEMPT_MS;
      for (const last of [1, 2]) {
        await send();
        for (let steps = 0; running[0] && steps < 10; steps++) {
          await running[0].process.step("do");
          collect();
        }
        expect(answers.at(-1)).toMatchObject({ ok: true, results: [] });
        expect(last).toBeLessThan(3);
      }

      const final = answers.filter(({ retryAfterSeconds }) => retryAfterSeconds === undefined);
      expect(new Set(final.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(effects.size).toBe(2);
      expect(begun.map(({ isRepeated }) => isRepeated)).toEqual(begun.map((_, index) => index > 0 || begunLate(begun)));
      if (begun.length > 1) reached.takenOver++;
      if (final.length > 2) reached.repeated++;
      if (final.length < answers.length) reached.inProgress++;
    }),
    { numRuns: runs(1_000) },
  );
  expect(Math.min(...Object.values(reached))).toBeGreaterThan(often(40));
});

/** The first attempt may end between the write of its record and its effect. */
const begunLate = ([first]: readonly RequestAttempt[]): boolean => first?.isRepeated === true;

const answer: OperatorResponse = { ok: true, results: [], errors: [] };

it("an id belongs to one request of one caller, whatever became of it", async () => {
  const ledger = createMemoryLedger();
  const deps = { requests: ledger, now: () => NOON, newId: () => "holder" };
  expect(await carryOutOnce(REQUEST, async () => answer, deps)).toEqual(answer);
  const run = jest.fn(async () => answer);
  for (const other of [
    { ...REQUEST, reason: "INC-882" },
    { ...REQUEST, requestedBy: "bob (claimed)" },
    { ...REQUEST, action: "undo" as const },
  ]) {
    const { ok, errors, retryAfterSeconds } = await carryOutOnce(other, run, deps);
    expect({ ok, errors, retryAfterSeconds }).toEqual({
      ok: false,
      errors: [{ pointer: "/id", message: expect.stringContaining("is the id of another request: nothing was done") }],
      retryAfterSeconds: undefined,
    });
  }
  expect(run).not.toHaveBeenCalled();
});

it("an attempt that fails gives way at once", async () => {
  let ids = 0;
  const deps = { requests: createMemoryLedger(), now: () => NOON, newId: () => `holder-${++ids}` };
  const away = async (): Promise<never> => {
    throw new OffairError("ERR_QUEUE", "the queue is away");
  };
  expect(await carryOutOnce(REQUEST, away, deps)).toMatchObject({
    ok: false,
    retryAfterSeconds: expect.any(Number),
    errors: [
      { message: expect.stringMatching(/^ERR_QUEUE: the queue is away; it is not known whether .* the same id$/) },
    ],
  });
  const seen: RequestAttempt[] = [];
  const run = async (attempt: RequestAttempt) => {
    seen.push(attempt);
    return answer;
  };
  expect(await carryOutOnce(REQUEST, run, deps)).toEqual(answer);
  expect(seen).toEqual([{ orderId: `op-${ID}`, at: NOON, isRepeated: true }]);
});

it("an id is not used again, however long ago its request was answered", async () => {
  const run = jest.fn(async () => answer);
  const memory = createMemoryLedger();
  const deps = { requests: memory, now: () => NOON, newId: () => "holder" };
  await carryOutOnce(REQUEST, async () => answer, deps);
  const requests: RequestStore = {
    ...memory,
    async beginRequest(id, record) {
      const { answer: _, ...stored } = await memory.beginRequest(id, record);
      return { ...stored, isAnswerGone: true };
    },
  };
  const { errors, ...response } = await carryOutOnce(REQUEST, run, { ...deps, requests });
  expect(response).toEqual({ ok: false, results: [] });
  expect(errors).toEqual([{ pointer: "/id", message: expect.stringContaining("was answered more than 7 days ago") }]);
  expect(run).not.toHaveBeenCalled();
});

it("an attempt whose clock was far ahead keeps nobody out, and one within the margin does", async () => {
  const aheadMs = (ms: number) => async () => {
    let ids = 0;
    const requests = createMemoryLedger();
    const at = (now: Date) => ({ requests, now: () => now, newId: () => `holder-${++ids}` });
    void carryOutOnce(REQUEST, () => new Promise(() => {}), at(new Date(NOON.getTime() + ms))); // dies
    return carryOutOnce(REQUEST, async () => answer, at(NOON));
  };
  expect(await aheadMs(CLOCK_MARGIN_MS + 1)()).toEqual(answer);
  expect(await aheadMs(CLOCK_MARGIN_MS)()).toMatchObject({ retryAfterSeconds: expect.any(Number) });
});
