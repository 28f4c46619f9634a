import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './process.mjs'
import { workspacePackages } from './workspace.mjs'

/** What passed, by number; what failed or was skipped, by name. */
export function newTally() {
  return { passed: 0, failed: [], skipped: [] }
}

export function countCheck(tally, name, ok) {
  if (ok) tally.passed += 1
  else tally.failed.push(name)
}

/** Old results must not be taken for new ones, should a test run die before it writes its own. */
export function forgetTestResults() {
  for (const { directory } of workspacePackages()) rmSync(resultsOf(join(root, directory)), { force: true })
}

/** A type check or a lint run is one test; a test task is as many as it says; a build counts only when it fails. */
export function countTask(tally, task) {
  const name = `${task.package} ${task.task}`
  const label = task.ran ? name : `${name}: did not run, because something that it needs failed`
  if (task.task === 'test' && task.ran) countTests(tally, task, name)
  else if (task.task !== 'build' || !task.ok) countCheck(tally, label, task.ok)
}

function countTests(tally, task, name) {
  const results = readResults(task.directory)
  tally.passed += results.passed
  tally.failed.push(...results.failed.map((test) => `${name}: ${test}`))
  tally.skipped.push(...results.skipped.map((test) => `${name}: ${test}`))
  if (!task.ok && results.failed.length === 0) tally.failed.push(`${name}: ended badly, see above`)
}

function readResults(directory) {
  try {
    return JSON.parse(readFileSync(resultsOf(directory), 'utf8'))
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return { passed: 0, failed: ['left no results, see above'], skipped: [] }
  }
}

function resultsOf(directory) {
  return join(directory, 'test-results.json')
}

/** The names of what failed and of what was skipped, and at the very end the one line that counts. */
export function print({ passed, failed, skipped }) {
  list('Failed', failed)
  list('Skipped', skipped)
  const tail = skipped.length === 0 ? '' : `, ${skipped.length} skipped`
  console.log(`\n${passed} passed, ${failed.length} failed${tail}`)
}

function list(title, names) {
  if (names.length > 0) console.log(`\n${title}:\n${names.map((name) => `  ${name}`).join('\n')}`)
}
