/** What a terminal shows: commands run in a pseudo-terminal, their output on a screen of so many columns, and that as HTML. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

interface Style {
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly colour?: string | undefined;
}
interface Cell extends Style {
  readonly text: string;
}

const COLOURS: Readonly<Record<number, string>> = { 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 36: "#79c0ff" };

/** Output of a command that writes to a terminal, with its escape sequences. `script` is a part of every Linux and macOS. */
export async function runInTerminal(command: string, columns: number, env: NodeJS.ProcessEnv): Promise<string> {
  const { NO_COLOR: _, CI: __, ...inherited } = process.env;
  const { stdout } = await run("script", ["-qefc", `stty cols ${columns} rows 60; ${command}`, "/dev/null"], {
    env: { ...inherited, TERM: "xterm-256color", ...env },
  });
  return stdout;
}

function styleAfter({ bold, dim, colour }: Style, code: number): Style {
  if (code === 0) return {};
  if (code === 1) return { bold: true, dim, colour };
  if (code === 2) return { bold, dim: true, colour };
  if (code === 22) return { colour };
  if (code === 39) return { bold, dim };
  return { bold, dim, colour: COLOURS[code] ?? colour };
}

/** The screen after all output: rows of cells. It knows what our commands write: text, colours, and a line that is drawn again. */
function screenOf(output: string, columns: number): Cell[][] {
  const rows: Cell[][] = [[]];
  let [column, style]: [number, Style] = [0, {}];
  for (const [token = "", codes, code] of output.matchAll(/\u001b\[([\d;]*)([A-Za-z])|./gsu)) {
    const row = rows.at(-1) ?? [];
    if (code === "m") style = (codes ?? "").split(";").map(Number).reduce(styleAfter, style);
    else if (code === "K") row.length = 0;
    else if (token === "\r") column = 0;
    else if (token === "\n") rows.push([]);
    else if (code === undefined) {
      if (column === columns) [column] = [0, rows.push([])];
      (rows.at(-1) ?? [])[column++] = { text: token, ...style };
    }
  }
  return rows;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function cellHtml({ text, bold, dim, colour }: Cell): string {
  if (!bold && !dim && !colour) return escaped(text);
  const css = [bold && "font-weight:bold", dim && "opacity:.65", colour && `color:${colour}`].filter(Boolean).join(";");
  return `<span style="${css}">${escaped(text)}</span>`;
}

/** A page with one window; the element `main` is the picture. */
export function terminalPage(output: string, columns: number): string {
  const rows = screenOf(output.trimEnd(), columns).map((row) => row.map(cellHtml).join(""));
  return `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #0d1117 }
main { display: inline-block; background: #0d1117 }
header { background: #21262d; padding: 9px 12px; display: flex; gap: 7px }
i { width: 11px; height: 11px; border-radius: 50%; background: #484f58 }
pre { margin: 0; padding: 12px 16px 4px; width: ${columns}ch; color: #d1d7e0; font: 14px/1.36 "DejaVu Sans Mono", monospace }
</style><main><header><i></i><i></i><i></i></header><pre>${rows.join("\n")}</pre></main>`;
}
