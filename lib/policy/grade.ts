/**
 * Assurance levels of sources, by what the signature of a message covers. A: body, time and id. B: body and time. C: the body only, so a
 * message can be sent again. D: some fields only. E: a time or a host, nothing of the body. F: a fixed token, or nothing.
 */
export const GRADES = ["A", "B", "C", "D", "E", "F"] as const;
export type Grade = (typeof GRADES)[number];

/** Grades sort as letters do: A is the best. */
export const isAtLeast = (grade: Grade, minimum: Grade): boolean => grade <= minimum;

/**
 * Whether the grade is D, E or F: the message can be altered on its way. Such a source can cause a review or one pause, never a disable,
 * and does not corroborate other reports.
 */
export const isWeak = (grade: Grade): boolean => !isAtLeast(grade, "C");
