/** The ledger on DynamoDB, held against the plain one in memory: the same answers to the same requests, one by one and several at once. */
import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { reportKey } from "../../../lib/reports/report.ts";
import { NOTHING_TAKEN } from "../../../lib/safeguards/action-limits.ts";
import { someStream, weaponsReport } from "../../support/fixtures.ts";
import { createMemoryLedger, type MemoryLedger } from "../../support/memory-ledger.ts";
import { runs } from "../../support/runs.ts";
import { TABLE, useTable } from "../../support/table.ts";
import { caseRequests } from "./case-requests.ts";
import { at, type Cast, openReviews, type Request, request, requests } from "./ledger-requests.ts";

const table = useTable();
let onDynamo: Ledger;
/** Of two workers, for each remembers something of its own. */
let workers: readonly [Ledger, Ledger];
beforeAll(() => {
  const create = () => createLedger(table.current.dynamo, TABLE);
  onDynamo = create();
  workers = [create(), create()];
});

/** What a request came to, as a caller sees it. */
async function answerOf({ of }: Request, ledger: Ledger, cast: Cast): Promise<string> {
  try {
    return JSON.stringify({ answer: await of(ledger, cast) }, sortedKeys);
  } catch (failure) {
    if (failure instanceof OffairError) return failure.code;
    throw failure;
  }
}
/** The order of an item's attributes says nothing. */
const sortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

const permutations = <T>(list: readonly T[]): T[][] =>
  list.length === 0
    ? [[]]
    : list.flatMap((first, index) => permutations(list.toSpliced(index, 1)).map((rest) => [first, ...rest]));

/** Every way in which requests made at once may have come one after another, with the ledger that it leaves. */
async function* ways(ledger: MemoryLedger, made: readonly Request[], cast: Cast) {
  for (const turn of permutations(made.map((_, index) => index))) {
    const copy = ledger.copy();
    const answers: string[] = [];
    for (const index of turn) answers[index] = await answerOf(made[index] as Request, copy, cast);
    yield { copy, answers };
  }
}

const command = (made: readonly Request[]): fc.AsyncCommand<{ ledger: MemoryLedger }, Cast> => ({
  check: () => true,
  async run(model, cast) {
    const answers = await Promise.all(made.map((each, n) => answerOf(each, workers[n % 2 ? 1 : 0], cast)));
    const possible: string[][] = [];
    const left = new Map<string, MemoryLedger>();
    for await (const way of ways(model.ledger, made, cast)) {
      possible.push(way.answers);
      if (String(way.answers) === String(answers)) left.set(way.copy.dump(), way.copy);
    }
    expect(possible).toContainEqual(answers);
    const ledgers = [...left.values()];
    // Two ways may answer alike and leave different ledgers: then what can be read tells which it was.
    const ledger = ledgers.length === 1 ? ledgers[0] : await findAsync(ledgers, (each) => isLike(each, cast));
    if (!ledger) throw new Error("the answers are right, and what can be read afterwards is not");
    model.ledger = ledger;
    for (const stream of cast.streams) cast.known.unshift(...(await ledger.recentOrders(stream, 1)));
    cast.known.splice(KNOWN);
  },
  toString: () => made.map(({ told }) => told).join(" | "),
});

async function findAsync<T>(list: readonly T[], matches: (each: T) => Promise<boolean>): Promise<T | undefined> {
  for (const each of list) if (await matches(each)) return each;
  return undefined;
}

const anyRequest = fc.oneof({ weight: 3, arbitrary: requests }, { weight: 1, arbitrary: caseRequests });

const KNOWN = 6;

/** Does all that can be read of the one on DynamoDB stand in this one? */
async function isLike(ledger: Ledger, cast: Cast): Promise<boolean> {
  const all: Request[] = [
    ...cast.streams.map((stream) => request("", (each) => each.recentOrders(stream))),
    ...cast.reports.map((report) => request("", (each) => each.readReport(reportKey(report)))),
    ...cast.streams.map((stream) => request("", (each) => each.recentReports(stream, at(0)))),
    request("", (each) => each.readReview(cast.untranslated)),
    request("", openReviews),
    request("", (each) => each.changeTaken((taken) => ({ answer: taken }))),
    ...["ana", "ben"].map((who) => request("", (each) => each.changeSoloUse(who, (taken) => ({ answer: taken })))),
    request("", (each) => each.readMode()),
    ...cast.orderIds.map((orderId) => request("", (each) => each.readPlanHead(orderId))),
    ...cast.orderIds.map((orderId) => request("", (each) => each.readPlanPart(orderId, 1))),
    ...cast.orderIds.map((orderId) => request("", (each) => each.readPlanState(orderId))),
    ...cast.orderIds.map((orderId) => request("", (each) => each.listBatchResults(orderId))),
  ];
  for (const each of all)
    if ((await answerOf(each, ledger, cast)) !== (await answerOf(each, onDynamo, cast))) return false;
  return true;
}

const cast = (): Cast => ({
  streams: [someStream(), someStream()],
  reports: [weaponsReport({ reporterHash: "e".repeat(32) }), weaponsReport()],
  untranslated: `huawei-push#${randomUUID()}`,
  orderIds: [`op-${randomUUID()}`, `op-${randomUUID()}`],
  known: [],
});

/** What all stories share is as at the beginning. */
async function begin(ledger: Ledger): Promise<void> {
  const change = { changedAt: at(0), changedBy: "ana", reason: "model" };
  await ledger.writeMode({ mode: "observe", ...change });
  for (const source of ["standard", "huawei-push"]) await ledger.writeFreeze(source, false, change);
  await ledger.writeSample({ share: 0, salt: "model", ...change });
  await ledger.changeTaken(() => ({ taken: NOTHING_TAKEN, answer: undefined }));
  for (const person of ["ana", "ben"]) {
    await ledger.changeSoloUse(person, () => ({ taken: NOTHING_TAKEN, answer: undefined }));
  }
}

it("answers as the plain one does, also to requests made at once, which come one after another somehow", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([fc.array(anyRequest, { minLength: 1, maxLength: 3 }).map(command)], {
        maxCommands: 30,
        size: "max",
      }),
      async (story) => {
        const ledger = createMemoryLedger();
        await begin(onDynamo);
        await begin(ledger);
        const model = { ledger };
        const real = cast();
        await fc.asyncModelRun(() => ({ model, real }), story);
        expect(await isLike(model.ledger, real)).toBe(true);
      },
    ),
    { numRuns: runs(60) },
  );
});
