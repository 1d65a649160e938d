/** Writes the recordings into docs/deploy.md: `npm run docs`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { playScenes } from "./scenes.ts";

const PAGE = join(import.meta.dirname, "../../docs/deploy.md");

/** The text between the two marks of a recording is replaced. */
const place = (name: string): RegExp => new RegExp(`(<!-- recording: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);

/** @throws Error if the page has no place for a scene, or a place without a scene. */
export async function deployPage(): Promise<{ readonly file: string; readonly text: string }> {
  const scenes = await playScenes();
  let text = readFileSync(PAGE, "utf8");
  const places = [...text.matchAll(/<!-- recording: (\S+) -->/g)].map(([, name = ""]) => name);
  const odd = [
    ...places.filter((name) => !(name in scenes)),
    ...Object.keys(scenes).filter((name) => !places.includes(name)),
  ];
  if (odd.length > 0) throw new Error(`docs/deploy.md and the scenes differ: ${odd.join(", ")}`);
  for (const [name, recorded] of Object.entries(scenes))
    text = text.replace(
      place(name),
      (_, start: string, end: string) => `${start}\n\`\`\`text\n${recorded}\`\`\`\n\n${end}`,
    );
  return { file: PAGE, text };
}

export async function writeDeployPage(): Promise<void> {
  const { file, text } = await deployPage();
  writeFileSync(file, text);
}
