/** AWS's query protocol: a form as request, XML as response. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
import { randomUUID } from "node:crypto";
import type { AwsError } from "../aws/aws-error.ts";
import type { HttpAnswer } from "../aws/stand-in.ts";
import { leaf, node } from "../aws/xml.ts";

/** A response: text, elements, or a list, whose items become `member` elements. Undefined members are omitted. */
export type XmlValue =
  | string
  | number
  | boolean
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue | undefined };

export class QueryInput {
  readonly #form: URLSearchParams;

  constructor(body: Buffer) {
    this.#form = new URLSearchParams(body.toString());
  }

  get action(): string {
    return this.#form.get("Action") ?? "";
  }

  text(name: string): string | undefined {
    return this.#form.get(name) ?? undefined;
  }

  /** `Capabilities.member.1`, `Tags.member.2.Key`: the parts after the number are joined to their values. */
  list(name: string): Record<string, string>[] {
    const items: Record<string, string>[] = [];
    for (const [key, value] of this.#form) {
      const [, number, rest = ""] = new RegExp(`^${name}\\.member\\.(\\d+)(?:\\.(.+))?$`).exec(key) ?? [];
      if (number === undefined) continue;
      const index = Number(number) - 1;
      items[index] = { ...items[index], [rest]: value };
    }
    return items;
  }
}

export function queryAnswer(action: string, namespace: string, result: XmlValue): HttpAnswer {
  const id = randomUUID();
  const body = [render(`${action}Result`, result), node("ResponseMetadata", [leaf("RequestId", id)])].join("");
  return {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": id },
    body: `<${action}Response xmlns="${namespace}">${body}</${action}Response>`,
  };
}

function render(name: string, value: XmlValue): string {
  if (typeof value !== "object") return leaf(name, value);
  if (Array.isArray(value))
    return node(
      name,
      value.map((item: XmlValue) => render("member", item)),
    );
  const members = Object.entries(value).map(([key, item]) => (item === undefined ? undefined : render(key, item)));
  return node(name, members);
}

export const queryError = ({ status, code, message }: AwsError): HttpAnswer => ({
  status,
  headers: { "content-type": "text/xml" },
  body: `<ErrorResponse>${node("Error", [
    ...[leaf("Type", status < 500 ? "Sender" : "Receiver"), leaf("Code", code), leaf("Message", message)],
  ])}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
});
