/** What is on the screen of a terminal of a certain size after some output: the last rows, as a person sees them, without colours. */

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Knows what readline and our commands write: text, line ends, and the sequences that move the cursor or erase. */
export function screenOf(output: string, { rows, columns }: Size): string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  const lineAt = (at: number): string[] => {
    while (lines.length <= at) lines.push([]);
    return lines[at] ?? [];
  };
  for (const [token, codes = "", code] of output.matchAll(/\u001b\[\??([\d;]*)([A-Za-z])|[\s\S]/gu)) {
    const count = Number(codes) || 1;
    if (code === "A") row = Math.max(0, row - count);
    else if (code === "B") row += count;
    else if (code === "C") column += count;
    else if (code === "D") column = Math.max(0, column - count);
    else if (code === "G") column = count - 1;
    else if (code === "K") lineAt(row).splice(codes === "2" ? 0 : column);
    else if (code === "J") {
      lineAt(row).splice(column);
      lines.splice(row + 1);
    } else if (code !== undefined || token === "\u0007") continue;
    else if (token === "\r") column = 0;
    else if (token === "\n") row += 1;
    else {
      if (column >= columns) [row, column] = [row + 1, 0];
      const line = lineAt(row);
      while (line.length < column) line.push(" ");
      line[column] = token;
      column += 1;
    }
    lineAt(row);
  }
  return lines.slice(-rows).map((line) => line.join("").trimEnd());
}
