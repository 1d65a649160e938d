/** What is wrong with the names of a policy: in scope, of playback, protected. */
import type { Policy } from "../policy.ts";
import type { PolicyFault } from "./issue.ts";

export function scopeFaults({ scope, playback, protected: entries }: Policy): PolicyFault[] {
  const appsOf = new Map<string, string[]>();
  const faults: PolicyFault[] = [];
  const fault = (path: PolicyFault["path"], message: string) => faults.push({ path, message });

  scope.forEach(({ domain, apps }, index) => {
    if (hasWildcard(domain)) fault(["scope", index, "domain"], NO_WILDCARD);
    if (appsOf.has(domain)) {
      fault(["scope", index, "domain"], "is in scope already: list all its apps in one entry");
    }
    apps.forEach((app, at) => {
      if (hasWildcard(app)) fault(["scope", index, "apps", at], NO_WILDCARD);
      if (apps.indexOf(app) < at) fault(["scope", index, "apps", at], "is listed already");
    });
    appsOf.set(domain, [...(appsOf.get(domain) ?? []), ...apps]);
  });

  for (const [from, to] of Object.entries(playback)) {
    const path = ["playback", from];
    if (hasWildcard(from)) fault(path, NO_WILDCARD);
    if (appsOf.has(from)) fault(path, "is an ingest domain itself: its streams have their own names already");
    if (!appsOf.has(to)) fault(path, "leads to an ingest domain that is not in scope: nothing could be done there");
  }

  entries.forEach(({ domain, app, stream }, index) => {
    const path = ["protected", index];
    for (const [key, name] of Object.entries({ domain, app, stream })) {
      if (name !== undefined && hasWildcard(name)) fault([...path, key], NO_WILDCARD);
    }
    const apps = appsOf.get(domain);
    if (!apps) fault([...path, "domain"], "is not in scope, so this entry protects nothing: look for a typing error");
    if (apps && app !== undefined && !apps.includes(app)) {
      fault([...path, "app"], "is not in scope, so this entry protects nothing: look for a typing error");
    }
    if (stream !== undefined && app === undefined) fault(path, "names a stream without its app: add the app");
  });
  return faults;
}

/** Names are compared as they are. */
export const hasWildcard = (name: string): boolean => name.includes("*");
export const NO_WILDCARD = 'must not hold "*", which stands for nothing here: write each name out';
