module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/esbuild-transform.cjs' },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdk.out'],
  testTimeout: 150_000,
  // On two cores: real servers are processes of their own, and half of the time a test file waits for them.
  maxWorkers: 3,
};
