/** Jest transformer: `import policy from "../policy.yml"` in a test is the value that the bundles hold. */
import { createHash } from "node:crypto";
import { compilePolicy } from "./compile-policy.ts";

const compile = (file) =>
  `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = ${JSON.stringify(compilePolicy(file))};`;

export default {
  // The result itself is the key: it also depends on the schema, which jest does not know to be an input.
  getCacheKey: (_source, file) => createHash("sha256").update(compile(file)).digest("hex"),
  process: (_source, file) => ({ code: compile(file) }),
};
