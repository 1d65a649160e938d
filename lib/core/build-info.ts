/** Which build runs. The build (build/build-info.ts) replaces both constants; sources that run as they are have neither. */

export interface BuildInfo {
  readonly version: string;
  /** Twelve hexadecimal digits; `-dirty` follows if tracked files were changed. Absent: it was built outside a Git clone. */
  readonly commit?: string;
}

declare const OFFAIR_VERSION: string | undefined;
declare const OFFAIR_COMMIT: string | undefined;

export const BUILD: BuildInfo | undefined =
  typeof OFFAIR_VERSION === "undefined"
    ? undefined
    : { version: OFFAIR_VERSION, ...(OFFAIR_COMMIT !== undefined && { commit: OFFAIR_COMMIT }) };

/** `0.1.0, commit 61893a1abcde`. Not escaped: the text may come from a deployment. */
export const buildText = ({ version, commit }: BuildInfo): string =>
  commit === undefined ? version : `${version}, commit ${commit}`;

/** Whether both have a commit, and the same one. */
export const isSameCommit = (a: BuildInfo, b: BuildInfo): boolean => a.commit !== undefined && a.commit === b.commit;
