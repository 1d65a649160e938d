export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts", ".yml"],
  moduleFileExtensions: ["ts", "mjs", "js", "json", "yml"],
  transform: {
    "^.+\\.ts$": "<rootDir>/scripts/jest-esbuild.mjs",
    "policy\\.yml$": "<rootDir>/scripts/jest-policy.mjs",
  },
  collectCoverageFrom: ["functions/**/*.ts", "lib/**/*.ts"],
  coverageProvider: "v8",
  coverageReporters: ["text", "lcov"],
};
