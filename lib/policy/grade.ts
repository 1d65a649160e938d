/**
 * How far a source's word goes, by what its signature covers. A: body, time and id. B: body and time. C: the body only, so that it can be
 * sent again. D: some fields only. E: a time or a host, and nothing of the body. F: a fixed token, or nothing.
 */
export const GRADES = ["A", "B", "C", "D", "E", "F"] as const;
export type Grade = (typeof GRADES)[number];

/** Grades sort as letters do: A is the best. */
export const isAtLeast = (grade: Grade, wanted: Grade): boolean => grade <= wanted;

/**
 * What is unsigned, or signed without its body, can be altered on its way: it may ask for a review or for one pause, never disables, and
 * counts for nothing beside other reports.
 */
export const isWeak = (grade: Grade): boolean => !isAtLeast(grade, "C");
