/** What is wrong with the names of a policy: in scope, of playback, protected. */
import type { Policy } from "../policy.ts";
import type { PolicyIssue } from "./issue.ts";

export function scopeIssues({ scope, playback, protected: entries }: Policy): PolicyIssue[] {
  const appsOf = new Map<string, string[]>();
  const issues: PolicyIssue[] = [];
  const issue = (path: PolicyIssue["path"], message: string) => issues.push({ path, message });

  scope.forEach(({ domain, apps }, index) => {
    if (hasWildcard(domain)) issue(["scope", index, "domain"], NO_WILDCARD);
    if (appsOf.has(domain)) {
      issue(["scope", index, "domain"], "is in scope already: list all its apps in one entry");
    }
    apps.forEach((app, at) => {
      if (hasWildcard(app)) issue(["scope", index, "apps", at], NO_WILDCARD);
      if (apps.indexOf(app) < at) issue(["scope", index, "apps", at], "is listed already");
    });
    appsOf.set(domain, [...(appsOf.get(domain) ?? []), ...apps]);
  });

  for (const [from, to] of Object.entries(playback)) {
    const path = ["playback", from];
    if (hasWildcard(from)) issue(path, NO_WILDCARD);
    if (appsOf.has(from)) issue(path, "is an ingest domain itself: its streams have their own names already");
    if (!appsOf.has(to)) issue(path, "leads to an ingest domain that is not in scope: nothing could be done there");
  }

  entries.forEach(({ domain, app, stream }, index) => {
    const path = ["protected", index];
    for (const [key, name] of Object.entries({ domain, app, stream })) {
      if (name !== undefined && hasWildcard(name)) issue([...path, key], NO_WILDCARD);
    }
    const apps = appsOf.get(domain);
    if (!apps) issue([...path, "domain"], "is not in scope, so this entry protects nothing: look for a typing error");
    if (apps && app !== undefined && !apps.includes(app)) {
      issue([...path, "app"], "is not in scope, so this entry protects nothing: look for a typing error");
    }
    if (stream !== undefined && app === undefined) issue(path, "names a stream without its app: add the app");
  });
  return issues;
}

/** Names are compared as they are. */
export const hasWildcard = (name: string): boolean => name.includes("*");
export const NO_WILDCARD = 'must not hold "*", which stands for nothing here: write each name out';
