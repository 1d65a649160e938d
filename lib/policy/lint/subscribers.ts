/** Checks the subscribers of a policy: URLs that no event may be sent to, secrets that two share, and the name of the event bus. */
import { isIP } from "node:net";
import { BUS } from "../../events/types/bus.ts";
import { isPublicAddress } from "../../webhooks/address/public-address.ts";
import type { Policy } from "../policy.ts";
import { type At, issuesAt, type PolicyIssue } from "./issue.ts";

const MAX_SUBSCRIBERS = 20;

/** Domains that no public resolver answers: RFC 2606, RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`. */
const PRIVATE_SUFFIX = /\.(localhost|local|internal|home\.arpa|test|invalid|example|onion|alt|lan|corp|home)$/;

type Entry = Policy["subscribers"][string];

/** The first fault of a URL; undefined if it has none. Never quotes the URL, because its query may hold a secret. */
export function subscriberUrlIssue(text: string): string | undefined {
  if (text !== text.trim() || !URL.canParse(text)) return "is not a URL";
  const url = new URL(text);
  if (url.protocol !== "https:") return "must begin with https://";
  if (url.username || url.password) return "must not hold a user name or password: events are signed instead";
  if (text.includes("#")) return "must not have a fragment, which is never sent";
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, ""); // URL has normalized 127.1 and 0x7f000001
  if (isIP(host)) {
    return isPublicAddress(host)
      ? undefined
      : "has a private, loopback or special address: use a host of the public internet";
  }
  if (!host.includes(".") || PRIVATE_SUFFIX.test(host)) {
    return "must have a full host name of the public internet, like hooks.your-domain.com";
  }
  return undefined;
}

export function subscriberIssues({ subscribers }: Pick<Policy, "subscribers">): PolicyIssue[] {
  const entries = Object.entries(subscribers);
  const issues = entries.flatMap(([name, entry], index) => issuesOf(name, entry, entries.slice(0, index)));
  if (entries.length > MAX_SUBSCRIBERS) {
    issues.unshift({ path: ["subscribers"], message: `has more than ${MAX_SUBSCRIBERS} entries: use the event bus` });
  }
  return issues;
}

function issuesOf(name: string, entry: Entry, earlier: readonly [string, Entry][]): PolicyIssue[] {
  const at: At = (...keys) => ["subscribers", name, ...keys];
  const own = issuesAt([at(), name === BUS && "is a name that offair uses itself: choose another name"]);
  const fault = subscriberUrlIssue(entry.url);
  if (fault !== undefined) return [...own, { path: at("url"), message: fault }];

  const { signature, secret } = entry;
  const twin = earlier.find(([, other]) => sendsTheSame(entry, other));
  const owner = earlier.find(
    ([other, each]) => signature === "v1" && each.signature === "v1" && secretOf(other, each) === secretOf(name, entry),
  );
  const shared = `is also the secret of "${owner?.[0]}", so each could sign as offair to the other: give each its own`;
  return [
    ...own,
    ...issuesAt(
      [at("url"), twin && `receives an event twice, because "${twin[0]}" has the same URL and event`],
      [at("secret"), signature === "v1a" && secret !== undefined && "is not used with signature v1a: remove it"],
      [secret === undefined ? at() : at("secret"), owner && shared],
    ),
  ];
}

const secretOf = (name: string, { secret }: Entry): string => secret ?? name;

const sendsTheSame = (one: Entry, other: Entry): boolean =>
  URL.canParse(other.url) &&
  new URL(one.url).href === new URL(other.url).href &&
  one.events.some((type) => other.events.includes(type));
