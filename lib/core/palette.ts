/** The colours of everything that is read in a browser: the page of an audit and the console. */

/** `rule`: decorative separators, without a contrast requirement. */
export type Palette = Readonly<
  Record<"page" | "surface" | "text" | "muted" | "rule" | "accent" | "area" | "good" | "warn" | "bad", string>
>;

/** Tested: text colours have a contrast of at least 4.5 : 1 on page and surface, drawn marks 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11). */
export const LIGHT: Palette = {
  ...{ page: "#ffffff", surface: "#f4f6f9", text: "#171a1f", muted: "#4c5663", rule: "#d3d9e0" },
  ...{ accent: "#0b57a4", area: "#d5e4f4", good: "#1a6b3a", warn: "#8a4f00", bad: "#b0221a" },
};
export const DARK: Palette = {
  ...{ page: "#12161b", surface: "#1b2027", text: "#e9ecf0", muted: "#aab4c0", rule: "#38414c" },
  ...{ accent: "#7db9ff", area: "#1d3450", good: "#77d69b", warn: "#f2b660", bad: "#ff958b" },
};

/** The palette as custom properties of CSS: `--page:#ffffff;--surface:…`. */
export const variables = (palette: Palette): string =>
  Object.entries(palette)
    .map(([key, colour]) => `--${key}:${colour}`)
    .join(";");
