/** Where offair is for an operator: the gateway's URL, and the region that a request to it is signed for. */
import { UsageError } from "../terminal/errors.ts";

export interface OperatorUrl {
  readonly endpoint: URL;
  /** What stands before `/operator`: empty, or a stage. */
  readonly prefix: string;
  readonly region: string;
}

const HOW = "give --url, or set OFFAIR_URL: the output OperatorUrl of the stack";

/** @see https://docs.aws.amazon.com/general/latest/gr/apigateway.html */
const EXECUTE_API = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** @throws UsageError. It does not quote the URL, which may hold a password. */
export function operatorUrl(named: string | undefined, env: NodeJS.ProcessEnv): OperatorUrl {
  const text = named ?? env.OFFAIR_URL;
  if (!text) throw new UsageError(`where is offair? ${HOW[0]?.toUpperCase()}${HOW.slice(1)}`);
  if (!URL.canParse(text)) throw new UsageError(`that is no URL: ${HOW}`);
  const url = new URL(text);
  const isLoopback = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) {
    throw new UsageError("the URL must be https, unless its host is the loopback address");
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError("the URL must be a scheme, a host and a path, and no more");
  }
  const prefix = url.pathname.replace(/\/+$/, "").replace(/\/operator(\/break-glass)?$/, "");
  return { endpoint: new URL(url.origin), prefix, region: regionOf(url.hostname, isLoopback, env) };
}

function regionOf(hostname: string, isLoopback: boolean, env: NodeJS.ProcessEnv): string {
  const [, stated] = EXECUTE_API.exec(hostname) ?? [];
  const region = stated ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (region) return region;
  if (isLoopback) return "local";
  throw new UsageError("which region is it in? The host's name does not say it: set AWS_REGION");
}
