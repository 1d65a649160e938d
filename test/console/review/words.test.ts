import { describe, expect, it } from "@jest/globals";
import {
  isSealed,
  leftText,
  linkOf,
  personText,
  reportedText,
  timeLeft,
  waitsText,
  wayOf,
} from "../../../console/review/words.ts";
import { longText } from "../../../console/ui/time-text.ts";
import { caseOf, held } from "./fake-desk.ts";

describe("a case in words", () => {
  it("has the time that is left, which goes on after it was read", () => {
    const row = caseOf("a");
    expect(timeLeft(row, 0)).toEqual({ seconds: 1_200, level: "" });
    expect(timeLeft(row, 400_000)).toEqual({ seconds: 800, level: "warn" });
    expect(timeLeft(row, 900_000)).toEqual({ seconds: 300, level: "bad" });
    expect(timeLeft(row, 1_260_000)).toEqual({ seconds: -60, level: "bad" });
    expect(leftText({ seconds: -60, level: "bad" })).toBe("1 min overdue");
    expect(timeLeft(caseOf("a", { secondsLeft: undefined as never }), 0)).toBeUndefined();
    expect(longText(4_800_000)).toBe("1 hr 20 min");
    expect(longText(0)).toBe("0 sec");
  });

  it("names what was reported, and why it waits", () => {
    expect(reportedText(caseOf("a", { score: 0.1 + 0.2, grade: "C" }))).toBe(
      "weapons · score 0.3 · 10 minutes ago · by standard · grade C",
    );
    expect(waitsText(caseOf("a"))).toBe("rule weapons asks for a person");
    expect(waitsText(held("a"))).toBe("rule weapons: the limit of all automatic actions is full · its disable is held");
    expect(waitsText(caseOf("a", { because: "of-tomorrow", rule: undefined as never }))).toBe("of-tomorrow");
    expect(waitsText(held("a", { isSample: true }))).toBe(
      "Drawn for the sample: was its disable right? It was carried out.",
    );
  });

  it("shows why the rules decided so, without what was reported and rules of other categories", () => {
    const rules = [
      { rule: "r1", unmet: ["score >= 0.9", "two reporters"] },
      { rule: "r2", unmet: ["category is csam"] },
      { rule: "r3", unmet: [] },
    ];
    expect(
      wayOf({ steps: ["weapons, 0.4", "grade C"], rules: [...rules, { rule: "r4", unmet: ["category spam"] }] }),
    ).toEqual(
      ["grade C", "not r1: score >= 0.9; two reporters", "not r2: category is csam"].filter(
        (each) => !each.includes("category "),
      ),
    );
  });

  it.each([
    ["arn:aws:iam::123456789012:user/team/alice", "alice"],
    ["arn:aws:sts::123456789012:assumed-role/Moderators/alice", "alice (Moderators)"],
    ["alice (claimed)", "alice (claimed)"],
  ])("names people: %s", (arn, name) => expect(personText(arn)).toBe(name));
});

describe("a link", () => {
  it.each([
    ["https://cdn.example.com/a.jpg", { host: "cdn.example.com", isHttps: true }],
    ["http://cdn.example.com/a.jpg", { host: "cdn.example.com", isHttps: false }],
    ["javascript:alert(1)", { host: "?", isHttps: false }],
    ["data:text/html,x", { host: "?", isHttps: false }],
    ["https://user:secret@cdn.example.com/", { host: "cdn.example.com", isHttps: false }],
    [" https:\\\\cdn.example.com", { host: "cdn.example.com", isHttps: true }],
    ["//cdn.example.com/a.jpg", { host: "?", isHttps: false }],
    ["", { host: "?", isHttps: false }],
  ])("can be opened only if it is https: %s", (url, expected) => expect(linkOf(url)).toEqual({ url, ...expected }));

  it("cannot be opened at all if any report of the stream is of csam", () => {
    expect(isSealed(caseOf("a", { category: "csam" }))).toBe(true);
    const other = { key: "s#1", source: "s", category: "csam", receivedAt: "x", ageMinutes: 1 } as const;
    expect(isSealed(caseOf("a", { reports: [other] }))).toBe(true);
    expect(isSealed(caseOf("a"))).toBe(false);
  });
});
