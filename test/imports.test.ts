/** Which room may import which: the table of ARCHITECTURE.md, held against every import of the code, type-only imports included. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "..");
const IMPORT = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
const sources = globSync("{functions,lib,cli,console,local,build,scripts,bench,test}/**/*.{ts,tsx,mjs}", {
  cwd: root,
}).map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));
const OURS = /^(functions|lib|cli|console|local|build|scripts)\//;

interface Import {
  readonly file: string;
  /** A file by its path from the root, or a package by its name. */
  readonly target: string;
}
const imports: Import[] = sources.flatMap(({ file, text }) =>
  [...text.matchAll(IMPORT)].map(([, target = ""]) => ({
    file,
    target: target.startsWith(".") ? join(dirname(file), target) : target,
  })),
);
const between = (from: RegExp, to: RegExp) => imports.filter(({ file, target }) => from.test(file) && to.test(target));

type RoomTable = ReadonlyMap<string, readonly string[]>;

/** Rows `| room | may import |` below the heading of ARCHITECTURE.md; a folder below a room belongs to it unless it has a row. */
function readRoomTable(markdown: string): RoomTable {
  const [, section = ""] = markdown.split("\n## Which room may import which\n");
  const [table = ""] = section.split("\n## ");
  const rows = [...table.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)];
  return new Map(
    rows.map(([, room = "", list = ""]) => [room, [...list.matchAll(/`([^`]+)`/g)].map(([, to = ""]) => to)]),
  );
}

const roomOf = (path: string, rooms: RoomTable): string | undefined =>
  [...rooms.keys()].filter((room) => path.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0];

function forbiddenImports(all: readonly Import[], rooms: RoomTable): string[] {
  return all.flatMap(({ file, target }) => {
    if (!OURS.test(file) || !target.includes("/") || !/\.(tsx?|mjs)$/.test(target)) return [];
    const [from, to] = [roomOf(file, rooms), roomOf(target, rooms)];
    const isAllowed = from !== undefined && to !== undefined && (from === to || rooms.get(from)?.includes(to));
    return isAllowed ? [] : [`${file} imports ${target}`];
  });
}

/** One cycle of a graph as a path, or nothing. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  function walk(node: string, path: readonly string[]): readonly string[] {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of graph.get(node) ?? []) {
      const cycle = walk(next, [...path, node]);
      if (cycle.length > 0) return cycle;
    }
    done.add(node);
    return [];
  }
  for (const node of graph.keys()) {
    const cycle = walk(node, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

const graphOf = (all: readonly Import[]): Map<string, string[]> => {
  const graph = new Map<string, string[]>();
  for (const { file, target } of all) graph.set(file, [...(graph.get(file) ?? []), target]);
  return graph;
};

const rooms = readRoomTable(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"));
const ours = imports.filter(({ file }) => OURS.test(file));

describe("the rooms", () => {
  it("import only what the table of ARCHITECTURE.md allows", () => {
    expect(rooms.size).toBeGreaterThan(30);
    expect(forbiddenImports(imports, rooms)).toEqual([]);
  });

  it("are all in the table, and the table allows nothing that no import uses", () => {
    const used = new Set(ours.map(({ file, target }) => `${roomOf(file, rooms)} → ${roomOf(target, rooms)}`));
    const unused = [...rooms]
      .flatMap(([from, list]) => list.map((to) => `${from} → ${to}`))
      .filter((row) => !used.has(row));
    expect(unused).toEqual([]);
    expect(sources.filter(({ file }) => OURS.test(file) && roomOf(file, rooms) === undefined)).toEqual([]);
  });

  it("have arrows in one direction only", () => {
    expect(findCycle(rooms)).toEqual([]);
  });

  it("hold no import cycle between files, type-only imports included", () => {
    expect(findCycle(graphOf(ours))).toEqual([]);
  });

  it("hold at most 25 files each", () => {
    const counts = new Map<string, number>();
    for (const { file } of sources.filter(({ file }) => OURS.test(file))) {
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 25)).toEqual([]);
  });
});

it("a file has at most 250 lines", () => {
  const long = sources.filter(({ file, text }) => OURS.test(file) && text.split("\n").length > 251);
  expect(long.map(({ file }) => file)).toEqual([]);
});

describe("the checks above", () => {
  it("refuse an arrow that the table lacks", () => {
    const added = { file: "lib/core/stream.ts", target: "lib/orders/order.ts" };
    expect(forbiddenImports([...imports, added], rooms)).toEqual(["lib/core/stream.ts imports lib/orders/order.ts"]);
  });

  it("find a cycle that one import closes", () => {
    const [first] = between(/^lib\/orders\//, /^lib\/core\/stream\.ts$/);
    expect(first).toBeDefined();
    const closing = { file: "lib/core/stream.ts", target: first?.file ?? "" };
    expect(findCycle(graphOf([...ours, closing]))).toContain("lib/core/stream.ts");
  });

  it("see type-only imports", () => {
    expect(between(/^lib\/decisions\/decide\.ts$/, /^lib\/reports\/report\.ts$/)).toHaveLength(1);
  });
});

describe("packages and tests:", () => {
  it.each([
    [
      "the core knows zod, and nothing else from outside",
      /^lib\/(?!plans\/nearest-names\.ts$)(core|reports|orders|policy|queue|safeguards|sources|decisions|plans|precision|clock|ledger|replay|worker|operator)\//,
      /^(?!lib\/|zod$|node:)/,
    ],
    [
      "only what finds similar names knows a distance of texts",
      /^(?!lib\/plans\/nearest-names\.ts$|cli\/terminal\/nearest\.ts$)/,
      /^fastest-levenshtein$/,
    ],
    [
      "the domain opens no file, socket or process",
      /^lib\/(reports|orders|policy|queue|safeguards|decisions|plans|ledger|replay|worker|operator)\//,
      /^node:(?!crypto|net$)/,
    ],
    ["only lib/aws knows the AWS SDK", /^lib\/(?!aws\/)/, /^(@aws-sdk|@smithy)\//],
    ["only functions know middy, ours and those of a rival", /^(?!functions\/|bench\/rivals\/|test\/)/, /^@middy\//],
    ["only tests know a function", /^(?!test\/)/, /^functions\/(?!shared\/)/],
    ["only tests know a bench", /^(?!bench\/|test\/)/, /^bench\//],
    [
      "only local/iam knows the IAM simulator, whose licence is the AGPL",
      /^(?!local\/iam\/)/,
      /^@cloud-copilot\/iam-(simulate|policy|utils)/,
    ],
    ["only the local stack knows its IAM", /^(?!local\/|test\/|scripts\/)/, /^local\/iam\//],
    ["a rival shares no line with us", /^bench\/rivals\//, /^(lib|functions|local|cli)\//],
    ["a relative import names its ending", /./, /^(functions|lib|cli|console|local|build|scripts|bench)\/.*\/[^.]+$/],
  ])("%s", (_, from, to) => {
    expect(sources.filter(({ file }) => from.test(file))).not.toEqual([]);
    expect(between(from, to)).toEqual([]);
  });
});

it("zod comes as a namespace: its named export brings every language along, 350 kB", () => {
  const named = sources.filter(({ text }) => /import\s+(?!(type )?\* as z )[^;]*from "zod"/.test(text));
  expect(named.map(({ file }) => file)).toEqual([]);
  expect(between(/./, /^zod(\/|-)/)).toEqual([]);
});
