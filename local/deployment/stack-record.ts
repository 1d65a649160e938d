/** A stack as CloudFormation remembers it: its template, its resources, its events and its change sets. */
import { randomUUID } from "node:crypto";
import type { ComputedChange } from "./change-set.ts";
import type { StackTemplate } from "./template.ts";

export interface StackEvent {
  readonly id: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly token: string | undefined;
  readonly at: Date;
}

export interface StoredResource {
  readonly type: string;
  /** What `Ref` returns. */
  readonly id: string;
  /** The name under which the account knows it. */
  readonly name: string;
  status: string;
}

export interface StoredTemplate {
  readonly text: string;
  readonly template: StackTemplate;
}

export interface ChangeSetRecord {
  readonly id: string;
  readonly name: string;
  readonly type: "CREATE" | "UPDATE" | "IMPORT";
  readonly submitted: StoredTemplate;
  readonly changes: readonly ComputedChange[];
  /** Identifier values by logical id. */
  readonly imports: ReadonlyMap<string, string>;
  status: "CREATE_IN_PROGRESS" | "CREATE_COMPLETE" | "FAILED";
  statusReason: string | undefined;
}

export interface StackRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  status: string;
  statusReason: string | undefined;
  stored: StoredTemplate | undefined;
  readonly resources: Map<string, StoredResource>;
  outputs: ReadonlyMap<string, string>;
  readonly events: StackEvent[];
  readonly changeSets: Map<string, ChangeSetRecord>;
  tags: ReadonlyMap<string, string>;
  /** The operation that runs; each step is one resource. */
  running: Iterator<void> | undefined;
  /** Termination protection. */
  isProtected?: boolean;
  /** Why the stand-in failed in the middle of an operation. */
  broken?: unknown;
}

export const createStackRecord = (name: string, { region, id }: { region: string; id: string }): StackRecord => ({
  id: `arn:aws:cloudformation:${region}:${id}:stack/${name}/${randomUUID()}`,
  ...{ name, createdAt: new Date(), status: "REVIEW_IN_PROGRESS", statusReason: undefined, stored: undefined },
  ...{ resources: new Map(), outputs: new Map(), events: [], changeSets: new Map(), tags: new Map() },
  running: undefined,
});

/** @param of - a resource; the stack itself if absent. */
export function addEvent(
  stack: StackRecord,
  event: { readonly status: string; readonly token: string | undefined; readonly reason?: string | undefined },
  of: { readonly logicalId: string; readonly physicalId: string; readonly type: string } = {
    ...{ logicalId: stack.name, physicalId: stack.id, type: "AWS::CloudFormation::Stack" },
  },
): void {
  stack.events.push({
    id: randomUUID(),
    ...of,
    status: event.status,
    reason: event.reason,
    token: event.token,
    at: new Date(),
  });
}
