type Path = readonly (string | number)[];

export interface PolicyIssue {
  readonly path: Path;
  readonly message: string;
}

/** The path of a key below an entry of the policy. */
export type At = (...keys: Path) => Path;

/** An issue for each place that has a message. */
export const issuesAt = (...places: readonly (readonly [Path, string | false | undefined])[]): PolicyIssue[] =>
  places.flatMap(([path, message]) => (message ? [{ path, message }] : []));

/** An issue for each value that the list has already. */
export const repeatedIn = (list: readonly string[], path: Path, message = "is listed already"): PolicyIssue[] =>
  list.flatMap((value, at) => issuesAt([[...path, at], list.indexOf(value) < at && message]));
