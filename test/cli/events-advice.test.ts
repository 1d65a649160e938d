/** What `offair events subscribers` advises about a delivery that failed. */
import { describe, expect, it } from "@jest/globals";
import { adviceFor } from "../../cli/events/advice.ts";
import { keepEnd } from "../../cli/terminal/width.ts";

describe("the advice about a failed delivery", () => {
  it.each([
    ["answered 301: redirects are not followed", "the URL that the receiver redirects to"],
    ["answered 401", "refuses the signature"],
    ["answered 404", "its path"],
    ["answered 500", "the log of the receiver"],
    ["no connection (ECONNREFUSED)", "that the receiver runs"],
    ["the host name cannot be resolved (ENOTFOUND)", "host and port"],
    ["TLS failed (CERT_HAS_EXPIRED)", "certificate"],
    ["no answer within 10 s", "work afterwards"],
    ["the host has a private or special address", "public addresses only"],
  ])("to %s names what to look at", (problem, advice) => {
    expect(adviceFor(problem)).toContain(advice);
  });

  it("is left out for a problem that it does not know", () => {
    expect(adviceFor("the event could not be encoded or signed")).toBeUndefined();
  });
});

describe("a text of which the end is kept", () => {
  it.each([
    ["live/room-42", 12, "live/room-42"],
    ["live/room-42", 8, "…room-42"],
    ["live/直播间", 6, "…播间"],
  ])("%s in %i columns", (text, width, kept) => {
    expect(keepEnd(text, width)).toBe(kept);
  });
});
