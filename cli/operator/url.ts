/** The gateway's URL, and the region for which requests are signed. */
import { UsageError } from "../terminal/errors.ts";

export interface OperatorUrl {
  readonly endpoint: URL;
  /** The path before `/operator`: empty, or a stage. */
  readonly prefix: string;
  readonly region: string;
}

const HOW = "set OFFAIR_URL, or give --url: the output OperatorUrl of the stack";

/** @see https://docs.aws.amazon.com/general/latest/gr/apigateway.html */
const EXECUTE_API = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** @throws UsageError, without the URL, which may contain a password. */
export function operatorUrl(named: string | undefined, env: NodeJS.ProcessEnv): OperatorUrl {
  const text = named ?? env.OFFAIR_URL;
  if (!text) throw new UsageError(`the URL of offair is missing: ${HOW}`);
  if (!URL.canParse(text)) throw new UsageError(`the URL is invalid: ${HOW}`);
  const url = new URL(text);
  const isLoopback = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) {
    throw new UsageError("the URL must be https, unless its host is the loopback address");
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError("the URL must have a scheme, a host and a path, and nothing else");
  }
  const prefix = url.pathname.replace(/(?<!\/)\/+$/, "").replace(/\/operator(\/break-glass)?$/, "");
  return { endpoint: new URL(url.origin), prefix, region: regionOf(url.hostname, isLoopback, env) };
}

function regionOf(hostname: string, isLoopback: boolean, env: NodeJS.ProcessEnv): string {
  const [, stated] = EXECUTE_API.exec(hostname) ?? [];
  const region = stated ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (region) return region;
  if (isLoopback) return "local";
  throw new UsageError("the region is unknown, because the host name does not contain it: set AWS_REGION");
}
