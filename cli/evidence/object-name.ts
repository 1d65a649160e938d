/** Names of objects that may become paths, and the other way round. */

/**
 * What is wrong with a name, if anything: it comes out of a tar or a manifest that anybody may have written, and is about to be a path.
 */
export function objectNameIssue(name: string): string | undefined {
  if (name === "") return "has no name";
  if (name.length > 1_024) return "has a name of more than 1,024 characters"; // S3's limit for a key
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "has an absolute name";
  if (/[\\\0]/.test(name)) return "has a backslash or a NUL in its name";
  if (name.split("/").some((part) => part === "" || part === "." || part === ".."))
    return "has a name that leads elsewhere";
  return undefined;
}
