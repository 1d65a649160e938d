/** What is taken of the limits, by workers that each remember what they saw last. */
import { randomUUID } from "node:crypto";
import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { createLiveStreams } from "../../../lib/aws/dynamodb/live-stream-count.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { type Taken, take } from "../../../lib/safeguards/action-limits.ts";
import { NOON, policy } from "../../support/fixtures.ts";
import { createMemoryLedger } from "../../support/memory-ledger.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
const KEY = { pk: "LIMITS", sk: "TAKEN" };
const worker = (newRevision?: () => string) =>
  createLedger(table.current.dynamo, TABLE, newRevision && { newRevision });
const stored = async () =>
  (await table.current.documents.send(new GetCommand({ TableName: TABLE, Key: KEY, ConsistentRead: true }))).Item;
const store = (item: object) =>
  table.current.documents.send(new PutCommand({ TableName: TABLE, Item: { ...KEY, ...item } }));
beforeEach(async () => {
  await table.current.documents.send(new DeleteCommand({ TableName: TABLE, Key: KEY }));
  table.current.requests.length = 0;
});

const counts = ({ slices }: Taken): number =>
  slices.flatMap(({ bySource }) => Object.values(bySource)).reduce((sum, count) => sum + count, 0);
const plusOne = (taken: Taken): Taken => ({ slices: [{ startMs: 0, bySource: { standard: counts(taken) + 1 } }] });
/** Takes one of so many: the how many-th it is; undefined: none is left. */
const takeOneOf = (most: number, ledger: Ledger): Promise<number | undefined> =>
  ledger.changeTaken((taken) => {
    const used = counts(taken);
    return used >= most ? { answer: undefined } : { taken: plusOne(taken), answer: used + 1 };
  });
/** As the queues do: a message that met too many others comes back. */
async function untilFree<T>(request: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof OffairError && error.code === "ERR_BUSY")) throw error;
    }
  }
}
const look = (ledger: Ledger): Promise<Taken> => ledger.changeTaken((taken) => ({ answer: taken }));
const commands = () => table.current.requests.map(({ command }) => command);

/** Does something around each request to the table, inside the SDK's retries, for as long as a part of a test runs. */
async function whileEach(
  around: <T>(input: object, send: () => Promise<T>) => Promise<T>,
  part: () => Promise<void>,
): Promise<void> {
  const { middlewareStack } = table.current.dynamo;
  const name = "around";
  middlewareStack.add((next) => (args) => around(args.input, () => next(args)), { step: "finalizeRequest", name });
  try {
    await part();
  } finally {
    middlewareStack.remove(name);
  }
}

