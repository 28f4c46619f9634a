import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { bin, execute, Home } from './support/bin.js'
import { run } from './support/fake-host.js'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
const examples = [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)]
  .map((match) => match[1]!)
  .filter((text) => !text.startsWith('npm'))

describe('the tables of the README', () => {
  it('tell of every command', async () => {
    const { stdout } = await run(['man', '--json'])
    const { commands } = JSON.parse(stdout) as { readonly commands: readonly { readonly name: string }[] }
    const isTold = (name: string): boolean => new RegExp(`^\\|.*\`${name}[ \`]`, 'm').test(readme)
    expect(commands.map(({ name }) => name).filter((name) => !isTold(name))).toEqual([])
  })
})

describe('the shell examples of the README', () => {
  let home: Home
  beforeAll(() => {
    home = new Home()
    mkdirSync(home.join('bin'))
    symlinkSync(bin, home.join('bin', 'bakthat'))
  })
  afterAll(() => home.remove())

  it('are there', () => {
    expect(examples).toHaveLength(3)
  })

  it.each(examples)('run one after the other:\n%s', async (script) => {
    const env = { ...home.env, PATH: `${home.join('bin')}:${process.env.PATH ?? ''}` }
    expect(await execute('bash', ['-euo', 'pipefail', '-c', script], { cwd: home.path, env })).toMatchObject({
      status: 0,
    })
  })
})
