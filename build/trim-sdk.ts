/** Leaves out parts of the AWS SDK that offair does not use. */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/**
 * Leaves out the SDK's event streams, which no operation of offair uses. The SDK imports them dynamically, so esbuild would keep the module
 * and everything it imports: 160 modules of @smithy/core.
 */
export const withoutEventStreams: Plugin = {
  name: "without-event-streams",
  setup({ onResolve, onLoad }) {
    const namespace = "without-event-streams";
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, namespace } : undefined,
    );
    onLoad({ filter: /./, namespace }, () => ({
      contents:
        'const refuse = () => { throw new Error("event streams are not bundled: build/trim-sdk.ts"); };' +
        "export { refuse as EventStreamSerde, refuse as eventStreamSerdeProvider };",
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
