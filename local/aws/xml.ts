/** Writes the XML of S3's response bodies. All text is escaped. */

/** An element that contains text. */
export const leaf = (name: string, text: string | number | boolean): string =>
  `<${name}>${escapeText(String(text))}</${name}>`;

/** An element that contains elements; `undefined` children are omitted. */
export const node = (name: string, children: readonly (string | undefined)[]): string =>
  `<${name}>${children.join("")}</${name}>`;

/** A complete document, in the namespace of S3's schema. */
export const xmlDocument = (name: string, children: readonly (string | undefined)[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${children.join("")}</${name}>`;

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" } as const;

/** Writes control characters as references, because a parser reads a bare carriage return as a line feed. */
const escapeText = (text: string): string =>
  text
    .replace(/[&<>"]/g, (c) => ENTITIES[c as keyof typeof ENTITIES])
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`);
