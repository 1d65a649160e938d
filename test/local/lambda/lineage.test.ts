import { expect, it } from "@jest/globals";
import { headerWith, invocationsBefore, lineageId, newTrace } from "../../../local/lambda/lineage.ts";

const ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";

it("a header without the function has no invocation of it", () => {
  expect(invocationsBefore(undefined, "a87bd80c")).toBe(0);
  expect(invocationsBefore(ROOT, "a87bd80c")).toBe(0);
  expect(invocationsBefore(`${ROOT};Lineage=68fd508a:5`, "a87bd80c")).toBe(0);
});

it("each invocation adds one to its own function, and leaves the others and the trace as they are", () => {
  let header = `${ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=68fd508a:5`;
  for (const before of [0, 1, 2]) {
    expect(invocationsBefore(header, "a87bd80c")).toBe(before);
    header = headerWith(header, "a87bd80c", before);
  }
  expect(header).toBe(`${ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=68fd508a:5|a87bd80c:2`);
});

it("a new trace has the form of X-Ray, and a function an id of its own", () => {
  expect(newTrace(new Date("2020-03-12T19:03:58.390Z"))).toMatch(/^Root=1-5e6a879e-[0-9a-f]{24}$/);
  expect(lineageId("arn:a")).toMatch(/^[0-9a-f]{8}$/);
  expect(lineageId("arn:a")).not.toBe(lineageId("arn:b"));
});
