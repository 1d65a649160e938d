/**
 * Kills what the stack leaves behind when it dies without a word (SIGKILL, a crash). A stopped process cannot notice that its
 * parent is gone, so a shell beside it does: its standard input ends with the parent, whichever way the parent went.
 */
import { spawn } from "node:child_process";

export interface Reaper {
  watch(pid: number): void;
  /** The process has ended: its number may soon belong to somebody else. */
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
  // Detached: a Ctrl-C at the terminal goes to the whole process group, and this one has to outlive it.
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"], env: {} });
  shell.stdin.on("error", () => {}); // it was killed by hand: then nobody watches, and nothing else changes
  shell.unref();
  const tell = (verb: string, pid: number) => shell.stdin.writable && shell.stdin.write(`${verb} ${pid}\n`);
  return {
    watch: (pid) => tell("watch", pid),
    forget: (pid) => tell("forget", pid),
    close: () => shell.stdin.end(),
  };
}
