/** As much XML as S3's bodies need: written with every text escaped, read by tag name from the SDK's own flat documents. */

/** An element that holds text. */
export const leaf = (name: string, text: string | number | boolean): string =>
  `<${name}>${escapeText(String(text))}</${name}>`;

/** An element that holds elements; `undefined` ones are left out. */
export const node = (name: string, children: readonly (string | undefined)[]): string =>
  `<${name}>${children.join("")}</${name}>`;

/** A whole document, in the namespace of S3's schema. */
export const xmlDocument = (name: string, children: readonly (string | undefined)[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${children.join("")}</${name}>`;

/** The inner XML of every `<name>` element, in order. Elements of the same name must not nest. */
export const innerXml = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(([, inner = ""]) => inner);

/** The text of the first `<name>` element. */
export function textOf(xml: string, name: string): string | undefined {
  const [inner] = innerXml(xml, name);
  return inner === undefined ? undefined : unescapeText(inner);
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" } as const;

/** Control characters as references: a bare carriage return would be read as a line feed. */
const escapeText = (text: string): string =>
  text
    .replace(/[&<>"]/g, (c) => ENTITIES[c as keyof typeof ENTITIES])
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`);

const unescapeText = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }[String(name).toLowerCase()] ?? "";
  });
