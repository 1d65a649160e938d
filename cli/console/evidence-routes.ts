/** What the page of history asks for: a day, its audits with their pages, and the export for an auditor. */
import * as z from "zod";
import type { AuditPageAnswer, AuditsAnswer, ExportAnswer, HistoryAnswer } from "../../console/http/protocol.ts";
import { parseDay } from "../../lib/core/instant.ts";
import { loadDay } from "../evidence/day.ts";
import { auditsOf, readAuditPage } from "../evidence/day-audits.ts";
import { dayQuery, streamTextIssue } from "../evidence/day-query.ts";
import { spanOfDays } from "../evidence/export-bundle.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { exportDownload } from "./export-download.ts";
import type { OncePaths } from "./once-paths.ts";
import { withArchive } from "./open-archive.ts";
import { type Reply, RequestError } from "./reply.ts";
import type { Routes } from "./route.ts";

const text = z.string().min(1).max(2_048);
const day = z.string().transform((given, context) => {
  const parsed = parseDay(given);
  if (parsed) return parsed;
  context.addIssue({ code: "custom", message: "must be a day such as 2026-03-14 (UTC)" });
  return z.NEVER;
});
const stream = text.superRefine((given, context) => {
  const message = streamTextIssue(given);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});
const historyAsked = z.strictObject({ day, domain: text.optional(), stream: stream.optional() });
const auditsAsked = z.strictObject({ day });
const pageAsked = z.strictObject({ object: text });
const exportAsked = z.strictObject({ from: day, to: day });

type EvidenceDeps = Pick<CommandDeps, "env" | "local"> & Partial<Pick<CommandDeps, "interrupted">>;

export const evidenceRoutes = (deps: EvidenceDeps, once: OncePaths): Routes => ({
  "/api/history": ({ body }): Promise<HistoryAnswer> => {
    const query = dayQuery(parsed(historyAsked, body));
    return withArchive(deps, (bundle) => loadDay(bundle, query, () => {}));
  },
  "/api/audits": ({ body }): Promise<AuditsAnswer> => {
    const { span } = dayQuery(parsed(auditsAsked, body));
    return withArchive(deps, (bundle) => auditsOf(bundle, span));
  },
  "/api/audit-page": async ({ body }): Promise<AuditPageAnswer> => {
    const { object } = parsed(pageAsked, body);
    const { bytes, gaps } = await withArchive(deps, (bundle) => readAuditPage(bundle, object));
    return { gaps, ...(bytes && { path: once.add(() => auditPage(bytes)) }) };
  },
  "/api/export": ({ body }): Promise<ExportAnswer> => {
    const { from, to } = parsed(exportAsked, body);
    const span = spanOfDays(from, to);
    if (!span) throw new RequestError("invalid", "the last day is before the first");
    return withArchive(deps, (bundle) => exportDownload(bundle, span, once));
  },
});

/** @throws RequestError */
function parsed<T>(schema: z.ZodType<T>, body: object): T {
  const { data, error } = schema.safeParse(body);
  if (error) throw new RequestError("invalid", z.prettifyError(error));
  return data;
}

/**
 * The page has no scripts, and its own policy allows its style sheet by the hash, which differs between versions. This policy surrounds it:
 * whatever the page contains, nothing of it runs, and nothing is loaded.
 */
const auditPage = (bytes: Uint8Array): Reply => ({
  status: 200,
  type: "text/html; charset=utf-8",
  body: bytes,
  headers: {
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "x-frame-options": "SAMEORIGIN",
  },
});
