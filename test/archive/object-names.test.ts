import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  eventsName,
  expectedName,
  findingsName,
  pageName,
  parseObjectName,
  snapshotName,
} from "../../lib/archive/object-names.ts";
import "../support/runs.ts";

const slots = fc
  .date({ min: new Date("1970-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
  .map((date) => new Date(Math.floor(date.getTime() / 1_000) * 1_000));

it("a name that an audit gives is read back, whatever the domain is", () => {
  const domains = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(
    fc.property(slots, domains, (slot, domain) => {
      expect(parseObjectName(snapshotName(domain, slot))).toEqual({ folder: "snapshots", slot, domain });
      expect(parseObjectName(eventsName(slot))).toEqual({ folder: "events", slot });
      expect(parseObjectName(expectedName(slot))).toEqual({ folder: "expected", slot });
      expect(parseObjectName(findingsName(slot))).toEqual({ folder: "findings", slot });
      expect(parseObjectName(pageName(slot))).toEqual({ folder: "pages", slot });
    }),
  );
});

describe("any other name is none of an audit's objects:", () => {
  it.each([
    "snapshots/domain=push%2Eexample/dt=2026-11-20/020000Z.ndjson.gz",
    "snapshots/domain=%E8/dt=2026-11-20/020000Z.ndjson.gz",
    "snapshots/domain=a/b/dt=2026-11-20/020000Z.ndjson.gz",
    "snapshots/dt=2026-11-20/020000Z.ndjson.gz",
    "events/domain=a/dt=2026-11-20/020000Z.ndjson.gz",
    "events/dt=2026-11-20/020000Z.ndjson.gz.old",
    "events/dt=2026-11-20/020000Z.ndjson",
    "events/dt=2026-02-30/020000Z.ndjson.gz",
    "events/dt=2026-11-20/246000Z.ndjson.gz",
    "pages/dt=2026-11-20/020000Z.ndjson.gz",
    "toString/dt=2026-11-20/020000Z.html",
    "manifests/0000000001.json",
    "",
  ])("%s", (name) => {
    expect(parseObjectName(name)).toBeUndefined();
  });
});
