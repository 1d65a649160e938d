export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  moduleFileExtensions: ["ts", "mjs", "js", "json", "yml"],
  transform: {
    "\\.ts$": "<rootDir>/build/jest-esbuild.mjs",
    "/(@middy|fauxqs)/.+\\.js$": "<rootDir>/build/jest-esbuild.mjs",
    "policy\\.yml$": "<rootDir>/build/jest-policy.mjs",
  },
  // These are published as ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!@middy/|fauxqs/)"],
  moduleNameMapper: { "^fauxqs$": "<rootDir>/node_modules/fauxqs/dist/app.js" },
  collectCoverageFrom: ["functions/**/*.ts", "lib/**/*.ts"],
  coverageProvider: "v8",
  coverageReporters: ["text", "lcov"],
  // Only a test that hangs is stopped: a busy machine makes none fail.
  testTimeout: (process.env.TEST_DEPTH || "quick") === "quick" ? 120_000 : 900_000,
  maxWorkers: "100%",
};
