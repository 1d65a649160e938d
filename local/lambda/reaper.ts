/**
 * Kills the processes that the stack leaves behind when it is killed (SIGKILL, a crash). A stopped process cannot notice that its
 * parent has ended, so a separate shell does: its standard input ends with the parent, however the parent ends.
 */
import { spawn } from "node:child_process";

export interface Reaper {
  watch(pid: number): void;
  /** Call when the process has ended: the system may soon reuse its id. */
  forget(pid: number): void;
  close(): void;
}

const SCRIPT = `
pids=" "
while read -r verb pid; do
  case $verb in
    watch) pids="$pids$pid " ;;
    forget) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
[ "$pids" = " " ] || kill -s KILL $pids
`;

export function createReaper(): Reaper {
  // Detached, because Ctrl-C at the terminal ends the whole process group, and the shell must outlive it.
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"], env: {} });
  shell.stdin.on("error", () => {}); // the shell was killed: nothing is cleaned up then, and nothing else changes
  shell.unref();
  const tell = (verb: string, pid: number) => shell.stdin.writable && shell.stdin.write(`${verb} ${pid}\n`);
  return {
    watch: (pid) => tell("watch", pid),
    forget: (pid) => tell("forget", pid),
    close: () => shell.stdin.end(),
  };
}
