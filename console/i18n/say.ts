/**
 * Texts in English and Simplified Chinese. Both stand side by side, so that none can be missing. The browser's language chooses, unless the
 * person has chosen.
 */

/** English, Simplified Chinese. `{name}` is replaced. English has two forms if it depends on `{n}`: `1 stream|{n} streams`. */
export type Text = readonly [en: string, zh: string];
export type Texts = Readonly<Record<string, Text>>;
export type Language = "en" | "zh";

export type Values = Readonly<Record<string, string | number>>;

const CHOSEN = "offair-language";

export const language: Language = chosenLanguage() ?? languageOf(globalThis.navigator?.languages ?? []);

/** @param wanted - the browser's languages, the best first. */
export function languageOf(wanted: readonly string[]): Language {
  const first = wanted.find((each) => /^(en|zh)\b/i.test(each));
  return first?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function chosenLanguage(): Language | undefined {
  const chosen = globalThis.localStorage?.getItem(CHOSEN);
  return chosen === "en" || chosen === "zh" ? chosen : undefined;
}

/** The page has to be loaded again. */
export const chooseLanguage = (chosen: Language): void => localStorage.setItem(CHOSEN, chosen);

/** What html's `lang` is. */
export const languageTag = language === "zh" ? "zh-CN" : "en";

const numbers = new Intl.NumberFormat(languageTag);

export const say = (text: Text, values: Values = {}): string => sayIn(language, text, values);

export function sayIn(wanted: Language, [en, zh]: Text, values: Values = {}): string {
  const [one = "", many = one] = (wanted === "zh" ? zh : en).split("|");
  const form = values.n === 1 ? one : many;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
  });
}

/** A word of the deployment, which may be newer than the console: an unknown word is shown as it is. */
export const sayWord = (texts: Texts, word: string): string => {
  const text = Object.hasOwn(texts, word) ? texts[word] : undefined;
  return text ? say(text) : word;
};

export const count = (value: number): string => numbers.format(value);

/** @param share - 0 to 1. */
export const percent = (share: number): string =>
  new Intl.NumberFormat(languageTag, { style: "percent", maximumFractionDigits: 1 }).format(share);
