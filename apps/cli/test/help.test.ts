import { describe, expect, it } from '@jest/globals'
import { run } from './support/fake-host.js'

const commands = [
  'backup',
  'show',
  'contents',
  'find',
  'diff',
  'restore',
  'delete',
  'rotate',
  'delete-older-than',
  'verify',
  'sync',
  'configure',
  'configure-rotation',
  'plugins',
  'plugin new',
  'keygen',
  'completion',
  'man',
  'version',
] as const

describe('help', () => {
  it('lists the commands, examples and exit statuses', async () => {
    const { status, stdout, stderr } = await run(['--help'])
    expect(stdout).toMatchSnapshot()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it.each(commands)('of %s has its options in groups, and examples', async (command) => {
    const { status, stdout, stderr } = await run([command, '--help'])
    expect(stdout).toMatchSnapshot()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it.each([[['backup', '-h']], [['help', 'backup']], [['-h', 'backup']], [['backup', 'x', '--help', '--json']]])(
    'is given for %j',
    async (argv) => {
      expect(await run(argv)).toEqual(await run(['backup', '--help']))
    },
  )

  it('knows an alias by its own name', async () => {
    expect(await run(['ls', '--help'])).toEqual(await run(['show', '--help']))
  })

  it.each([[[]], ...commands.map((command) => [[command]])])('of %j fits a terminal of 40 columns', async (argv) => {
    const { stdout } = await run([...argv, '--help'], { columns: 40 })
    const tooWide = stdout.split('\n').filter((line) => line.length > 40 && !line.startsWith('  bakthat'))
    expect(tooWide).toEqual([])
    expect(stdout.replace(/[^]*?(\w+ *:\n[^]*)Examples[^]*/, '$1')).toMatchSnapshot()
  })
})

describe('--version', () => {
  it.each([[['--version']], [['backup', 'x', '--version']]])('is answered for %j', async (argv) => {
    expect(await run(argv)).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
  })
})
