/** Every text of a response is filled with what a terminal would obey. The sample follows the schema, so a new field is in it at once. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type * as z from "zod";
import { LIST_COLUMNS } from "../../cli/render/list.ts";
import { type OperatorResponse, operatorResponseSchema } from "../../lib/operator/contract/response-schema.ts";
import { OBEYED } from "../support/hostile-names.ts";
import { type Said, useGateway } from "./gateway.ts";
import { type Ended, offair, useFiles } from "./offair.ts";
import { ID, ROOM_TEXT, SHA256 } from "./responses.ts";

const gateway = useGateway();
const files = useFiles();

const HOSTILE =
  "\u001b[31mFAKED\u001b[2J\u001b]0;owned\u0007\tCELL\r\nFORGED\u009b2J\u0090q\u009c\u202egnp\u2066\u200b\u2028\b\u0000\u007f";

/** A value for every key that the schema declares. */
function sampleOf(schema: z.core.$ZodType, text: string): unknown {
  const { def } = schema._zod as unknown as { def: z.core.$ZodTypes["_zod"]["def"] };
  switch (def.type) {
    case "object":
      return Object.fromEntries(Object.entries(def.shape).map(([key, each]) => [key, sampleOf(each, text)]));
    case "array":
      return [sampleOf(def.element, text)];
    case "record":
      return { [text]: sampleOf(def.valueType, text) };
    case "optional":
    case "nullable":
      return sampleOf(def.innerType, text);
    case "number":
      return 1;
    case "boolean":
      return true;
    case "string":
    case "custom":
    case "unknown":
      return text;
    default:
      throw new Error(`the sample has no ${def.type} yet`);
  }
}

const SAMPLE = sampleOf(operatorResponseSchema, HOSTILE) as OperatorResponse;

const WITH_REASON = ["--reason", "INC-881"];
const PLAN = [ID, "--sha256", SHA256, ...WITH_REASON];
const STREAM = [ROOM_TEXT, ...WITH_REASON];
const COMMANDS: readonly (readonly string[])[] = [
  ["list"],
  ["disable", ...STREAM, "--yes"],
  ["disable", ...STREAM, "--dry-run"],
  ["pause", ...STREAM, "--yes"],
  ["enable", ...STREAM, "--yes"],
  ["plan", "--disable", ...STREAM],
  ["plan", "--enable", ...STREAM, "--all"],
  ["approve", ...PLAN, "--yes"],
  ["apply", ...PLAN, "--yes"],
  ["apply", ...PLAN, "--yes", "--no-watch"],
  ["apply", ID, "--resume"],
  ["watch", ID],
  ["status", ID],
  ["status", ROOM_TEXT],
  ["status"],
  ["status", "op-0000"],
  ["plans"],
  ["show", ID],
  ["show", "vendor#1"],
  ["show", ROOM_TEXT],
  ["show", `${ROOM_TEXT}#1`],
  ["cancel", ID, ...WITH_REASON],
  ["undo", ID, ...WITH_REASON],
  ["undo", ID, ...WITH_REASON, "--apply", "--yes"],
  ["review"],
  ["review", "show", "vendor#1"],
  ["review", "next"],
  ["review", "note", "vendor#1", "a note"],
  ["review", "second-opinion", "vendor#1", ...WITH_REASON],
  ["review", "reopen", "vendor#1", ...WITH_REASON],
  ["review", "release", "vendor#1"],
  ["review", "approve", "vendor#1", ...WITH_REASON, "--yes"],
  ["review", "approve", "--source", "vendor", "--as", "pause", ...WITH_REASON, "--yes"],
  ["review", "reject", "vendor#1", ...WITH_REASON, "--yes"],
  ["explain", "vendor#1"],
  ["mode"],
  ["mode", "observe", ...WITH_REASON],
  ["doctor"],
  ["redrive", "--queue", "urgent", ...WITH_REASON],
];

const json = (value: unknown, status: number): Said => ({ status, body: JSON.stringify(value) });
const problem = { type: HOSTILE, title: HOSTILE, detail: HOSTILE, status: 400, message: HOSTILE, Message: HOSTILE };
const undone = {
  ...SAMPLE,
  plan: { ...SAMPLE.plan, approvalThreshold: { most: 1, limit: HOSTILE, needsApproval: [] } },
};

