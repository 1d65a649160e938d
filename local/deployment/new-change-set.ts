/** Validates a request for a change set as CloudFormation does, and computes it. */
import { AwsError } from "../aws/aws-error.ts";
import type { Account } from "./account.ts";
import { type ComputedChange, computeChanges } from "./change-set.ts";
import type { QueryInput } from "./query-protocol.ts";
import { ruleOf } from "./rules.ts";
import type { ChangeSetRecord, StackRecord, StoredTemplate } from "./stack-record.ts";
import { readStackTemplate } from "./template.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_INLINE_BYTES = 51_200;
const MAX_TEMPLATE_BYTES = 1_000_000;

const UPDATABLE = /^((CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE)$/;

export const invalid = (message: string): AwsError => new AwsError(400, "ValidationError", message);

/** Fetches a template by its address in S3. @returns undefined if there is no such object. */
export type FetchTemplate = (url: string) => string | undefined;

/** The template of a request, as text or by its address. @throws AwsError */
export function readSubmitted(input: QueryInput, fetch: FetchTemplate): StoredTemplate {
  const inline = input.text("TemplateBody");
  if (inline !== undefined && Buffer.byteLength(inline) > MAX_INLINE_BYTES)
    throw invalid(`'templateBody' must have length less than or equal to ${MAX_INLINE_BYTES}`);
  const text = inline ?? fetched(input.text("TemplateURL") ?? "", fetch);
  if (Buffer.byteLength(text) > MAX_TEMPLATE_BYTES)
    throw invalid(`Template may not exceed ${MAX_TEMPLATE_BYTES} bytes in size.`);
  try {
    return { text, template: readStackTemplate(text) };
  } catch (error) {
    throw invalid(`Template format error: ${error instanceof Error ? error.message : error}`);
  }
}

function fetched(url: string, fetch: FetchTemplate): string {
  try {
    const text = fetch(url);
    if (text !== undefined) return text;
  } catch (error) {
    if (error instanceof AwsError) throw invalid(`S3 error: ${error.message}`);
    throw error;
  }
  throw invalid("S3 error: The specified key does not exist.");
}

/** The resources to import, by logical id. */
export function importsOf(input: QueryInput): Map<string, { readonly property: string; readonly value: string }> {
  return new Map(
    input.list("ResourcesToImport").map((item) => [
      item.LogicalResourceId ?? "",
      {
        property: item["ResourceIdentifier.entry.1.key"] ?? "",
        value: item["ResourceIdentifier.entry.1.value"] ?? "",
      },
    ]),
  );
}

/** @throws AwsError if the type does not fit the stack. */
export function expectType(stack: StackRecord | undefined, name: string, type: string, changeSet: string): void {
  const isNew = stack === undefined || stack.status === "REVIEW_IN_PROGRESS";
  if (type === "CREATE" && !isNew)
    throw invalid(`Stack [${name}] already exists and cannot be created again with the changeSet [${changeSet}].`);
  if (type === "UPDATE" && isNew) throw invalid(`Stack [${name}] does not exist`);
  if (!isNew && !UPDATABLE.test(stack.status))
    throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

/** Named and unnamed roles need a confirmation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html */
export function expectCapabilities({ template }: StoredTemplate, capabilities: readonly string[]): void {
  const hasRoles = [...template.resources.values()].some(({ Type }) => Type.startsWith("AWS::IAM::"));
  if (hasRoles && !capabilities.some((each) => each.startsWith("CAPABILITY_")))
    throw new AwsError(400, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]");
}

/** An import changes nothing else: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html */
export function expectImports(
  stack: StackRecord | undefined,
  { template }: StoredTemplate,
  imports: ReadonlyMap<string, { readonly property: string; readonly value: string }>,
  account: Account,
): void {
  if (imports.size === 0) throw invalid("Resources to import must be specified");
  for (const [id, { property, value }] of imports) {
    const resource = template.resources.get(id);
    if (!resource) throw invalid(`Resources [${id}] to import are not in the template`);
    const { Type: type, DeletionPolicy } = resource;
    if (DeletionPolicy === undefined)
      throw invalid(`Resource [${id}] must have DeletionPolicy attribute specified in the template.`);
    if (ruleOf(type).importedBy !== property)
      throw invalid(`Resource identifier [${property}] is not valid for the resource type ${type}`);
    const owner = [...account.all(type)].find((each) => each.id === value || each.name === value)?.owner;
    if (owner !== undefined) throw invalid(`Resource ${value} already exists in stack ${owner}`);
  }
  const changes = computeChanges(stack?.stored?.template, template, new Set(imports.keys()));
  const others = changes.filter(({ action }) => action !== "Import");
  if (others.length > 0)
    throw invalid(
      `As part of the import operation, you cannot modify or add resources or outputs [${others.map(({ id }) => id).join(", ")}]`,
    );
  const outputs = (stored: StoredTemplate | undefined) => JSON.stringify(stored?.template.outputs ?? {});
  if (outputs(stack?.stored) !== outputs({ text: "", template }))
    throw invalid("As part of the import operation, you cannot modify or add [Outputs]");
}

/** The status of a computed change set; an empty one has failed, with a text that clients recognise. */
export function computed(
  stack: StackRecord | undefined,
  submitted: StoredTemplate,
  imports: ReadonlySet<string>,
): Pick<ChangeSetRecord, "status" | "statusReason"> & { readonly changes: readonly ComputedChange[] } {
  try {
    const changes = computeChanges(stack?.stored?.template, submitted.template, imports);
    const outputs = (stored: StoredTemplate | undefined) => JSON.stringify(stored?.template.outputs ?? {});
    if (changes.length === 0 && outputs(stack?.stored) === outputs(submitted)) {
      const reason =
        "The submitted information didn't contain changes. Submit different information to create a change set.";
      return { status: "FAILED", statusReason: reason, changes };
    }
    return { status: "CREATE_COMPLETE", statusReason: undefined, changes };
  } catch (error) {
    return { status: "FAILED", statusReason: error instanceof Error ? error.message : String(error), changes: [] };
  }
}
