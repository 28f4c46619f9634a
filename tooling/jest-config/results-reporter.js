import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * Leaves `test-results.json` in the package: how many tests passed and failed, and the names of those that failed or
 * were skipped. The file is an output of the test task, so it comes back from the cache with it.
 */
export default class ResultsReporter {
  #globalConfig

  constructor(globalConfig) {
    this.#globalConfig = globalConfig
  }

  onRunComplete(_contexts, run) {
    const tests = run.testResults.flatMap((file) => file.testResults)
    const names = (...statuses) => tests.filter((test) => statuses.includes(test.status)).map((test) => test.fullName)
    const brokenFiles = run.testResults
      .filter((file) => file.testExecError)
      .map((file) => relative(this.#globalConfig.rootDir, file.testFilePath))
    const results = {
      passed: names('passed').length,
      failed: [...names('failed'), ...brokenFiles],
      skipped: names('pending', 'skipped', 'todo', 'disabled'),
    }
    writeFileSync(join(this.#globalConfig.rootDir, 'test-results.json'), `${JSON.stringify(results, undefined, 2)}\n`)
  }
}
