/** The packaged CloudFormation template: what the deployment reads from it, and what it changes in it. Pure. */
import { createHash } from "node:crypto";
import * as z from "zod";

const resourceSchema = z.looseObject({
  Type: z.string(),
  DeletionPolicy: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).optional(),
});
export const templateSchema = z.looseObject({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.unknown()).optional(),
});
export type Resource = z.infer<typeof resourceSchema>;
export type Template = z.infer<typeof templateSchema>;

export const parseTemplate = (text: string): Template => templateSchema.parse(JSON.parse(text));

export const resourcesOfType = (template: Template, type: string): [id: string, resource: Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

/** Whether the resource stays when its stack is deleted. */
export const isRetained = (resource: Resource | undefined): boolean =>
  resource?.DeletionPolicy?.startsWith("Retain") ?? false;

/** The sum of the functions' reserved concurrency. */
export function reservedConcurrency(template: Template | undefined): number {
  const functions = template ? resourcesOfType(template, "AWS::Lambda::Function") : [];
  return functions.reduce((sum, [, { Properties }]) => {
    const reserved = Properties?.ReservedConcurrentExecutions;
    return sum + (typeof reserved === "number" ? reserved : 0);
  }, 0);
}

/** The names of the secrets that a person must store; a generated secret is not one of them. By logical id. */
export function namedSecrets(template: Template): Map<string, string> {
  const secrets = resourcesOfType(template, "AWS::SecretsManager::Secret");
  return new Map(
    secrets.flatMap(([id, { Properties = {} }]) =>
      typeof Properties.Name === "string" && Properties.GenerateSecretString === undefined
        ? [[id, Properties.Name]]
        : [],
    ),
  );
}

/**
 * Writes the version of a parameter into each reference to it. Without a version CloudFormation reads the parameter only if the template
 * has changed, so that a corrected project id would be "no changes".
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
 */
export function pinParameter(text: string, name: string, version: number): string {
  return text.replaceAll(`{{resolve:ssm:${name}}}`, `{{resolve:ssm:${name}:${version}}}`);
}

/** A file of the package and the key under which it is uploaded. */
export interface Artifact {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/**
 * Gives each zip a key that is made from its content, so that a function without a change is not in the change set. The framework's own
 * key holds the time of packaging.
 *
 * @param zips - by the last part of the key that the template names.
 * @throws Error if the template names a zip that is not there.
 */
export function withContentKeys(
  template: Template,
  zips: ReadonlyMap<string, Uint8Array>,
  prefix: string,
): { readonly template: Template; readonly artifacts: readonly Artifact[] } {
  const artifacts = new Map<string, Artifact>();
  const Resources = Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => {
      const code = codeOf(resource);
      if (!code) return [id, resource];
      const name = code.S3Key.split("/").at(-1) ?? "";
      const bytes = zips.get(name);
      if (!bytes) throw new Error(`the template names ${name}, which is not in the package`);
      const key = `${prefix}/${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}/${name}`;
      artifacts.set(key, { key, bytes });
      return [id, { ...resource, Properties: { ...resource.Properties, Code: { ...code, S3Key: key } } }];
    }),
  );
  return { template: { ...template, Resources }, artifacts: [...artifacts.values()] };
}

const codeSchema = z.looseObject({ S3Key: z.string() });
const codeOf = ({ Type, Properties }: Resource) =>
  Type === "AWS::Lambda::Function" ? codeSchema.safeParse(Properties?.Code).data : undefined;
