/** Three layers: `npm test` runs unit and integration, `npm run test:stack` runs stack, `npm run test:all` runs all. CONTRIBUTING.md tells which is which. */
const layer = (LAYER, { in: testMatch, not: testPathIgnorePatterns = [] }) => ({
  displayName: LAYER,
  globals: { LAYER },
  testMatch,
  testPathIgnorePatterns,
  testEnvironment: "node",
  setupFiles: ["<rootDir>/test/support/layer.ts"],
  moduleFileExtensions: ["ts", "mjs", "js", "json", "yml"],
  transform: {
    "\\.ts$": "<rootDir>/build/jest-esbuild.mjs",
    "/(@middy|fauxqs|@noble|svix)/.+\\.m?js$": "<rootDir>/build/jest-esbuild.mjs",
    "policy\\.yml$": "<rootDir>/build/jest-policy.mjs",
  },
  // These are published as ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!@middy/|fauxqs/|@noble/|svix/)"],
  moduleNameMapper: { "^fauxqs$": "<rootDir>/node_modules/fauxqs/dist/app.js" },
});

const STACK = "/test/stack/";
const INTEGRATION = "\\.integration\\.test\\.ts$";

export default {
  projects: [
    layer("unit", { in: ["<rootDir>/test/**/*.test.ts"], not: [STACK, INTEGRATION] }),
    layer("integration", { in: ["<rootDir>/test/**/*.integration.test.ts"], not: [STACK] }),
    layer("stack", { in: ["<rootDir>/test/stack/**/*.test.ts"] }),
  ],
  // Only a test that hangs is stopped: a busy machine makes none fail.
  testTimeout: (process.env.TEST_DEPTH || "quick") === "quick" ? 120_000 : 600_000,
  maxWorkers: "100%",
  collectCoverageFrom: ["functions/**/*.ts", "lib/**/*.ts"],
  coverageProvider: "v8",
  coverageReporters: ["text", "lcov"],
};
