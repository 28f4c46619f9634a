// `npm run quickstart`: from a fresh clone to a backup that was made, listed, restored and compared.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareTrees } from './compare-trees.mjs'
import { install } from './install.mjs'
import { fail, root, run } from './process.mjs'
import { turbo } from './turbo.mjs'

const bakthat = join('apps', 'cli', 'bin', 'bakthat.js')
const subject = 'packages'

const env = install()
console.log('Building')
const built = await turbo(['build'], env, { args: ['--filter=@bakthat/cli'], quiet: true })
if (!built.ok) fail('The build failed; what it said is above.')

const scratch = mkdtempSync(join(tmpdir(), 'bakthat-quickstart-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))
tryItOut()

function tryItOut() {
  const home = join(scratch, 'home')
  const restored = join(scratch, 'restored')
  mkdirSync(home)
  const own = privateEnvironment(home)

  command(own, 'backup', subject)
  command(own, 'show')
  command(own, 'restore', subject, '--to', restored)
  compare(join(root, subject), join(restored, subject))
  console.log(
    [
      'It works. Nothing of this was kept. To try it on your own data (backups go to ~/.local/share/bakthat):',
      '',
      `  node ${bakthat} backup ~/some/directory`,
      `  node ${bakthat} show`,
      `  node ${bakthat} restore directory --to /tmp/back`,
    ].join('\n'),
  )
}

/** Settings, catalog and backups of a home that is thrown away: the user's own are neither read nor touched. */
function privateEnvironment(home) {
  const own = {
    ...process.env,
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    BAKTHAT_DATABASE: join(home, 'catalog.sqlite'),
  }
  delete own.BAKTHAT_CONFIG
  delete own.BAKTHAT_PASSWORD
  return own
}

function command(own, ...args) {
  const shown = args.map((arg) => arg.replace(scratch, '$TMP')).join(' ')
  console.log(`\n$ bakthat ${shown}`)
  const done = run(process.execPath, [join(root, bakthat), ...args], { env: own, quiet: true })
  const lines = done.output.replaceAll(scratch, '$TMP').trimEnd().split('\n')
  console.log(lines.map((line) => `  ${line}`).join('\n'))
  if (!done.ok) fail(`bakthat ${args[0]} failed with exit status ${String(done.status)}.`)
}

function compare(original, restored) {
  if (!existsSync(restored)) fail('The restore said that it went well, but there is nothing where it should be.')
  const { entries, bytes, differences } = compareTrees(original, restored)
  if (differences.length > 0) fail(`The restored tree differs from the original:\n  ${differences.join('\n  ')}`)
  console.log(
    `\nCompared ${entries} entries, ${bytes} bytes: kinds, modes, times, sizes and SHA-256 are the same in both trees.\n`,
  )
}
