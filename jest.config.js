/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Laws ask thousands of questions; a machine that does other work besides must not fail them.
  testTimeout: 60_000,
  // By default one core is left idle; here nothing else runs.
  maxWorkers: '100%',
  roots: ['<rootDir>/test', '<rootDir>/examples'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/integration/'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  moduleNameMapper: {
    '^agentic-iam$': '<rootDir>/lib/index.ts',
    '^agentic-iam/(aws|azure|gcp|client|testing|vault|datadog)$': '<rootDir>/lib/$1/index.ts',
  },
};
