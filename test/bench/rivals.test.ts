/** What is timed does the same on both sides; with the whole stack, `npm run bench` looks itself. */
import { describe, expect, it } from "@jest/globals";
import { checkSigners } from "../../bench/sign.ts";
import { checkReaders } from "../../bench/verify.ts";
import { signReport } from "../../local/demo/send-report.ts";

describe("ours and the rival", () => {
  it("sign both requests as the guide has it", () => {
    expect(checkSigners).not.toThrow();
  });

  it("take what is genuine, and refuse what is forged, altered, old or no report", () => {
    expect(() => checkReaders()).not.toThrow();
  });

  it("are refused where they would read something else than what is measured", () => {
    const foreign = signReport(
      { occurredAt: "2026-11-21T21:59:58Z" },
      "whsec_YW5vdGhlciBrZXkgdGhhdCBpcyBsb25nIGVub3VnaA==",
    );
    expect(() => checkReaders(foreign)).toThrow();
  });
});