const ANSWERS: readonly (readonly [name: string, answer: Said])[] = [
  ["done", json(SAMPLE, 200)],
  ["done, with other options", json({ ...undone, errors: [], batch: { ...SAMPLE.batch, state: "done" } }, 200)],
  ["a plan alone", json({ ok: true, results: [], errors: [], plan: undone.plan }, 200)],
  ["nothing but results", json({ ok: true, results: SAMPLE.results, errors: [], orderId: HOSTILE }, 200)],
  ["an open order", json({ ...SAMPLE, results: SAMPLE.results.map((each) => ({ ...each, outcome: "ordered" })) }, 200)],
  ["refused", json({ ...SAMPLE, ok: false }, 422)],
  ["refused without a reason", json({ ...SAMPLE, ok: false, errors: [] }, 422)],
  ["failed", json({ ...SAMPLE, ok: false, errors: [{ pointer: HOSTILE, message: `ERR_LEDGER: ${HOSTILE}` }] }, 500)],
  ["a problem of the gateway", json(problem, 400)],
  ["an error of AWS", json(problem, 403)],
  ["an error page", { status: 502, body: HOSTILE }],
];

/** What `paint` adds: bold, dim, colours and their ends. The only one that a response has is before FAKED, and stays. */
const OWN = /\u001b\[(?:1|2|22|31|32|33|36|39)m(?!FAKED)/g;
/** What the command tells the terminal itself: to clear a line, and to mark pastes while single keys are read. */
const COMMANDED = /\r\u001b\[2K|\u001b\[\?2004[hl]/g;

/** In a pipe, tabs of our own separate the cells. Each line has as many as its columns need, so none is from a response. */
function withoutSeparators(ended: Ended): Ended {
  const lines = ended.stdout.split("\n").filter((line) => line !== "");
  for (const line of lines) expect(line.split("\t")).toHaveLength(LIST_COLUMNS.length);
  return { ...ended, stdout: ended.stdout.replaceAll("\t", " ") };
}

const unpainted = (text: string): string => text.replaceAll(OWN, "");

function isShownAsText({ stdout, stderr }: Ended, what: string): void {
  for (const text of [stdout.replaceAll("\r\n", "\n"), stderr.replaceAll(COMMANDED, "")].map(unpainted)) {
    expect({ what, found: OBEYED.exec(text)?.[0] }).toEqual({ what, found: undefined });
    expect(text).not.toMatch(/^FORGED/m);
  }
}

const FORMATS = [
  ["in a pipe", [], {}],
  ["as JSON", ["--json"], {}],
  ["on a terminal with colours", [], { coloured: true, onTerminal: true }],
] as const;

describe.each(FORMATS)("a response reaches nobody as it is, %s", (_, format, surroundings) => {
  it.each(COMMANDS.map((args) => [args.join(" ").replace(SHA256, "HEX"), args]))("%s", async (what, args) => {
    for (const [name, answer] of ANSWERS) {
      gateway.answer(() => answer);
      let ms = Date.now();
      const ended = await offair([...args, ...format], {
        env: gateway.as("alice"),
        now: () => {
          ms += 30_000; // so that the command soon stops waiting for an order that does not end
          return new Date(ms);
        },
        ...surroundings,
      });
      const isTable = what === "list" && format.length === 0 && !("onTerminal" in surroundings);
      isShownAsText(isTable ? withoutSeparators(ended) : ended, `${what}: ${name}`);
      if (name === "done") expect(ended.stdout + ended.stderr).not.toBe("");
    }
  });
});

it("shows the texts of a response, escaped", async () => {
  gateway.answer(() => json({ ...SAMPLE, errors: [] }, 200));
  const { stdout } = await offair(["status", ID], { env: gateway.as("alice") });
  expect(stdout.match(/\\u\{1b\}\[31mFAKED/g)?.length).toBeGreaterThan(20);
});

it("a result that is written to a file holds no control characters either", async () => {
  gateway.answer(() => json({ ...undone, errors: [], batch: { ...SAMPLE.batch, state: "done" } }, 200));
  const out = join(files.dir, "results.ndjson");
  const ended = await offair(["watch", ID, "--out", out], { env: gateway.as("alice") });
  isShownAsText(ended, "watch --out");
  isShownAsText({ code: 0, stdout: readFileSync(out, "utf8"), stderr: "" }, "file");
});

it("a question that quotes a response is text", async () => {
  gateway.answer(() => json({ ...undone, errors: [], plan: { ...undone.plan, sha256: SHA256 } }, 200));
  const typed = { env: gateway.as("alice"), onTerminal: true, typed: "n\n" };
  const { code, stderr } = await offair(["apply", ...PLAN], typed);
  expect(code).toBe(3);
  const [question = ""] = /apply: .*\[y\/N\]/su.exec(stderr) ?? [];
  expect(question).toContain("FAKED\\u{1b}[2J");
  expect(question).not.toMatch(OBEYED);
});
