import { join } from 'node:path'
import { root, run } from './process.mjs'
import { countCheck } from './tally.mjs'
import { workspacePackages } from './workspace.mjs'

/** Whether Prettier would leave every file as it is: one test for each package, and one for the rest of the repository. */
export function checkFormat(tally) {
  const prettier = join(root, 'node_modules', '.bin', 'prettier')
  const checked = run(prettier, ['--list-different', '--cache', '.'], { quiet: true })
  const lines = checked.output.split('\n').filter((line) => line !== '')
  const directories = workspacePackages().map(({ directory }) => directory)
  for (const directory of [...directories, undefined]) {
    const files = lines.filter((file) => directories.find((other) => file.startsWith(`${other}/`)) === directory)
    if (files.length > 0) console.log(['Not formatted (npm run format does it):', ...files].join('\n  '))
    countCheck(tally, `${directory ?? 'the repository'} format`, files.length === 0)
  }
}
