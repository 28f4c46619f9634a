import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { bin, execute, has } from './support/bin.js'
import { run } from './support/fake-host.js'
import { readAgent, readCronLine, readService, type Understood } from './support/schedule-readers.js'

const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'

interface Printed {
  readonly directory: string
  readonly command: readonly string[]
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

const seed = 20260316
const env = { HOME: '/nowhere', PATH: '/usr/bin:/bin' }

/** What `--print` shows for these options of a backup. */
async function printed(
  scheduler: string,
  words: readonly string[],
  when: readonly string[] = ['--hourly'],
): Promise<Printed> {
  const options = [...when, '--scheduler', scheduler, '--print', '--json']
  const { status, stdout } = await run(['schedule', 'add', 'photos', ...options, '--', ...words], { env })
  expect(status).toBe(0)
  return JSON.parse(stdout) as Printed
}

/** Text with much in it that means something to somebody. */
const nasty = fc.string({ unit: fc.constantFrom(...Array.from('%$\\"\'`;&|<>#!*?~(){}[]=-^ aé漢🦊')), maxLength: 12 })
const words = fc.array(
  nasty.map((text) => `--exclude=x${text}`),
  { maxLength: 8 },
)

const crontabLine = ({ files }: Printed): string => files[0]!.text.split('\n')[1]! + '\n'
const readers: readonly (readonly [string, (printed: Printed) => Understood])[] = [
  ['systemd', ({ files }) => readService(files[0]!.text)],
  ['cron', (shown) => readCronLine(crontabLine(shown))],
  ['launchd', ({ files }) => readAgent(files[0]!.text)],
]

/** Agents are read by Python. */
const judged = (scheduler: string): typeof it =>
  scheduler === 'launchd' && !has('python3') ? (it.skip as typeof it) : it

describe.each(readers)('what is written for %s', (scheduler, read) => {
  const it = judged(scheduler)

  it('is read back as the very words that were given', async () => {
    const holds = fc.asyncProperty(words, async (given) => {
      const shown = await printed(scheduler, given)
      const { directory, command } = read(shown)
      expect({ directory, command }).toEqual({ directory: shown.directory, command: shown.command })
      expect(command.slice(command.length - given.length)).toEqual(given)
    })
    await fc.assert(holds, { seed, numRuns: scheduler === 'launchd' ? 4 : 25 })
  })

  it('starts this Node and this program by absolute paths, and finds the settings found here', async () => {
    const { command } = read(await printed(scheduler, ['photos', '--name', 'p']))
    expect(command.slice(0, 4)).toEqual(['/usr/bin/env', 'PATH=/usr/bin:/bin', process.execPath, bin])
    const quiet = scheduler === 'cron' ? ['--quiet'] : []
    expect(command.slice(4)).toEqual(['backup', ...quiet, 'photos', '--name', 'p'])
  })

  const printedIn = (surroundings: Readonly<Record<string, string>>): ReturnType<typeof run> => {
    const argv = ['--hourly', '--scheduler', scheduler, '--print', '--', '.', '--recipient', recipient]
    return run(['schedule', 'add', 'x', ...argv], { env: { ...env, ...surroundings } })
  }

  it('has no secret of the environment', async () => {
    const secrets = {
      BAKTHAT_PASSWORD: 'hunter2',
      AWS_SECRET_ACCESS_KEY: 'hunter3',
      PGPASSWORD: 'hunter4',
      HTTPS_PROXY: 'http://me:hunter5@proxy:3128',
    }
    const { status, stdout, stderr } = await printedIn(secrets)
    expect(status).toBe(0)
    expect(stdout + stderr).not.toContain('hunter')
    expect(stdout + stderr).toContain('a schedule does not have the HTTPS_PROXY of this environment')
  })

  it('reaches servers as they are reached here', async () => {
    const surroundings = {
      https_proxy: 'http://proxy:3128',
      NO_PROXY: '.lan',
      NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
      AWS_ENDPOINT_URL_S3: 'http://minio:9000',
    }
    const { stdout } = await printedIn(surroundings)
    for (const [name, value] of Object.entries(surroundings)) expect(stdout).toContain(`${name}=${value}`)
  })
})

describe('the times', () => {
  it.each([
    [['--hourly'], '*-*-* *:00:00', '0 * * * *', 'Minute 0'],
    [['--daily', '3:05'], '*-*-* 03:05:00', '5 3 * * *', 'Hour 3 Minute 5'],
    [['--weekly', 'sunday 23:59'], 'sun *-*-* 23:59:00', '59 23 * * 0', 'Weekday 0 Hour 23 Minute 59'],
    [['--weekly', 'Sat 00:00'], 'sat *-*-* 00:00:00', '0 0 * * 6', 'Weekday 6 Hour 0 Minute 0'],
  ])('of %j', async (when, calendar, fields, interval) => {
    const [systemd, cron, launchd] = [
      await printed('systemd', [], when),
      await printed('cron', [], when),
      await printed('launchd', [], when),
    ]
    expect(systemd.files[1]!.text).toContain(`\nOnCalendar=${calendar}\nPersistent=true\n`)
    expect(crontabLine(cron).startsWith(`${fields} cd `)).toBe(true)
    const dictionary = launchd.files[0]!.text.split('<key>StartCalendarInterval</key>')[1]!.split('</dict>')[0]!
    expect(
      dictionary
        .replace(/<[^>]*>/g, ' ')
        .trim()
        .split(/\s+/)
        .join(' '),
    ).toBe(interval)
  })

  it('of a week may stand as two words after the name', async () => {
    const argv = ['--weekly', 'monday', '04:30', '--scheduler', 'cron', '--print', '--json', '--', 'photos']
    const { stdout } = await run(['schedule', 'add', 'x', ...argv], { env })
    expect(JSON.parse(stdout)).toMatchObject({ times: 'weekly monday 04:30', words: ['photos'] })
  })
})

describe('a directory of any name', () => {
  let parent: string
  beforeAll(() => {
    parent = mkdtempSync(join(tmpdir(), 'bakthat-schedule-'))
  })
  afterAll(() => rmSync(parent, { recursive: true }))

  describe.each(readers)('is where %s starts', (scheduler, read) => {
    judged(scheduler)('whatever it is called', async () => {
      for (const name of ['50% \\% $HOME', "it's & <here>", 'ends in \\', 'ends in a space ']) {
        const directory = join(parent, scheduler, name)
        mkdirSync(directory, { recursive: true })
        const argv = ['schedule', 'add', 'x', '--hourly', '--scheduler', scheduler, '--print', '--json', '--', '.']
        const before = process.cwd()
        process.chdir(directory)
        const { stdout } = await run(argv, { env }).finally(() => process.chdir(before))
        expect(read(JSON.parse(stdout) as Printed).directory).toBe(directory)
      }
    })
  })

  const verify = has('systemd-analyze') ? it : it.skip
  verify('and words of any kind make units that systemd finds nothing wrong with', async () => {
    const given = fc.sample(nasty, { seed, numRuns: 50 }).map((text) => `--exclude=x${text}`)
    for (const when of [['--hourly'], ['--daily', '03:00'], ['--weekly', 'sunday 03:00']]) {
      const { files } = await printed('systemd', given, when)
      for (const { path, text } of files) writeFileSync(join(parent, basename(path)), text)
      const argv = ['verify', ...files.map(({ path }) => join(parent, basename(path)))]
      const verdict = await execute('systemd-analyze', argv, {
        cwd: parent,
        env: { ...process.env, SYSTEMD_PAGER: '' },
      })
      expect(verdict).toEqual({ status: 0, stdout: '', stderr: '' })
    }
  })
})

describe('a schedule that cannot be kept is refused', () => {
  it.each([
    [['x', '--daily', '24:00'], '--daily has a value that it does not take'],
    [['x', '--weekly', 'noday 03:00'], '--weekly has a value'],
    [['x', '--weekly', 'sunday'], '--weekly has a value'],
    [['x'], 'exactly one of --hourly, --daily and --weekly'],
    [['x', '--hourly', '--daily', '03:00'], 'exactly one of'],
    [['../x', '--hourly'], '"../x" is not a name for a schedule'],
    [['a--b', '--hourly'], '"a--b" is not a name for a schedule'],
    [['x', '--hourly', '--rotate', '--no-rotate'], 'were both given'],
    [['x', '--hourly', '--rotate'], 'the profile default has no rotation'],
    [['x', '--hourly', '--', '--exclude=a\nb'], 'control characters'],
    [['x', '--hourly', '--', '--stdin', '--name', 'y'], 'cannot have --stdin'],
    [['x', '--hourly', '--', '--help'], 'cannot have --help'],
    [['x', '--hourly', '--', '--password=hunter2'], 'a password on the command line'],
    [['x', '--hourly', '--', '.', '--recipient', 'notakey'], 'recipient 1 of 1 is not an age recipient'],
    [['x', '--hourly', '--', '.', '--recipient', recipient, '--password-file', 'y'], 'were both given'],
    [['x', '--hourly', '--', '.', '--password-file', '/nothing'], 'password file /nothing'],
    [['x', '--hourly', '--', '.', '--password-file', '/dev/stdin'], 'nothing read'],
    [['x', '--hourly', '--', '.', '--prompt', 'yes'], 'nobody can be asked'],
    [['x', '--hourly', '--', '.', '--command', 'true', '--name', 'y'], 'more than one thing'],
    [['x', '--hourly', '--', '--command', 'true'], 'has no name'],
    [['x', '--hourly', '--', 'photos', '--excluded', 'x'], 'bakthat backup has no option --excluded'],
    [['x', '--hourly', '--', `--exclude=${'x'.repeat(1000)}`], 'longer than the 998 bytes that cron takes'],
  ])('%j', async (argv, message) => {
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length
    const line = [...argv.slice(0, end), '--scheduler', 'cron', '--print', ...argv.slice(end)]
    const { status, stdout, stderr } = await run(['schedule', 'add', ...line], { env })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('hunter2')
  })

  it('where the password is in the environment, which is not there when the time comes', async () => {
    const argv = ['schedule', 'add', 'x', '--hourly', '--scheduler', 'cron', '--print', '--', '.']
    const refused = await run(argv, { env: { ...env, BAKTHAT_PASSWORD: 'hunter2' } })
    expect(refused).toMatchObject({ status: 2, stdout: '' })
    expect(refused.stderr).toMatch(/does not have the BAKTHAT_PASSWORD[^]*--password-file/)
    expect((await run(argv, { env })).stderr).toContain('the backups will not be encrypted')
  })
})
