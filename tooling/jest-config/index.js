import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const resolve = (specifier) => fileURLToPath(import.meta.resolve(specifier))

/** Loading it costs, so only packages with property tests do. */
const hasProperties = existsSync('node_modules/fast-check')

/**
 * The one Jest preset. Tests are TypeScript and import packages by name, so they run against what `tsc` built:
 * the same files that are published, worker threads included.
 */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      resolve('@swc/jest'),
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  reporters: ['default', fileURLToPath(new URL('results-reporter.js', import.meta.url))],
  setupFiles: hasProperties ? [fileURLToPath(new URL('repeatable-properties.js', import.meta.url))] : [],
  // Ends what hangs, and nothing that is only slow: machines may be busy with other things.
  testTimeout: 180_000,
  maxWorkers: 2,
}
