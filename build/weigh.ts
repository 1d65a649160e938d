/** The size of a bundle, and what it consists of. */
import { dirname } from "node:path";
import type { Metafile } from "esbuild";

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  /** The bytes of each npm package or folder in the bundle. */
  readonly bytesByPackage: ReadonlyMap<string, number>;
}

/** The npm package of a file. */
export const packageOf = (file: string): string | undefined => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];

/** @param file - how the path of the output ends. */
export function weigh(name: string, file: string, { outputs }: Metafile): Bundle {
  const output = Object.entries(outputs).find(([path]) => path.endsWith(file))?.[1];
  if (!output) throw new Error(`esbuild wrote no bundle for ${name}`);
  const bytesByPackage = new Map<string, number>();
  for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
    const owner = packageOf(input) ?? dirname(input);
    bytesByPackage.set(owner, (bytesByPackage.get(owner) ?? 0) + bytesInOutput);
  }
  return { name, bytes: output.bytes, bytesByPackage };
}

const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(0)} kB`;

/** Formats each bundle's size and its five heaviest parts. */
export function formatBundles(bundles: readonly Bundle[]): string {
  return bundles
    .map(({ name, bytes, bytesByPackage }) => {
      const heaviest = [...bytesByPackage].sort(([, a], [, b]) => b - a).slice(0, 5);
      const parts = heaviest.map(([owner, size]) => `${owner} ${kilobytes(size)}`).join(", ");
      return `${name.padEnd(10)}${kilobytes(bytes).padStart(8)}   ${parts}`;
    })
    .join("\n");
}
