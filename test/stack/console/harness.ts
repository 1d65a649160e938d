/**
 * The console in Chromium: against the local stack (`useStackConsole`), or against a route that answers what the test says
 * (`useRouteConsole`), which starts in two seconds. Call one of them once at the top of a test file. After each test, every page that it
 * opened must have been quiet; pages and processes then end.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { type PackagedAlone, packageAlone } from "../../../build/package-alone.ts";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import type { Stream } from "../../../lib/core/stream.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import { describeStack, writeLocalFile } from "../../../local/demo/local-file.ts";
import { until } from "../../../local/demo/scene.ts";
import { postReport, signReport } from "../../../local/demo/send-report.ts";
import {
  OPERATORS,
  SOURCE,
  SOURCE_SECRET,
  startWorld,
  type World,
  type WorldOptions,
} from "../../../local/demo/world.ts";
import { type ScriptedGateway, useGateway } from "../../cli/gateway.ts";
import { askOperator } from "../../support/ask-operator.ts";
import { executablePath, launch } from "../browser/chromium.ts";
import { buildConsoles, type ConsoleProcess, type ConsoleProcesses } from "./console-process.ts";
import { type OpenedConsole, type OpenOptions, openPage, PATIENCE_MS } from "./open-page.ts";

export type Person = keyof typeof OPERATORS;

/** Tests in a browser: left out where there is no Chromium. */
export const describeInBrowser = executablePath ? describe : describe.skip;

export interface Consoles {
  readonly browser: Browser;
  /** Starts `offair console`. @param env - settings that replace the harness's own. */
  start(person?: Person, env?: NodeJS.ProcessEnv): Promise<ConsoleProcess>;
  /** Opens a session in a browser context of its own. @param of - the operator, or a console that runs already. */
  open(of?: Person | ConsoleProcess, options?: OpenOptions): Promise<OpenedConsole>;
}

export interface StackConsoles extends Consoles {
  readonly world: World;
  readonly ledger: Ledger;
  /** Sends a request to the operator's route, signed by a person. */
  ask(person: Person, request: object): Promise<OperatorResponse>;
  /** Sends a report of the source `standard`. @returns its key. */
  report(stream: string | Stream, changed?: Readonly<Record<string, unknown>>, id?: string): Promise<string>;
  /** As `report`, and waits until it waits for a person. By default, the report is one that the policy gives to a person. */
  reportForReview(stream: string | Stream, changed?: Readonly<Record<string, unknown>>, id?: string): Promise<string>;
  /** Starts encoders in the simulator. */
  push(...streams: readonly (string | Stream)[]): void;
}

export interface RouteConsoles extends Consoles {
  readonly route: ScriptedGateway;
}

/** A stream of `push.example.com/live` by its name. */
export const streamOf = (name: string): Stream => ({ domain: "push.example.com", app: "live", stream: name });
const asStream = (given: string | Stream): Stream => (typeof given === "string" ? streamOf(given) : given);

function useConsoles(envOf: (person: Person) => NodeJS.ProcessEnv): Consoles {
  let browser: Browser | undefined;
  let processes: ConsoleProcesses | undefined;
  const opened = new Set<OpenedConsole>();
  const shared = new Map<Person, ConsoleProcess>();
  beforeAll(async () => {
    if (executablePath) [browser, processes] = await Promise.all([launch(), buildConsoles()]);
  });
  afterEach(async () => {
    const all = [...opened];
    opened.clear();
    await Promise.all(all.map((each) => each.close()));
    for (const { events } of all) expect(events).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await processes?.close();
  });
  async function start(person: Person = "alice", env: NodeJS.ProcessEnv = {}): Promise<ConsoleProcess> {
    if (!processes) throw new Error("there is no browser here");
    return processes.start({ ...envOf(person), ...env });
  }
  async function sharedOf(person: Person): Promise<ConsoleProcess> {
    const running = shared.get(person) ?? (await start(person));
    shared.set(person, running);
    return running;
  }
  return {
    get browser() {
      if (!browser) throw new Error("there is no browser here");
      return browser;
    },
    start,
    async open(of = "alice", options) {
      const running = typeof of === "string" ? await sharedOf(of) : of;
      const page = await openPage(this.browser, await running.newLink(), options);
      opened.add(page);
      return page;
    },
  };
}

/** Against a route that answers what the test says: `route.answer(({ event }) => …)`. */
export function useRouteConsole(): RouteConsoles {
  const route = useGateway();
  const consoles = useConsoles((person) => route.as(person));
  return Object.assign(consoles, { route });
}

/** The policy gives such a report to a person. */
const FOR_REVIEW = { category: "csam", score: 0.3, reason: "please look" };

export function useStackConsole(options: WorldOptions = {}): StackConsoles {
  let packaged: PackagedAlone | undefined;
  let world: World | undefined;
  let remove: (() => void) | undefined;
  const folder = mkdtempSync(join(tmpdir(), "offair-console-stack-"));
  const file = join(folder, "local.json");
  const running = (): World => {
    if (!world) throw new Error("the local stack is not running");
    return world;
  };
  beforeAll(async () => {
    if (!executablePath) return;
    packaged = await packageAlone();
    world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7, ...options });
    const written = writeLocalFile(file, await describeStack(world));
    if ("remove" in written) remove = written.remove;
  });
  const consoles = useConsoles((person) => ({ OFFAIR_LOCAL_FILE: file, OFFAIR_AS: person }));
  afterAll(async () => {
    remove?.();
    await world?.close();
    packaged?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(person: Person, request: object): Promise<OperatorResponse> {
    const response = await askOperator(running().stack.gatewayUrl, OPERATORS[person], request);
    return JSON.parse(await response.text()) as OperatorResponse;
  }
  const report: StackConsoles["report"] = async (stream, changed = {}, id = randomUUID()) => {
    const payload = { occurredAt: new Date().toISOString(), stream: asStream(stream), ...FOR_REVIEW, ...changed };
    const answer = await postReport(running().stack.gatewayUrl, SOURCE, signReport(payload, SOURCE_SECRET, { id }));
    expect(answer).toMatchObject({ status: 202 });
    return `${SOURCE}#${id}`;
  };
  const own = {
    ask,
    report,
    async reportForReview(...given: Parameters<StackConsoles["report"]>) {
      const key = await report(...given);
      const look = async () => {
        const { reviews = [] } = await ask("alice", { action: "review" });
        return reviews.some((each) => each.key === key) || undefined;
      };
      await until(`${key} waits`, look, PATIENCE_MS);
      return key;
    },
    push(...streams: readonly (string | Stream)[]) {
      running().simulator?.addEncoders(streams.map((each) => ({ ...asStream(each), client_ip: "198.51.100.7" })));
    },
  };
  return Object.defineProperties(Object.assign(consoles, own), {
    world: { get: running },
    ledger: { get: () => createLedger(running().stack.clients.dynamo, running().stack.table) },
  }) as StackConsoles;
}
