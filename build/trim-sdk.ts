/** Leaves out parts of the AWS SDK that offair does not use. */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/**
 * Leaves out the SDK's event streams, which no operation of offair uses. The SDK imports them dynamically, so esbuild would keep the module
 * and everything it imports: 160 modules of @smithy/core. The client of S3 also configures them.
 */
export const withoutEventStreams: Plugin = {
  name: "without-event-streams",
  setup({ onResolve, onLoad }) {
    const namespace = "without-event-streams";
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /./, namespace }, () => ({
      contents:
        'const refuse = () => { throw new Error("event streams are not bundled: build/trim-sdk.ts"); };' +
        "export { refuse as EventStreamSerde, refuse as eventStreamSerdeProvider };" +
        "export const resolveEventStreamSerdeConfig = (config) => config;",
    }));
  },
};

/** Bundles only the version of a client's package.json, the one field that the User-Agent needs: saves 2 kB per client. */
export const versionOnly: Plugin = {
  name: "version-only",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]package\.json$/ }, ({ path }) => {
      const { version }: { version: unknown } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** A schema of a client: one array. */
const SCHEMA = /^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm;

/**
 * Marks each schema of a client's operations as pure, so that esbuild leaves out those of the operations that no function calls. esbuild
 * cannot see by itself that they have no side effects, because their traits have computed keys.
 */
export const pureSchemas: Plugin = {
  name: "pure-schemas",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]dist-es[/\\]schemas[/\\]schemas_0\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(SCHEMA, "$1/* @__PURE__ */ (() => $2)();"),
    }));
  },
};

interface Partition {
  readonly regionRegex: string;
  readonly regions: Readonly<Record<string, unknown>>;
}

/** Leaves out the regions that the pattern of their partition matches: only their descriptions are lost. Saves 4 kB. */
export const partitionsByPattern: Plugin = {
  name: "partitions-by-pattern",
  setup({ onLoad }) {
    onLoad({ filter: /util-endpoints[/\\]lib[/\\]aws[/\\]partitions\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8"); // one constant, as JSON
      const json = source.slice(source.indexOf("{"), source.lastIndexOf("}") + 1);
      const { partitions, ...info }: { partitions: readonly Partition[] } = JSON.parse(json);
      const matching = (region: string) => partitions.find(({ regionRegex }) => new RegExp(regionRegex).test(region));
      const short = partitions.map((partition) => ({
        ...partition,
        regions: Object.fromEntries(
          Object.entries(partition.regions).filter(([region]) => matching(region) !== partition),
        ),
      }));
      return { contents: `export const partitionsInfo = ${JSON.stringify({ ...info, partitions: short })};` };
    });
  },
};

/** The class of an error: its name, id and fault, and its own fields. */
const ERROR =
  /^export class (\w+) extends __BaseException \{\n {4}static shapeId = ("[^"]+");\n {4}name = "\1";\n {4}\$fault = ("\w+");\n((?: {4}\w+;\n)*) {4}constructor\(opts\) \{\n {8}super\(\{\n {12}name: "\1",\n {12}\$fault: \3,\n {12}\.\.\.opts,\n {8}\}\);\n {8}Object\.setPrototypeOf\(this, \1\.prototype\);\n(?: {8}this\.(\w+) = opts\.\5;\n)* {4}\}\n\}$/gm;

/** Returns such a class. */
const DEFINE_ERROR = `const define = (name, shapeId, fault, ...fields) => class Defined extends __BaseException {
  static shapeId = shapeId;
  name = name;
  $fault = fault;
  constructor(opts) {
    super({ name, $fault: fault, ...opts });
    Object.setPrototypeOf(this, Defined.prototype);
    for (const field of fields) this[field] = opts[field];
  }
};
`;

/** Writes the class of each error in one line instead of thirteen: 2 to 5 kB a client. */
export const shortErrors: Plugin = {
  name: "short-errors",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]dist-es[/\\]models[/\\]errors\.js$/ }, ({ path }) => ({
      contents:
        DEFINE_ERROR +
        readFileSync(path, "utf8").replace(ERROR, (_, name: string, id: string, fault: string, fields: string) => {
          const own = [...fields.matchAll(/\w+/g)].map(([field]) => JSON.stringify(field));
          return `export const ${name} = define(${[JSON.stringify(name), id, fault, ...own].join(", ")});`;
        }),
    }));
  },
};