describe("what is taken", () => {
  it("is nothing at first, and what was written last from then on, for every worker", async () => {
    const [first, second] = [worker(), worker()];
    expect(await look(first)).toEqual({ slices: [] });
    expect(await takeOneOf(5, first)).toBe(1);
    expect(await takeOneOf(5, second)).toBe(2);
    expect(await look(first)).toEqual({ slices: [{ startMs: 0, bySource: { standard: 2 } }] });
  });

  it("is what lib/safeguards/action-limits.ts makes of it", async () => {
    const asked = { source: "standard", now: NOON, liveStreams: undefined };
    const answer = await worker().changeTaken((taken) => {
      const { answer: full, ...change } = take(taken, asked, policy);
      return { ...change, answer: full === undefined };
    });
    expect(answer).toBe(true);
    expect(counts(await look(worker()))).toBe(1);
  });

  it("never exceeds the limit, though six workers take eight each at once, and none is lost", async () => {
    const workers = Array.from({ length: 6 }, () => worker());
    const taking = workers.flatMap((each) => Array.from({ length: 8 }, () => untilFree(() => takeOneOf(30, each))));
    const taken = await Promise.all(taking);
    const places = taken.filter((each) => typeof each === "number").sort((a, b) => a - b);
    expect(places).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(taken.filter((each) => each === undefined)).toHaveLength(18);
    expect(counts(await look(worker()))).toBe(30);
  });

  it("costs a worker that is alone one request, after its first", async () => {
    const alone = worker();
    await takeOneOf(9, alone);
    expect(commands()).toEqual(["GetItemCommand", "PutItemCommand"]);
    table.current.requests.length = 0;
    await takeOneOf(9, alone);
    await takeOneOf(9, alone);
    expect(commands()).toEqual(["PutItemCommand", "PutItemCommand"]);
  });

  it("is not read where the item in the table has another form, so nothing acts", async () => {
    await store({ slices: "none", revision: "1", earlier: [] });
    await expect(takeOneOf(9, worker())).rejects.toMatchObject({ code: "ERR_LEDGER" });
  });

  it("is looked at afresh before anybody is told that the limit is reached: another worker may have let go", async () => {
    const remembers = worker();
    expect(await takeOneOf(1, remembers)).toBe(1);
    await worker().changeTaken(() => ({ taken: { slices: [] }, answer: undefined })); // as when the window moves on
    expect(await takeOneOf(1, remembers)).toBe(1);
    table.current.requests.length = 0;
    expect(await takeOneOf(1, remembers)).toBeUndefined();
    expect(commands()).toEqual(["GetItemCommand"]);
  });

  it("is counted once, though the answer is lost and the SDK repeats the request", async () => {
    const ledger = worker();
    for (const place of [1, 2]) {
      table.current.loseAnswerOf("PutItemCommand");
      expect(await takeOneOf(9, ledger)).toBe(place);
    }
    expect(counts(await look(worker()))).toBe(2);
  });

  it("is counted once, also where others write before the lost request is repeated", async () => {
    const other = worker();
    const mine = worker(() => "mine");
    const others = [() => takeOneOf(9, other), () => takeOneOf(9, other)];
    const writeAfterMine = async <T>(input: object, send: () => Promise<T>): Promise<T> => {
      try {
        return await send();
      } finally {
        if (JSON.stringify(input).includes('"mine"')) for (const write of others.splice(0)) await write();
      }
    };
    await whileEach(writeAfterMine, async () => {
      table.current.loseAnswerOf("PutItemCommand");
      expect(await takeOneOf(9, mine)).toBe(1);
    });
    expect(others).toEqual([]);
    expect(counts(await look(worker()))).toBe(3);
  });

  it("keeps to a size that does not grow with what is taken", async () => {
    const ledger = worker();
    for (let i = 0; i < 40; i++) await takeOneOf(100, ledger);
    const { earlier } = (await stored()) ?? {};
    expect(earlier).toHaveLength(16);
  });

  it("gives up for now where others are always faster", async () => {
    const slow = worker();
    await takeOneOf(9, slow);
    let asked = 0;
    const writeBefore = async <T>(input: object, send: () => Promise<T>): Promise<T> => {
      if (!("ConditionExpression" in input)) return send(); // the faster one's own, or a read
      asked += 1;
      await store({ slices: [], revision: `faster ${asked}`, earlier: [] });
      return send();
    };
    await whileEach(writeBefore, () =>
      expect(takeOneOf(9, slow)).rejects.toMatchObject({ code: "ERR_BUSY", retryable: true }),
    );
    expect(asked).toBeGreaterThan(5);
    expect(await takeOneOf(9, slow)).toBe(1);
  });

  it.each([
    { slices: "none", revision: "1", earlier: [] },
    { slices: [{ startMs: "0", bySource: {} }], revision: "1", earlier: [] },
    { slices: [{ startMs: 0, bySource: { standard: -1 } }], revision: "1", earlier: [] },
    { slices: [], revision: 1, earlier: [] },
    {},
  ])("that is stored as %j cannot be read, so nothing acts", async (odd) => {
    await store(odd);
    await expect(takeOneOf(9, worker())).rejects.toMatchObject({ code: "ERR_LEDGER", retryable: true });
    expect(await stored()).toEqual({ ...KEY, ...odd });
  });

  it("is not held up by a question that failed", async () => {
    const ledger = worker();
    const failing = ledger.changeTaken(() => {
      throw new Error("no policy");
    });
    await expect(failing).rejects.toThrow("no policy");
    expect(await takeOneOf(9, ledger)).toBe(1);
  });
});

