import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { generateIdentity } from '@bakthat/crypto'
import { backup } from 'bakthat'
import { place } from './place.js'

const formats = readFileSync(join(import.meta.dirname, '../../../docs/formats.md'), 'utf8')

/** The commands of docs/formats.md, by the extensions of what they restore. */
const commands = new Map(
  [...formats.matchAll(/^\| `mydir\.\d{14}(\S+)`\s+\| `(.+)`\s+\|$/gm)].map(([, extensions, command]) => [
    extensions!,
    command!
      .replaceAll('\\|', '|')
      .replaceAll(/mydir\.\d{14}\S*|FILE/g, '"$FILE"')
      .replaceAll('KEY', '"$KEY"'),
  ]),
)

function has(tool: string): boolean {
  return spawnSync(tool, ['--version']).error === undefined
}

describe('the commands of docs/formats.md', () => {
  it('cover every kind of stored name', () => {
    expect([...commands.keys()].sort()).toEqual(['.tar', '.tar.age', '.tar.zst', '.tar.zst.age', '.tgz', '.tgz.age'])
  })

  const tools = ['tar', 'zstd', 'age'].filter((tool) => !has(tool))
  const run = tools.length === 0 ? it : it.skip
  run.each([...commands])('restore a %s', async (extensions, command) => {
    await using here = await place()
    const { identity, recipient } = await generateIdentity()
    const key = join(here.directory, 'key')
    await writeFile(key, `${identity}\n`)
    const format = extensions.startsWith('.tgz') ? 'gzip' : extensions.startsWith('.tar.zst') ? 'zstd' : 'none'
    const { storedFilename } = await backup(here.tree, {
      conf: here.conf,
      compression: { format },
      ...(extensions.endsWith('.age') && { recipients: [recipient] }),
    })
    expect(storedFilename).toMatch(new RegExp(`^bak\\.\\d{14}${extensions}$`))
    const to = join(here.directory, 'to')
    await mkdir(to)
    const file = join(here.directory, 'store', storedFilename)
    execFileSync('bash', ['-o', 'pipefail', '-ec', command], { cwd: to, env: { ...process.env, KEY: key, FILE: file } })
    expect(await readdir(to)).toEqual(['bak'])
    expect(await readFile(join(to, 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
  })
})
