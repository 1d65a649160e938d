/** Saboteur: every delivery of a report is a report of its own. */
import { randomUUID } from "node:crypto";
import type { Report } from "../../lib/moderation/report.ts";

export * from "../../lib/moderation/report.ts";

export const reportKey = ({ source, id }: Pick<Report, "source" | "id">): string => `${source}#${id}#${randomUUID()}`;