describe("the streams that are live", () => {
  const at = (ms: number) => new Date(NOON.getTime() + ms).toISOString();
  const onTable = () => {
    const { read, write } = createLiveStreams(table.current.dynamo, TABLE);
    return { read, write, told: () => worker().readLiveStreams() };
  };
  const inMemory = () => {
    const ledger = createMemoryLedger();
    return { read: ledger.readLiveStreams, write: ledger.writeLiveStreams, told: ledger.readLiveStreams };
  };
  beforeEach(() =>
    table.current.documents.send(new DeleteCommand({ TableName: TABLE, Key: { pk: "AUDIT", sk: "LIVE_STREAMS" } })),
  );

  it.each([
    ["on the table", onTable],
    ["in memory", inMemory],
  ])("are as counted last, and unknown before: %s", async (_, create) => {
    const { read, write, told } = create();
    expect(await told()).toBeUndefined();
    await write({ count: 9_000, countedAt: at(1) });
    await write({ count: 8_000, countedAt: at(0) }); // an audit that took longer
    await write({ count: 7_000, countedAt: at(1) });
    expect(await told()).toEqual({ count: 9_000, countedAt: at(1) });
    await write({ count: 0, countedAt: at(2) });
    expect(await read()).toEqual({ count: 0, countedAt: at(2) });
  });

  it.each([
    { count: -1, countedAt: at(0) },
    { count: 1.5, countedAt: at(0) },
    { count: "9000", countedAt: at(0) },
    { count: 9_000, countedAt: "yesterday" },
    { countedAt: at(0) },
  ])("that are stored as %j cannot be read", async (odd) => {
    const Item = { pk: "AUDIT", sk: "LIVE_STREAMS", ...odd };
    await table.current.documents.send(new PutCommand({ TableName: TABLE, Item }));
    await expect(worker().readLiveStreams()).rejects.toMatchObject({ code: "ERR_LEDGER", retryable: true });
  });

  it.each([
    { count: Number.NaN, countedAt: at(0) },
    { count: 1, countedAt: "2026-11-21T12:00:00Z" }, // as text it would come after 12:00:00.500Z
  ])("are not written where they could not be read or compared: %j", async (odd) => {
    await expect(onTable().write(odd)).rejects.toMatchObject({ code: "ERR_LEDGER" });
    expect(await worker().readLiveStreams()).toBeUndefined();
  });
});

describe("what a person did alone", () => {
  const takeTwo = (person: string): Promise<number> =>
    worker().changeSoloUse(person, (taken) => {
      const used = counts(taken);
      return { taken: { slices: [{ startMs: 0, bySource: { off: used + 2 } }] }, answer: used + 2 };
    });

  it("is theirs, and nothing of what the rules took", async () => {
    const [one, other] = [`person#${randomUUID()}`, `person#${randomUUID()}`];
    expect([await takeTwo(one), await takeTwo(one), await takeTwo(other)]).toEqual([2, 4, 2]);
    expect(counts(await look(worker()))).toBe(0);
  });

  it("is counted in full, though they do several things at once", async () => {
    const person = `person#${randomUUID()}`;
    const answers = await Promise.all(Array.from({ length: 5 }, () => takeTwo(person)));
    expect(answers.sort((a, b) => a - b)).toEqual([2, 4, 6, 8, 10]);
  });

  it("stands where only the incident function writes", async () => {
    await takeTwo(`person#${randomUUID()}`);
    const written = table.current.requests.find(({ command }) => command === "PutItemCommand");
    expect(JSON.stringify(written?.input)).toContain('"OPERATOR#ALONE"');
  });
});
