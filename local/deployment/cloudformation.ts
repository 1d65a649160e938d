/**
 * A stand-in for the calls of CloudFormation that a deployment makes. An operation proceeds by a few resources whenever the events of its
 * stack are read, so that a test decides how fast time passes.
 */
import { randomUUID } from "node:crypto";
import { AwsError } from "../aws/aws-error.ts";
import type { Account } from "./account.ts";
import { changeSetXml, eventXml, stackXml } from "./cloudformation-xml.ts";
import {
  computed,
  expectCapabilities,
  expectImports,
  expectType,
  type FetchTemplate,
  importsOf,
  invalid,
  readSubmitted,
} from "./new-change-set.ts";
import { deleteStack, executeChangeSet } from "./operations.ts";
import type { QueryInput, XmlValue } from "./query-protocol.ts";
import { type ChangeSetRecord, createStackRecord, type StackRecord, type StoredTemplate } from "./stack-record.ts";

/** Resources that an operation finishes each time that its events are read. */
const STEPS_PER_READ = 4;
/** CloudFormation's pages hold 100 events and 1 MB of changes; shorter ones here, so that every client has to read on. */
const EVENTS_PER_PAGE = 10;
const CHANGES_PER_PAGE = 5;

export class CloudFormation {
  readonly #account: Account;
  readonly #fetch: FetchTemplate;
  /** Deleted stacks too: they are found by their id. */
  readonly stacks: StackRecord[] = [];

  constructor(account: Account, fetch: FetchTemplate) {
    this.#account = account;
    this.#fetch = fetch;
  }

  /** @throws AwsError as CloudFormation does. */
  execute(input: QueryInput): XmlValue {
    switch (input.action) {
      case "DescribeStacks":
        return { Stacks: [stackXml(this.#find(input.text("StackName")))] };
      case "GetTemplate":
        return { TemplateBody: this.#stored(this.#find(input.text("StackName"))).text };
      case "ListStackResources":
        return this.#resources(this.#find(input.text("StackName")));
      case "DescribeStackResource":
        return this.#resource(this.#find(input.text("StackName")), input.text("LogicalResourceId") ?? "");
      case "ValidateTemplate":
        return { Capabilities: [], Description: String(readSubmitted(input, this.#fetch).template.resources.size) };
      case "DescribeStackEvents":
        return this.#events(this.#find(input.text("StackName")), input.text("NextToken"));
      case "CreateChangeSet":
        return this.#createChangeSet(input);
      case "DescribeChangeSet":
        return this.#describeChangeSet(input);
      case "DeleteChangeSet":
        return this.#deleteChangeSet(input);
      case "ExecuteChangeSet":
        return this.#executeChangeSet(input);
      case "DeleteStack":
        return this.#deleteStack(input);
      default:
        throw new AwsError(400, "InvalidAction", `This stand-in does not implement ${input.action}.`);
    }
  }

  /** By id, also of a deleted stack, or by the name of one that exists. */
  #find(text: string | undefined): StackRecord {
    const isNamed = ({ id, name, status }: StackRecord) =>
      id === text || (name === text && status !== "DELETE_COMPLETE");
    const stack = this.stacks.find(isNamed);
    if (!stack) throw invalid(`Stack with id ${text} does not exist`);
    return stack;
  }

  #stored({ stored, name }: StackRecord): StoredTemplate {
    if (!stored) throw invalid(`Template of stack ${name} does not exist`);
    return stored;
  }

  #resources({ resources }: StackRecord): XmlValue {
    const summaries = [...resources].map(([logicalId, { id, type, status }]) => ({
      ...{ LogicalResourceId: logicalId, PhysicalResourceId: id, ResourceType: type, ResourceStatus: status },
      LastUpdatedTimestamp: new Date().toISOString(),
    }));
    return { StackResourceSummaries: summaries };
  }

  #resource({ resources, name }: StackRecord, id: string): XmlValue {
    const found = resources.get(id);
    if (!found) throw invalid(`Resource ${id} does not exist for stack ${name}`);
    return {
      StackResourceDetail: {
        ...{ LogicalResourceId: id, PhysicalResourceId: found.id, ResourceType: found.type },
        ...{ ResourceStatus: found.status, LastUpdatedTimestamp: new Date().toISOString() },
      },
    };
  }

  /** Newest first. */
  #events(stack: StackRecord, token: string | undefined): XmlValue {
    if (token === undefined) this.#proceed(stack);
    const newest = [...stack.events].reverse();
    const from = token === undefined ? 0 : newest.findIndex(({ id }) => id === token);
    const next = newest[from + EVENTS_PER_PAGE];
    return {
      StackEvents: newest.slice(from, from + EVENTS_PER_PAGE).map((event) => eventXml(stack, event)),
      NextToken: next?.id,
    };
  }

  /** An error of the stand-in itself ends every later read too: the operation would never end. */
  #proceed(stack: StackRecord): void {
    if (stack.broken !== undefined) throw stack.broken;
    try {
      for (let steps = 0; steps < STEPS_PER_READ && stack.running; steps += 1)
        if (stack.running.next().done) stack.running = undefined;
    } catch (error) {
      stack.broken = error;
      throw error;
    }
  }

  #createChangeSet(input: QueryInput): XmlValue {
    const name = input.text("StackName") ?? "";
    const changeSetName = input.text("ChangeSetName") ?? "";
    const type = (input.text("ChangeSetType") ?? "UPDATE") as ChangeSetRecord["type"];
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(changeSetName)) throw invalid("ChangeSetName is invalid");
    const existing = this.stacks.find((each) => each.name === name && each.status !== "DELETE_COMPLETE");
    expectType(existing, name, type, changeSetName);
    const submitted = readSubmitted(input, this.#fetch);
    expectCapabilities(
      submitted,
      input.list("Capabilities").map((item) => item[""] ?? ""),
    );
    const imports = importsOf(input);
    if (type === "IMPORT") expectImports(existing, submitted, imports, this.#account);
    const stack = existing ?? createStackRecord(name, this.#account);
    if (!existing) this.stacks.push(stack);
    stack.tags = new Map(input.list("Tags").map(({ Key = "", Value = "" }) => [Key, Value]));
    if ([...stack.changeSets.values()].some((each) => each.name === changeSetName))
      throw new AwsError(400, "AlreadyExistsException", `ChangeSet ${changeSetName} already exists`);
    const { region, id: account } = this.#account;
    const id = `arn:aws:cloudformation:${region}:${account}:changeSet/${changeSetName}/${randomUUID()}`;
    const { status, statusReason, changes } = computed(stack, submitted, new Set(imports.keys()));
    const values = new Map([...imports].map(([logicalId, { value }]) => [logicalId, value]));
    stack.changeSets.set(id, {
      ...{ id, name: changeSetName, type, submitted, changes },
      imports: values,
      status,
      statusReason,
    });
    return { Id: id, StackId: stack.id };
  }

  #changeSet(input: QueryInput): { stack: StackRecord; changeSet: ChangeSetRecord } {
    const id = input.text("ChangeSetName") ?? "";
    for (const stack of this.stacks) {
      const isOf = [stack.name, stack.id].includes(input.text("StackName") ?? "");
      const named = [...stack.changeSets.values()].find(({ name }) => isOf && name === id);
      const changeSet = stack.changeSets.get(id) ?? named;
      if (changeSet) return { stack, changeSet };
    }
    throw new AwsError(404, "ChangeSetNotFound", `ChangeSet [${id}] does not exist`);
  }

  #describeChangeSet(input: QueryInput): XmlValue {
    const { stack, changeSet } = this.#changeSet(input);
    const from = Number(input.text("NextToken") ?? 0);
    const next = from + CHANGES_PER_PAGE;
    return changeSetXml(stack, changeSet, {
      changes: changeSet.changes.slice(from, next),
      next: next < changeSet.changes.length ? String(next) : undefined,
    });
  }

