/** Checks the names in scope, playback and protected. */
import { isProtected, type Policy } from "../policy.ts";
import { issuesAt, type PolicyIssue, repeatedIn } from "./issue.ts";
import { appIssue, domainIssue, streamIssue } from "./names.ts";

export function scopeIssues(policy: Policy): PolicyIssue[] {
  const { scope, playback, protected: entries, canary } = policy;
  const appsOf = new Map<string, string[]>();
  const issues: PolicyIssue[] = [];
  const issue = (path: PolicyIssue["path"], message: string | undefined) => {
    if (message !== undefined) issues.push({ path, message });
  };

  scope.forEach(({ domain, apps }, index) => {
    issue(["scope", index, "domain"], domainIssue(domain));
    if (appsOf.has(domain)) {
      issue(["scope", index, "domain"], "is in scope already: list all apps of a domain in one entry");
    }
    apps.forEach((app, at) => void issue(["scope", index, "apps", at], appIssue(app)));
    issues.push(...repeatedIn(apps, ["scope", index, "apps"]));
    appsOf.set(domain, [...(appsOf.get(domain) ?? []), ...apps]);
  });

  for (const [from, entry] of Object.entries(playback)) {
    const path = ["playback", from];
    const to = typeof entry === "string" ? entry : entry.ingest;
    issue(path, domainIssue(from));
    if (appsOf.has(from)) issue(path, "is an ingest domain itself, so its streams need no mapping: remove it");
    if (!appsOf.has(to)) {
      const nowhere = "maps to an ingest domain that is not in scope, so no action would be possible: add it to scope";
      issue(path, domainIssue(to) ?? nowhere);
    }
    if (typeof entry !== "string") issues.push(...renditionIssues(entry, path));
  }

  entries.forEach(({ domain, app, stream }, index) => {
    const path = ["protected", index];
    const apps = appsOf.get(domain);
    const nowhere = "is not in scope, so this entry protects nothing: check the spelling";
    issue([...path, "domain"], domainIssue(domain) ?? (apps ? undefined : nowhere));
    if (app !== undefined)
      issue([...path, "app"], appIssue(app) ?? (apps?.includes(app) === false ? nowhere : undefined));
    if (stream !== undefined) issue([...path, "stream"], streamIssue(stream));
    if (stream !== undefined && app === undefined) issue(path, "names a stream without its app: add the app");
  });
  if (canary) {
    const { domain, app, stream } = canary;
    const outside = "is not in scope, so no report on the canary's stream would act: use a domain and app in scope";
    issue(["canary", "domain"], domainIssue(domain) ?? (appsOf.has(domain) ? undefined : outside));
    issue(["canary", "app"], appIssue(app) ?? (appsOf.get(domain)?.includes(app) === false ? outside : undefined));
    issue(["canary", "stream"], streamIssue(stream));
    if (isProtected(canary, policy))
      issue(["canary"], "is protected, so no report on it would act: remove one of the two");
  }
  return issues;
}

function renditionIssues(
  { renditions, complete }: Exclude<Policy["playback"][string], string>,
  path: PolicyIssue["path"],
): PolicyIssue[] {
  return renditions === "none"
    ? issuesAt([[...path, "complete"], complete && "repeats what renditions: none says: remove it"])
    : repeatedIn(renditions, [...path, "renditions"]);
}
