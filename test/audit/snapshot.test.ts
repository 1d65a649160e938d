import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { SnapshotRow } from "../../lib/audit/listing.ts";
import { manifestName, packRows, snapshotName, unpackManifest, unpackRows } from "../../lib/audit/snapshot.ts";

const SLOT = new Date("2026-11-21T07:05:09Z");
const row = (change: Partial<SnapshotRow> = {}): SnapshotRow => ({
  domain: "push.example.com",
  app: "live",
  stream: "room-42",
  resumeTime: "2026-11-22T12:00:00Z",
  seenAt: "2026-11-21T07:05:10.123Z",
  ...change,
});

it("objects are named by domain, day and second of the slot, in UTC, manifests under a prefix of their own", () => {
  expect(snapshotName("push.example.com", SLOT)).toBe(
    "snapshots/domain=push.example.com/dt=2026-11-21/070509Z.ndjson.gz",
  );
  expect(manifestName("push.example.com", SLOT)).toBe("manifests/domain=push.example.com/dt=2026-11-21/070509Z.json");
});

it("a domain cannot lead out of its partition", () => {
  expect(snapshotName("../a/dt=2020-01-01/b c\n", SLOT)).toBe(
    "snapshots/domain=..%2Fa%2Fdt%3D2020-01-01%2Fb%20c%0A/dt=2026-11-21/070509Z.ndjson.gz",
  );
});

describe("rows", () => {
  it("are one JSON object a line, keys in the documented order, each line ended", () => {
    const text = gunzipSync(packRows([row(), row({ stream: "b", resumeTime: null })])).toString();
    expect(text).toBe(
      '{"domain":"push.example.com","app":"live","stream":"room-42","resumeTime":"2026-11-22T12:00:00Z","seenAt":"2026-11-21T07:05:10.123Z"}\n' +
        '{"domain":"push.example.com","app":"live","stream":"b","resumeTime":null,"seenAt":"2026-11-21T07:05:10.123Z"}\n',
    );
  });

  it("that are the same are the same bytes, with no time in the gzip header", () => {
    const bytes = packRows([row()]);
    expect(packRows([row()])).toEqual(bytes);
    expect(bytes.readUInt32LE(4)).toBe(0); // RFC 1952: MTIME
    expect(packRows([row({ stream: "room-43" })])).not.toEqual(bytes);
  });

  it("of none are an object too", () => {
    expect(gunzipSync(packRows([])).toString()).toBe("");
    expect(unpackRows(packRows([]))).toEqual([]);
  });

  it("come back as they went, whatever is in a name", () => {
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("a\nb", "\r\n", "\u0000\u001b[31m", "\u2028\u2029", '"}{"', "\\n", "\ud800", "\ufeff", "😀/*"),
    );
    const rows = fc.array(
      fc.record({ domain: name, app: name, stream: name, resumeTime: fc.option(name), seenAt: name }),
    );
    fc.assert(
      fc.property(rows, (list) => {
        const bytes = packRows(list);
        expect(unpackRows(bytes)).toEqual(list);
        expect(gunzipSync(bytes).toString().split("\n")).toHaveLength(list.length + 1);
      }),
    );
  });

  it.each([
    ["no gzip", Buffer.from("{}")],
    ["half an object", packRows([row()]).subarray(0, 40)],
    ["no JSON", gzipSync("{\n")],
    ["other rows", gzipSync('{"domain":"push.example.com"}\n')],
    ["no bytes", Buffer.alloc(0)],
  ])("cannot be read from %s", (_, bytes) => {
    expect(() => unpackRows(bytes)).toThrow(expect.objectContaining({ code: "ERR_ARCHIVE" }));
  });
});

it.each(["", "{", "null", "[]", '{"version":1}', '{"version":2,"complete":true}'])("%j is no manifest", (text) => {
  expect(() => unpackManifest(Buffer.from(text))).toThrow(expect.objectContaining({ code: "ERR_ARCHIVE" }));
});
