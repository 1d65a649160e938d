import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseRow } from "../../lib/archive/line-schemas.ts";
import { packLines, readLines } from "../../lib/archive/ndjson.ts";
import { snapshotName } from "../../lib/archive/object-names.ts";
import type { SnapshotRow } from "../../lib/archive/snapshot.ts";
import { collect } from "../support/collect.ts";
import "../support/runs.ts";

const SLOT = new Date("2026-11-21T07:05:09Z");
const row = (change: Partial<SnapshotRow> = {}): SnapshotRow => ({
  domain: "push.example.com",
  app: "live",
  stream: "room-42",
  resumeTime: "2026-11-22T12:00:00Z",
  seenAt: "2026-11-21T07:05:10.123Z",
  ...change,
});
const read = (bytes: Uint8Array) => collect(readLines(bytes, parseRow));

it("objects are named by domain, day and second of the slot, in UTC", () => {
  expect(snapshotName("push.example.com", SLOT)).toBe(
    "snapshots/domain=push.example.com/dt=2026-11-21/070509Z.ndjson.gz",
  );
});

it("a domain cannot lead out of its partition", () => {
  expect(snapshotName("../a/dt=2020-01-01/b c\n", SLOT)).toBe(
    "snapshots/domain=..%2Fa%2Fdt%3D2020-01-01%2Fb%20c%0A/dt=2026-11-21/070509Z.ndjson.gz",
  );
});

describe("rows", () => {
  it("are one JSON object a line, each line ended", async () => {
    const { bytes, count } = await packLines([row(), row({ stream: "b", resumeTime: null })]);
    expect(count).toBe(2);
    expect(gunzipSync(bytes).toString()).toBe(
      '{"domain":"push.example.com","app":"live","stream":"room-42","resumeTime":"2026-11-22T12:00:00Z","seenAt":"2026-11-21T07:05:10.123Z"}\n' +
        '{"domain":"push.example.com","app":"live","stream":"b","resumeTime":null,"seenAt":"2026-11-21T07:05:10.123Z"}\n',
    );
  });

  it("that are the same are the same bytes, with no time in the gzip header", async () => {
    const { bytes } = await packLines([row()]);
    expect((await packLines([row()])).bytes).toEqual(bytes);
    expect(bytes.readUInt32LE(4)).toBe(0); // RFC 1952: MTIME
    expect((await packLines([row({ stream: "room-43" })])).bytes).not.toEqual(bytes);
  });

  it("come back as they went, whatever is in a name", async () => {
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("a\nb", "\r\n", "\u0000\u001b[31m", "\u2028\u2029", '"}{"', "\\n", "\ud800", "\ufeff", "😀/*"),
    );
    const rows = fc.array(
      fc.record({ domain: name, app: name, stream: name, resumeTime: fc.option(name) }).map((names) => row(names)),
    );
    await fc.assert(
      fc.asyncProperty(rows, async (list) => {
        const { bytes } = await packLines(list);
        expect(await read(bytes)).toEqual(list);
        expect(gunzipSync(bytes).toString().split("\n")).toHaveLength(list.length + 1);
      }),
    );
  });

  it("are no others", async () => {
    const { bytes } = await packLines([{ domain: "push.example.com" }]);
    await expect(read(bytes)).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
  });
});