  /** No error for a change set that does not exist. */
  #deleteChangeSet(input: QueryInput): XmlValue {
    const name = input.text("ChangeSetName");
    for (const { changeSets } of this.stacks)
      for (const changeSet of changeSets.values())
        if (changeSet.id === name || changeSet.name === name) changeSets.delete(changeSet.id);
    return {};
  }

  #executeChangeSet(input: QueryInput): XmlValue {
    const { stack, changeSet } = this.#changeSet(input);
    if (changeSet.status !== "CREATE_COMPLETE")
      throw new AwsError(400, "InvalidChangeSetStatus", `ChangeSet [${changeSet.id}] cannot be executed`);
    if (stack.running) throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    const retainExceptOnCreate = input.text("RetainExceptOnCreate") === "true";
    const operation = { stack, account: this.#account, token: input.text("ClientRequestToken"), retainExceptOnCreate };
    stack.running = executeChangeSet(operation, changeSet);
    stack.changeSets.clear(); // an execution deletes the stack's other change sets too
    stack.running.next();
    return {};
  }

  /** No error for a stack that does not exist. */
  #deleteStack(input: QueryInput): XmlValue {
    const name = input.text("StackName");
    const stack = this.stacks.find(
      (each) => (each.name === name || each.id === name) && each.status !== "DELETE_COMPLETE",
    );
    if (!stack) return {};
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
    if (stack.isProtected)
      throw invalid(`Stack [${stack.id}] cannot be deleted while TerminationProtection is enabled`);
    if (/^(UPDATE|IMPORT).*_IN_PROGRESS$/.test(stack.status))
      throw invalid(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
    const operation = {
      stack,
      account: this.#account,
      token: input.text("ClientRequestToken"),
      retainExceptOnCreate: false,
    };
    stack.running = deleteStack(operation);
    stack.running.next();
    return {};
  }
}
