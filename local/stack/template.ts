/**
 * Reads the CloudFormation template that packaging writes, and resolves its intrinsic functions to the resources that the local stack
 * created. An unknown name is an error, because a wrong guess would go unnoticed.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { readFile } from "node:fs/promises";
import * as z from "zod";

const resourceSchema = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema) });
export type Template = z.infer<typeof templateSchema>;

export const readTemplate = async (path: string): Promise<Template> =>
  templateSchema.parse(JSON.parse(await readFile(path, "utf8")));

/** The local values of one resource: for `Ref`, and for `Fn::GetAtt`. */
export interface Physical {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Scope {
  /** By logical id. */
  readonly resources: ReadonlyMap<string, Physical>;
  /** By name, for example `AWS::Region`. */
  readonly pseudo: Readonly<Record<string, string>>;
}

/** Replaces every intrinsic function in `value`, and omits properties whose value is `AWS::NoValue`. `at` is named in errors. */
export function resolveIntrinsics(value: unknown, scope: Scope, at: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => resolveIntrinsics(item, scope, `${at}[${index}]`));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && (first[0] === "Ref" || first[0].startsWith("Fn::"))) {
    return applyIntrinsic(first[0], first[1], scope, at);
  }
  return Object.fromEntries(
    entries
      .filter(([, item]) => !isNoValue(item))
      .map(([key, item]) => [key, resolveIntrinsics(item, scope, `${at}.${key}`)]),
  );
}

const isNoValue = (value: unknown) =>
  typeof value === "object" && value !== null && "Ref" in value && value.Ref === "AWS::NoValue";

const refSchema = z.string();
const attributeSchema = z.union([
  z.tuple([z.string(), z.string()]),
  z.string().transform((text): [string, string] => [text.split(".", 1)[0] ?? "", text.slice(text.indexOf(".") + 1)]),
]);
const subSchema = z.union([
  z.tuple([z.string(), z.record(z.string(), z.unknown())]),
  z.string().transform((text): [string, Record<string, unknown>] => [text, {}]),
]);
const joinSchema = z.tuple([z.string(), z.array(z.unknown())]);
const splitSchema = z.tuple([z.string(), z.unknown()]);
const selectSchema = z.tuple([z.coerce.number().int().nonnegative(), z.unknown()]);

function applyIntrinsic(name: string, argument: unknown, scope: Scope, at: string): unknown {
  const parse = <T>(schema: z.ZodType<T>): T => {
    const { success, data, error } = schema.safeParse(argument);
    if (!success) throw new Error(`${at}: ${name} is not in the documented format: ${z.prettifyError(error)}`);
    return data;
  };
  const text = (value: unknown) => asText(resolveIntrinsics(value, scope, at), `${at}: ${name}`);
  switch (name) {
    case "Ref":
      return findRef(parse(refSchema), scope, at);
    case "Fn::GetAtt":
      return findAttribute(parse(attributeSchema), scope, at);
    case "Fn::Sub":
      return substitute(parse(subSchema), scope, at);
    case "Fn::Join": {
      const [separator, items] = parse(joinSchema);
      return items.map(text).join(separator);
    }
    case "Fn::Split": {
      const [separator, whole] = parse(splitSchema);
      return text(whole).split(separator);
    }
    case "Fn::Select": {
      const [index, list] = parse(selectSchema);
      const items = resolveIntrinsics(list, scope, at);
      if (Array.isArray(items) && index < items.length) return items[index];
      throw new Error(`${at}: Fn::Select has no item ${index} in ${JSON.stringify(items)}`);
    }
    default:
      throw new Error(`${at}: ${name} is unknown to the local stack`);
  }
}

function findRef(id: string, { resources, pseudo }: Scope, at: string): string {
  const found = Object.hasOwn(pseudo, id) ? pseudo[id] : resources.get(id)?.ref;
  if (found === undefined) throw new Error(`${at}: Ref to ${id}, which has no local value`);
  return found;
}

function findAttribute([id, name]: [string, string], { resources }: Scope, at: string): string {
  const attributes = resources.get(id)?.attributes;
  const found = attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (found === undefined) throw new Error(`${at}: Fn::GetAtt of ${id}.${name}, which has no local value`);
  return found;
}

function substitute([text, variables]: [string, Record<string, unknown>], scope: Scope, at: string): string {
  return text.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`; // "${!Name}" is an escape for the text "${Name}"
    if (Object.hasOwn(variables, name)) return asText(resolveIntrinsics(variables[name], scope, at), `${at}: Fn::Sub`);
    const dot = name.indexOf(".");
    return dot < 0 ? findRef(name, scope, at) : findAttribute([name.slice(0, dot), name.slice(dot + 1)], scope, at);
  });
}

function asText(value: unknown, at: string): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`${at} must be text, not ${JSON.stringify(value)}`);
}
