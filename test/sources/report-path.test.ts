import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { hasStatus, namesReport, reportPath } from "../../lib/sources/report-path.ts";
import { decodedPath, matchRoute } from "../../local/stack/http-api.ts";
import { runs } from "../support/runs.ts";

const ROUTES = [{ routeKey: "GET /reports/{source}/{id+}" }, { routeKey: "ANY /reports/{source}" }];

/** What the function is given of a path by a client that follows it, and by the gateway. */
function given(path: string): { source?: string; id?: string } {
  const { pathname } = new URL(path, "https://api.example.com");
  return matchRoute(ROUTES, "GET", decodedPath(pathname) ?? "")?.pathParameters ?? {};
}

/** Every character that an id may have; the difficult ones more often. */
const character = fc.oneof(
  fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  fc.constantFrom("/", "?", "#", "%", ".", "\\", "+", "&", "2", "F"),
);
const anyId = fc.array(character, { minLength: 1, maxLength: 256 }).map((characters) => characters.join(""));

describe("the path of a report's status", () => {
  it.each([
    ["msg_1", "/reports/standard/msg_1"],
    ["a#b%c", "/reports/standard/a%23b%25c"],
    ["a/b", "/reports/standard/a%252Fb"],
    ["a?b", "/reports/standard/a%253Fb"],
    [".", "/reports/standard/%252E"],
    ["..", "/reports/standard/%252E%252E"],
    ["a/../b", "/reports/standard/a%252F%252E%252E%252Fb"],
    ["...", "/reports/standard/..."],
  ])("of %p is %p", (id, path) => {
    expect(reportPath("standard", id)).toBe(path);
  });

  it("leads any client through the gateway to its report", () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const { source, id: end = "" } = given(reportPath("standard", id));
        expect(source).toBe("standard");
        expect(namesReport(end, id)).toBe(true);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("leads to no report with another id, unless that one is the same id percent-encoded", () => {
    fc.assert(
      fc.property(anyId, anyId, (id, other) => {
        fc.pre(id !== other && decodeSafely(id) !== other);
        expect(namesReport(id, other)).toBe(false);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it.each(["a/b", "/", "//", "/a/", "a/./b", "a#b", "%41", "100%"])("of %p may be encoded once, too", (id) => {
    const { pathname } = new URL(`/reports/standard/${encodeURIComponent(id)}`, "https://api.example.com");
    const end = matchRoute(ROUTES, "GET", decodedPath(pathname) ?? "")?.pathParameters.id ?? "";
    expect(namesReport(end, id)).toBe(true);
  });
});

const decodeSafely = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

it.each([
  ["standard", "standard", true],
  ["forum", "standard", true],
  ["canary", "standard", false],
  ["push", "huawei-push", false],
] as const)("the source %s with the adapter %s has a status: %p", (source, adapter, expected) => {
  expect(hasStatus(source, { adapter })).toBe(expected);
});
