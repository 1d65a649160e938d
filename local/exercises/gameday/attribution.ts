/**
 * Checks that no signed page, no finding, no figure and no row of `offair history` says that somebody else disabled a stream which an order
 * of the ledger disabled. Nobody else disables a stream of the ingest domain of the day; somebody else disabled all those of the crowd.
 */
import * as z from "zod";
import { streamSchema } from "../../../lib/core/stream.ts";
import type { Evidence } from "../evidence.ts";
import { result } from "../scorecard.ts";
import type { Check } from "./facts.ts";
import { AUDITOR } from "./history.ts";
import { DOMAIN } from "./script-writer.ts";

/** Texts that deny an order, on the page. */
const DENIALS = ["not by offair", "no offair order", "no order of ours"];

const lineSchema = z.looseObject({ ...streamSchema.shape, kind: z.string().optional() });
const linesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => lineSchema.parse(JSON.parse(line)));

type StoredObject = Evidence["objects"][number];

function inFindings({ key, text }: StoredObject): string[] {
  return linesOf(text)
    .filter(({ domain, kind }) => domain === DOMAIN && kind === "unexpected")
    .map(({ stream }) => `${key}: ${stream} is unexpected`);
}

function onPage({ key, text }: StoredObject): string[] {
  const rows = text.split("<tr>").filter((row) => row.includes(DOMAIN));
  const denied = rows.filter((row) => DENIALS.some((denial) => row.toLowerCase().includes(denial)));
  return denied.map(
    (row) =>
      `${key}: ${row
        .replaceAll(/<[^>]*>/g, " ")
        .trim()
        .slice(0, 120)}`,
  );
}

const count = z.number();
const manifestSchema = z.looseObject({
  snapshots: z.array(z.looseObject({ domain: z.string(), count })).default([]),
  figures: z
    .looseObject({
      notByOffair: count.optional(),
      reasons: z.array(z.object({ reason: z.string(), count })).default([]),
    })
    .optional(),
});

function inFigures({ key, text }: StoredObject): string[] {
  const { payload } = z.object({ payload: z.string() }).parse(JSON.parse(text));
  const { figures, snapshots } = manifestSchema.parse(JSON.parse(Buffer.from(payload, "base64").toString()));
  const denied = figures?.notByOffair ?? figures?.reasons.find(({ reason }) => DENIALS.includes(reason))?.count ?? 0;
  const others = snapshots.filter(({ domain }) => domain !== DOMAIN).reduce((sum, each) => sum + each.count, 0);
  return denied > others ? [`${key}: ${denied} streams not by offair, but others disabled ${others}`] : [];
}

const periodSchema = z.looseObject({
  type: z.literal("off"),
  stream: z.string(),
  from: z.string(),
  by: z.string().nullable(),
});

function inHistory({ stdout, exit, stderr }: Evidence["commands"][number]): string[] {
  if (exit !== 0 && exit !== 5) return [`offair history ended with ${exit}: ${stderr.slice(-200)}`];
  const lines = stdout.split("\n").filter((line) => line.startsWith('{"type":"off"'));
  const denied = lines.map((line) => periodSchema.parse(JSON.parse(line))).filter(({ by }) => by === null);
  return denied.map(({ stream, from }) => `offair history: ${stream}, off from ${from}, is not by offair`);
}

export const oursIsOurs: Check = ({ objects, commands }) => {
  const under = (prefix: string) => objects.filter(({ key }) => key.startsWith(prefix));
  const [pages, findings, entries] = [under("pages/"), under("findings/"), under("manifests/")];
  const histories = commands.filter(({ who }) => who === AUDITOR);
  const rows = histories.reduce((sum, { stdout }) => sum + stdout.split('{"type":"off"').length - 1, 0);
  return result(
    11,
    "no order of offair is called somebody else's",
    `${pages.length} pages, ${entries.length} entries of the chain, ${rows} rows of history`,
    [
      ...findings.flatMap(inFindings),
      ...pages.flatMap(onPage),
      ...entries.flatMap(inFigures),
      ...histories.flatMap(inHistory),
    ],
  );
};
