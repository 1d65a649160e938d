/** What an id that somebody typed names, by its form alone. */

export type Subject =
  /** Of a request of an operator; or its beginning, or a misspelt one. */
  | { readonly kind: "order"; readonly orderId: string }
  | { readonly kind: "report"; readonly report: string }
  /** An order of a stream; or a stream whose name ends like a number. */
  | { readonly kind: "stream-order"; readonly stream: string; readonly number: number }
  | { readonly kind: "stream" };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The name of a source has no slash, and a domain has no number sign. @returns undefined if it has none of the forms. */
export function subjectOf(text: string): Subject | undefined {
  if (/^op-[^/#]*$/i.test(text)) return { kind: "order", orderId: text };
  if (UUID.test(text)) return { kind: "order", orderId: `op-${text}` };
  if (/^[^/#]+#./s.test(text)) return { kind: "report", report: text };
  const [, stream, number] = /^([^/#]+\/[^/]+\/.+)#(\d{1,15})$/su.exec(text) ?? [];
  if (stream !== undefined) return { kind: "stream-order", stream, number: Number(number) };
  return /^[^/]+\/[^/]+\/./su.test(text) ? { kind: "stream" } : undefined;
}
