import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { createListModeChanges } from "../../../lib/aws/dynamodb/mode.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { NOON } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let ledger: Ledger;
beforeAll(() => {
  ledger = createLedger(table.current.dynamo, TABLE);
});

const later = (ms: number) => new Date(NOON.getTime() + ms).toISOString();
const AT = later(0);
const change = (more: object = {}) => ({ changedAt: AT, changedBy: "ana", reason: "INC-881", ...more });
const mode = (more: object = {}) => ({ mode: "enforce", ...change(), reason: "go", ...more }) as const;
/** Writes the item as it might have come to be by another hand than ours. */
const store = (item: object) =>
  table.current.documents.send(new PutCommand({ TableName: TABLE, Item: { pk: "CONTROL", sk: "MODE", ...item } }));
const changes = async () => {
  const { Items = [] } = await table.current.documents.send(new ScanCommand({ TableName: TABLE }));
  return Items.filter(({ sk }) => String(sk).startsWith("CHANGE#"));
};
const unreadable = { code: "ERR_LEDGER", retryable: true };

describe("the mode", () => {
  it("changes with a record each, also within one millisecond", async () => {
    const at = later(5);
    await ledger.writeMode(mode({ changedAt: at, changedBy: "ana" }));
    await ledger.writeMode({ ...mode({ changedAt: at, changedBy: "ben" }), mode: "observe" });
    const records = (await changes()).filter(({ changedAt }) => changedAt === at);
    expect(records.map(({ kind, changedBy }) => `${kind} ${changedBy}`).sort()).toEqual(["mode ana", "mode ben"]);
    expect(await ledger.readMode()).toMatchObject({ mode: "observe", changedBy: "ben" });
  });

  it("has a list of its later changes and those of every source, the newest first", async () => {
    const list = createListModeChanges(table.current.dynamo, TABLE);
    const on = (day: number) => `2031-03-${String(day).padStart(2, "0")}T00:00:00.000Z`;
    await ledger.writeMode(mode({ changedAt: on(1) }));
    await ledger.writeFreeze("standard", true, change({ changedAt: on(2) }));
    for (let day = 3; day < 30; day++) await ledger.writeMode({ ...mode({ changedAt: on(day) }), mode: "observe" });
    expect((await list(on(1))).map(({ changedAt }) => changedAt)).toEqual(
      Array.from({ length: 28 }, (_, n) => on(29 - n)),
    );
    expect((await list(on(1))).at(-1)).toEqual({ changedAt: on(2), source: "standard" });
    expect(await list(on(29))).toEqual([]);
  });

  it.each(["Observe", "off", "", undefined])(
    "that is stored as %j cannot be read, so nothing acts (invariant 10)",
    async (odd) => {
      await store(odd === undefined ? {} : { mode: odd });
      await expect(ledger.readMode()).rejects.toMatchObject(unreadable);
    },
  );
});

describe("a frozen source", () => {
  beforeEach(() => store({ ...mode() }));

  it("is told with the mode, in one read, with who froze it, when and why", async () => {
    await ledger.writeFreeze("huawei-push", true, change());
    await ledger.writeFreeze("standard", true, change({ changedBy: "ben" }));
    table.current.requests.length = 0;
    expect(await ledger.readMode()).toEqual({
      ...mode(),
      frozen: { "huawei-push": change(), standard: change({ changedBy: "ben" }) },
    });
    expect(table.current.requests).toHaveLength(1);
  });

  it("leaves a record of each change", async () => {
    const at = later(77);
    await ledger.writeFreeze("standard", true, change({ changedAt: at }));
    await ledger.writeFreeze("standard", false, change({ changedAt: at, changedBy: "ben" }));
    const records = (await changes()).filter(({ changedAt }) => changedAt === at);
    expect(records).toHaveLength(2);
    expect(records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "freeze", source: "standard", frozen: true, changedBy: "ana", changedAt: at }),
        expect.objectContaining({ kind: "freeze", source: "standard", frozen: false, changedBy: "ben", changedAt: at }),
      ]),
    );
  });

  it.each([true, "ana", {}, { changedAt: AT, changedBy: "ana" }, { changedAt: "now", changedBy: "ana", reason: "" }])(
    "that is stored as %j cannot be read, so nothing acts, whatever the source (invariant 10)",
    async (odd) => {
      await store({ ...mode(), "frozen:standard": odd });
      await expect(ledger.readMode()).rejects.toMatchObject(unreadable);
    },
  );

  it("does not tell in an error who or why", async () => {
    await store({ ...mode(), "frozen:standard": { changedAt: 5, changedBy: "ana@example.com", reason: "a name" } });
    await expect(ledger.readMode()).rejects.toThrow("the list of frozen sources is not valid: /standard/changedAt:");
    await expect(ledger.readMode()).rejects.not.toThrow("example.com");
  });
});
