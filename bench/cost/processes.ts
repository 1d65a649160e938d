/** The child processes that are Lambda environments: which function each runs, its CPU time, and who owns a connection. From Linux's /proc. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const names = new Map<number, string>();

/** The function that a child process runs, as in serverless.yml; undefined for any other process. */
export function functionOf(pid: number): string | undefined {
  const known = names.get(pid);
  if (known !== undefined) return known;
  const environ = read(`/proc/${pid}/environ`);
  const [, name] = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=[^\0]*?([a-z]+)\0/.exec(environ) ?? [];
  if (name !== undefined) names.set(pid, name);
  return name;
}

/** CPU time of all threads so far. */
export function cpuMsOf(pid: number): number {
  const threads = list(`/proc/${pid}/task`);
  const ns = threads.reduce((sum, id) => sum + Number(read(`/proc/${pid}/task/${id}/schedstat`).split(" ")[0] || 0), 0);
  return ns / 1e6;
}

const loopback = (port: number): string => `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;

/** The child process whose end of a loopback connection has this port. Connections to other servers may have the same port, also closed ones. */
export function ownerOf(port: number, serverPort: number): number | undefined {
  const ends = `${loopback(port)} ${loopback(serverPort)}`;
  const line = read("/proc/self/net/tcp")
    .split("\n")
    .map((each) => each.trim().split(/\s+/))
    .find(([, local, remote]) => `${local} ${remote}` === ends);
  const socket = `socket:[${line?.[9]}]`;
  return [...new Set([...names.keys(), ...children()])].find((pid) =>
    list(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === socket),
  );
}

/** May lack one that is just being started or stopped, so that a caller asks again. */
const children = (): number[] =>
  list(`/proc/self/task`).flatMap((thread) =>
    read(`/proc/self/task/${thread}/children`).trim().split(" ").filter(Boolean).map(Number),
  );

const attempt = <T>(look: () => T, otherwise: T): T => {
  try {
    return look();
  } catch {
    return otherwise; // the process has ended meanwhile
  }
};
const read = (file: string): string => attempt(() => readFileSync(file, "utf8"), "");
const list = (folder: string): string[] => attempt(() => readdirSync(folder), []);
const linkOf = (file: string): string => attempt(() => readlinkSync(file), "");
