/** How many lines of a terminal a text takes. */

/** Never less than it takes: every character outside ASCII counts as a wide one. */
const widthOf = (text: string): number => {
  let width = 0;
  for (const character of text) width += character < "\u007f" ? 1 : 2;
  return width;
};

export const linesOn = (text: string, columns: number): number => Math.max(1, Math.ceil(widthOf(text) / columns));
