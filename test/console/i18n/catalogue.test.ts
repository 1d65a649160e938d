/** Every text of the console in both languages. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { CATALOGUE } from "../../../console/i18n/catalogue.ts";
import { languageOf, sayIn, type Text } from "../../../console/i18n/say.ts";
import "../../support/runs.ts";

const texts = Object.entries(CATALOGUE).flatMap(([group, all]) =>
  Object.entries(all).map(([name, text]): [string, Text] => [`${group}.${name}`, text]),
);
const valuesIn = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

/** Names, keys, what is typed, and words of the field that Chinese takes as they are. */
const NAMES =
  /offair (history|verify|apply)|offair( console)?|--?[a-z][a-z-]+|[A-Z]+_[A-Z]+|docs\/\w+\.md|CloudWatch|API|bundle|STAGE|KEY\.pem|\.?tar|break[- ]glass|enforce|observe|verified|op-?|room-\*?|raid?\b|Shift|Ctrl|Enter|Escape|Home|End|Page (Up|Down)|Tab|AWS|Huawei|Live|UTC|SHA-?256|JSON|CSV|HTTPS?|URL|ID|IP|ARN|csam|op-…/gi;

describe("every text", () => {
  it.each(texts)("%s has two languages with the same values", (_, [en, zh]) => {
    expect([en.trimEnd(), zh.trim()]).toEqual([en, zh]); // English may begin with the space that Chinese does not have
    expect([en, zh]).not.toContain("");
    const forms = en.split("|");
    expect(forms.length).toBeLessThanOrEqual(2);
    expect(zh).not.toContain("|");
    const [one = "", many = one] = forms;
    expect(valuesIn(zh)).toEqual(valuesIn(many));
    if (forms.length === 2) {
      expect(valuesIn(many)).toContain("{n}");
      expect(valuesIn(one).filter((value) => value !== "{n}")).toEqual(
        valuesIn(many).filter((value) => value !== "{n}"),
      );
    }
  });

  it.each(texts)("%s has no English left over in Chinese, and no Chinese in English", (_, [en, zh]) => {
    expect(
      zh
        .replace(/\{\w+\}/g, "")
        .replace(NAMES, "")
        .match(/[A-Za-z]{2,}/g),
    ).toBeNull();
    expect(en).not.toMatch(/\p{Script=Han}/u);
  });

  it.each(texts)("%s ends as a sentence in both, or in neither", (_, [en, zh]) => {
    expect(/[。！？]$/.test(zh)).toBe(/[.!?]$/.test(en));
  });
});

describe("a text", () => {
  it("takes its values as they are, also what looks like a value", () => {
    expect(sayIn("en", ["{a} and {b}", "{a}和{b}"], { a: "{b}", b: "$&" })).toBe("{b} and $&");
    expect(sayIn("zh", ["{a} and {b}", "{a}和{b}"], { a: "甲", b: "乙" })).toBe("甲和乙");
  });

  it("has two forms in English", () => {
    const text: Text = ["1 stream|{n} streams", "{n} 条流"];
    expect([0, 1, 2].map((n) => sayIn("en", text, { n }))).toEqual(["0 streams", "1 stream", "2 streams"]);
    expect([0, 1, 2].map((n) => sayIn("zh", text, { n }))).toEqual(["0 条流", "1 条流", "2 条流"]);
  });
});

describe("the language", () => {
  it.each([
    [["zh-CN", "en"], "zh"],
    [["zh-Hant-TW"], "zh"],
    [["ZH"], "zh"],
    [["de", "zh", "en"], "zh"],
    [["en-GB", "zh"], "en"],
    [["de", "fr"], "en"],
    [["zhx", "english"], "en"],
    [[], "en"],
  ])("of %j is %s", (wanted, language) => {
    expect(languageOf(wanted)).toBe(language);
  });

  it("is the first of the two that the browser wants, whatever else it wants", () => {
    const other = fc.string().filter((each) => !/^(en|zh)\b/i.test(each));
    fc.assert(
      fc.property(
        fc.array(other),
        fc.constantFrom("en", "zh", "en-US", "zh-CN"),
        fc.array(fc.string()),
        (before, tag, rest) => {
          expect(languageOf([...before, tag, ...rest])).toBe(tag.slice(0, 2));
        },
      ),
    );
  });
});
