/** Shows the progress of long work: one changing line on a terminal, an occasional line in a pipe. */
const PIPE_EVERY_MS = 5_000;

export function createProgress(out: NodeJS.WriteStream) {
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    tell(line: string): void {
      if (out.isTTY) return void out.write(`\r\u001b[2K${line}`);
      const now = performance.now();
      if (now - saidAt < PIPE_EVERY_MS) return;
      saidAt = now;
      out.write(`${line}\n`);
    },
    done(): void {
      out.write(out.isTTY ? "\r\u001b[2K" : "\n");
    },
  };
}
