/** The address of the Transparency Database. That of the sandbox is not public: the Commission sends it when a platform is onboarded. */

import { UsageError } from "../terminal/errors.ts";
import type { Target } from "./files.ts";

const PRODUCTION = "https://transparency.dsa.ec.europa.eu";
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** @throws UsageError for another text than an https URL without path, credentials and query. */
export function endpointOf(target: Target, given: string | undefined): URL {
  const text = given ?? (target === "production" ? PRODUCTION : undefined);
  if (text === undefined) {
    throw new UsageError(
      "--endpoint is missing: the address of the sandbox, which the Commission sends at the onboarding",
    );
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname));
  if (!url || !isSafe || url.username || url.password || url.pathname !== "/" || url.search || url.hash) {
    throw new UsageError("--endpoint must be https:// and a host, without a path");
  }
  if (target === "sandbox" && url.hostname.replace(/\.$/, "") === new URL(PRODUCTION).hostname) {
    throw new UsageError("--endpoint is the address of the production database: use --send production");
  }
  return url;
}
