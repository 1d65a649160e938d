/** Jest transformer for `import policy from "../policy.yml"`: returns the same value as in the bundles. */
import { createHash } from "node:crypto";
import { compilePolicy } from "./compile-policy.ts";

const compile = (file) =>
  `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = ${JSON.stringify(compilePolicy(file))};`;

export default {
  // The key is the compiled result, because it also depends on the schema, which jest does not track.
  getCacheKey: (_source, file) => createHash("sha256").update(compile(file)).digest("hex"),
  process: (_source, file) => ({ code: compile(file) }),
};
