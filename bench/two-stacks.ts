/** Two local stacks: offair's, and one whose functions perform only the network hops. Both are wired by the same template. */
import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageAlone, withoutLimits } from "../build/package-alone.ts";
import type { Stream } from "../lib/core/stream.ts";
import { resumeTimeAfter } from "../lib/core/time.ts";
import { readEvent } from "../local/demo/scene.ts";
import { type SignedReport, signReport } from "../local/demo/send-report.ts";
import type { LocalSubscribers } from "../local/demo/subscriber.ts";
import { SOURCE_SECRET, startWorld, WORKER } from "../local/demo/world.ts";
import type { Simulator } from "../local/live/simulator-types.ts";
import type { Interfere } from "../local/stack/aws-engines.ts";
import type { Stack } from "../local/stack/stack.ts";
import { buildFloors } from "./floors/build.ts";
import type { EventHops } from "./floors/event-hops.ts";
import { signCalls } from "./floors/live-calls.ts";

const DISABLE_HOURS = 168; // as in the rule

export interface StackSide {
  readonly name: "ours" | "floor";
  readonly stack: Stack;
  readonly simulator: Simulator;
  /**
   * A report that makes offair disable at once. The floor's report contains its signed calls to Live, which are valid for 15 minutes.
   *
   * @param eventHops - what the floor does to deliver an event about the outcome. Default: there is no event.
   */
  report(stream: Stream, eventHops?: EventHops): SignedReport;
}

export interface TwoStacks {
  readonly ours: StackSide;
  readonly floor: StackSide;
  close(): Promise<void>;
}

interface ReadQueues {
  /** Whether functions read the queues. */
  readonly isConsumed: boolean;
  /** Whether `notify` reads its queue. */
  readonly isNotified: boolean;
}

export interface TwoStacksOptions extends ReadQueues {
  /** Called with `X-Amz-Target` of every request to the queues and tables of offair's stack. */
  readonly onRequest?: (target: string) => void;
  /** The receivers of events, of each side. Default: none. */
  readonly subscribers?: Readonly<Record<StackSide["name"], LocalSubscribers>>;
}

/** Environments are not recycled, because `init` measures cold starts. The policy's limits are high enough for all reports. */
export async function startTwoStacks({
  isConsumed,
  isNotified = true,
  onRequest,
  subscribers,
}: TwoStacksOptions): Promise<TwoStacks> {
  const cleanup = new AsyncDisposableStack();
  try {
    const { templatePath, remove } = await packageAlone({ changePolicy: withoutLimits });
    cleanup.defer(remove);
    changeTemplate(templatePath, { isConsumed, isNotified });
    const taskRoot = mkdtempSync(join(tmpdir(), "offair-floor-"));
    cleanup.defer(() => rmSync(taskRoot, { recursive: true, force: true }));
    await buildFloors(join(taskRoot, "dist"));
    const sample = await readEvent("report-nudity");
    const start = async (name: StackSide["name"], taskRoot?: string): Promise<StackSide> => {
      const interfere: Interfere = (_service, { headers }) => void onRequest?.(`${headers["x-amz-target"]}`);
      const receivers = subscribers && { subscribers: subscribers[name] };
      const options = { templatePath, ports: { gateway: 0 }, recycleProbability: 0, ...receivers };
      const world = await startWorld({ ...options, ...(taskRoot ? { taskRoot } : { interfere }) });
      cleanup.defer(() => world.close());
      const { simulator, stack } = world;
      assert(simulator);
      const { projectId } = simulator.state().settings;
      return {
        ...{ name, stack, simulator },
        report(stream, eventHops) {
          const now = new Date();
          const report = { ...sample, occurredAt: now.toISOString(), stream, category: "csam" };
          if (name === "ours") return signReport(report, SOURCE_SECRET);
          const { host } = new URL(simulator.url);
          const resumeTime = resumeTimeAfter(now, DISABLE_HOURS);
          const signed = signCalls(stream, { host, projectId, key: WORKER, now, resumeTime });
          return signReport({ ...report, ...signed, eventHops }, SOURCE_SECRET);
        },
      };
    };
    const ours = await start("ours");
    const floor = await start("floor", taskRoot);
    await ours.stack.invoke("incident", await readEvent("incident-mode"));
    return { ours, floor, close: () => cleanup.disposeAsync() };
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** Messages stay on the queues that no function reads. The gateway refuses no request, because a bench posts more of them than a deployment allows. */
export function changeTemplate(templatePath: string, { isConsumed, isNotified }: ReadQueues): void {
  const template = JSON.parse(readFileSync(templatePath, "utf8"));
  for (const [id, { Type, Properties }] of Object.entries<Resource>(template.Resources)) {
    if (Type === "AWS::ApiGatewayV2::Stage") delete Properties.DefaultRouteSettings;
    if (Type !== "AWS::Lambda::EventSourceMapping") continue;
    if (!isConsumed || (!isNotified && id.startsWith("Notify"))) delete template.Resources[id];
  }
  writeFileSync(templatePath, JSON.stringify(template));
}
