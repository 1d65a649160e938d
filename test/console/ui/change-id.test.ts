import { describe, expect, it } from "@jest/globals";
import { ConsoleError } from "../../../console/http/client.ts";
import { afterAnswer, afterFailure, type ChangeId } from "../../../console/ui/change-id.ts";

const first: ChangeId = { id: "first", maybeDone: false };
const newId = (): string => "next";
const unanswered = new ConsoleError("unanswered", "503", true);

describe("the id of a change", () => {
  it("is another one after an answer, because the deployment would repeat its answer", () => {
    expect(afterAnswer(newId)).toEqual({ id: "next", maybeDone: false });
    expect(afterFailure(first, new ConsoleError("failed", "is not a source of the policy"), newId).id).toBe("next");
  });

  it("is another one after a failure that did nothing", () => {
    for (const kind of ["credentials", "session", "unanswered", "invalid"] as const)
      expect(afterFailure(first, new ConsoleError(kind, ""), newId)).toEqual({ id: "next", maybeDone: false });
  });

  it("stays when nothing answered, so that sending again does it once", () => {
    const open = afterFailure(first, unanswered, newId);
    expect(open).toEqual({ id: "first", maybeDone: true });
    expect(afterFailure(open, new ConsoleError("unreachable", "", true), newId)).toEqual(open);
  });

  it("stays until the deployment answers, also when a later attempt certainly did nothing", () => {
    const open = afterFailure(first, unanswered, newId);
    for (const kind of ["credentials", "session", "link", "unanswered", "unreachable"] as const)
      expect(afterFailure(open, new ConsoleError(kind, ""), newId)).toEqual(open);
    expect(afterFailure(open, new ConsoleError("failed", "has expired"), newId).id).toBe("next");
  });
});
