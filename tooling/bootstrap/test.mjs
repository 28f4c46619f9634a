// `npm test`: everything that can be checked, and one line at the end that says how it went.
// Arguments go to turbo: `npm test -- --filter=@bakthat/errors`, `npm test -- --force`.
import { checkFormat } from './format.mjs'
import { install } from './install.mjs'
import { countTask, forgetTestResults, newTally, print } from './tally.mjs'
import { turbo } from './turbo.mjs'

const args = process.argv.slice(2)
const env = install()

forgetTestResults()
console.log('Building, checking and testing every package; what did not change comes from the cache')
const { ok, tasks } = await turbo(['build', 'typecheck', 'lint', 'test'], env, { args })

const tally = newTally()
for (const task of tasks) countTask(tally, task)
if (args.length === 0) checkFormat(tally)
if (!ok && tally.failed.length === 0) tally.failed.push('turbo: the run failed, see above')
if (tally.passed === 0 && tally.failed.length === 0) tally.failed.push('nothing was tested')

print(tally)
process.exitCode = tally.failed.length === 0 ? 0 : 1
