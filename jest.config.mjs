export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts", ".yml"],
  moduleFileExtensions: ["ts", "mjs", "js", "json", "yml"],
  transform: {
    "^.+\\.ts$": "<rootDir>/build/jest-esbuild.mjs",
    "policy\\.yml$": "<rootDir>/build/jest-policy.mjs",
  },
  collectCoverageFrom: ["functions/**/*.ts", "lib/**/*.ts"],
  coverageProvider: "v8",
  coverageReporters: ["text", "lcov"],
};
