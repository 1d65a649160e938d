/** Saboteur: every delivery of a report is a report of its own. */
import { randomUUID } from "node:crypto";
import type { Report } from "../../lib/reports/report.ts";

export * from "../../lib/reports/report.ts";

export const reportKey = ({ source, id }: Pick<Report, "source" | "id">): string => `${source}#${id}#${randomUUID()}`;
