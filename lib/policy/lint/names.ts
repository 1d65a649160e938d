/** Checks the names of a policy. They are compared literally with the names that Live has, so a name that Live cannot have fits nothing. */
const LITERAL = "names are compared literally, so write each name out";
/** Live documents letters, digits, "-", "_" and "/" (and "*", which means every stream when it is alone). Other letters and dots pass. */
const NEVER_IN_NAMES = /[^\p{L}\p{M}\p{N}\-_/.]/u;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Characters in DNS. */
const MAX_DOMAIN = 253;

/** What is wrong with the domain, if anything. @param domain - in lower case. */
export function domainIssue(domain: string): string | undefined {
  if (/[*[\]{}!^$|()]/.test(domain)) return `must not have wildcards: ${LITERAL}`;
  if (domain.endsWith(".")) return "must be a domain alone, without the dot at its end";
  if (/[^\p{ASCII}]/u.test(domain)) {
    const address = `http://${domain}`;
    if (!URL.canParse(address)) return "is not a domain";
    return `must be in its ASCII form, which Live uses: ${new URL(address).hostname}`;
  }
  if (/(^|\.)(\d+|0x[0-9a-f]*)$/.test(domain)) return "must be a domain and not an IP address";
  const labels = domain.split(".");
  const isDomain = labels.length > 1 && domain.length <= MAX_DOMAIN && labels.every((label) => LABEL.test(label));
  if (!isDomain) return "is not a domain: letters, digits and dashes, with a dot between the parts";
  return undefined;
}

/** What is wrong with the app name, if anything. */
export const appIssue = (app: string): string | undefined =>
  app.includes("/") ? "must be an app name alone, without a slash" : streamIssue(app);

/** What is wrong with the stream name, if anything. */
export const streamIssue = (stream: string): string | undefined =>
  NEVER_IN_NAMES.test(stream)
    ? `has a character that Live does not allow in a name (wildcards are not supported): ${LITERAL}`
    : undefined;
