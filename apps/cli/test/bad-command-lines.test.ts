import { describe, expect, it } from '@jest/globals'
import { FakeHost, run } from './support/fake-host.js'

const cases: readonly (readonly [argv: readonly string[], message: string, hint: string])[] = [
  [[], 'no command was given', 'bakthat --help lists the commands'],
  [['bakup'], 'there is no command "bakup"', 'did you mean backup?'],
  [['resotre'], 'there is no command "resotre"', 'did you mean restore?'],
  [['frobnicate'], 'there is no command "frobnicate"', 'bakthat --help lists the commands'],
  [['backup', '--exclud', 'x'], 'bakthat backup has no option --exclud', 'did you mean --exclude?'],
  [['restore', 'a', '--overwrit'], 'bakthat restore has no option --overwrit', 'did you mean --overwrite?'],
  [['show', '--to', 'x'], 'bakthat show has no option --to', 'bakthat show --help lists its options'],
  [['show', '-Z'], 'bakthat show has no option -Z', 'bakthat show --help lists its options'],
  [['keygen', '-d', 'local'], 'bakthat keygen has no option -d', 'bakthat keygen --help lists its options'],
  [['--foo'], 'bakthat has no option --foo', 'bakthat --help lists its options'],
  [['-c'], '-c needs a value', 'for one that begins with a dash: -c=VALUE'],
  [
    ['backup', '--constructor'],
    'bakthat backup has no option --constructor',
    'bakthat backup --help lists its options',
  ],
  [['backup', '--no-json'], 'bakthat backup has no option --no-json', 'bakthat backup --help lists its options'],
  [
    ['backup', 'a', 'b'],
    'bakthat backup takes one argument, but 2 were given',
    'put quotes around a name that has spaces',
  ],
  [['backup', '-'], '- is no path here', 'for standard input give --stdin; a file of that name is ./-'],
  [['sync', 'x'], 'bakthat sync takes no argument', 'see bakthat sync --help'],
  [['backup', '--name'], '--name needs a value', 'for one that begins with a dash: --name=VALUE'],
  [['rotate', 'x', '--dry-run=yes'], '--dry-run takes no value', 'give --dry-run alone, or leave it out'],
  [['delete', 'x', '--yes=false'], '--yes takes no value', 'give --yes alone, or leave it out'],
  [['delete', 'x', '-y=no'], '-y takes no value', 'give -y alone, or leave it out'],
  [['show', '--json=1'], '--json takes no value', 'give --json alone, or leave it out'],
  [['--help=yes'], '--help takes no value', 'give --help alone, or leave it out'],
  [
    ['rotate', 'x', '--dry-run', 'false'],
    'bakthat rotate takes one argument, but 2 were given',
    'put quotes around a name that has spaces',
  ],
  [['backup', '--exclude', '-x'], '--exclude needs a value', 'for one that begins with a dash: --exclude=VALUE'],
  [['backup', '--name', 'a', '--name', 'b'], '--name was given more than once', 'give it once'],
  [['restore', 'x', '--to=a', '--to=b'], '--to was given more than once', 'give it once'],
  [
    ['backup', '--compression', 'lzma'],
    '--compression has a value that it does not take',
    'choose one of: zstd, gzip, none',
  ],
  [['backup', '--prompt', 'maybe'], '--prompt has a value that it does not take', 'choose one of: yes, no'],
  [['backup', '--level', 'high'], '--level is not a whole number', 'give 1 to 19 for zstd, 1 to 9 for gzip'],
  [['backup', '--level', '1.5'], '--level is not a whole number', 'give 1 to 19 for zstd, 1 to 9 for gzip'],
  [
    ['backup', '--compression', 'none', '--level', '3'],
    '--level means nothing without compression',
    'leave --level or --compression none out',
  ],
  [['show', '-n', '0'], '--limit is not a whole number above 0', 'for example: -n 10'],
  [['restore', 'x', '--max-size', 'big'], '--max-size is not a size', 'for example: --max-size 20GB'],
  [['restore', 'x', '--max-entries=-1'], '--max-entries is not a number above 0', 'for example: --max-entries 1000'],
  [['restore', 'x', '--max-ratio', 'x'], '--max-ratio is not a number above 0', 'for example: --max-ratio 1000'],
  [
    ['restore'],
    'restore needs the name of a backup',
    'bakthat restore NAME, or bakthat restore --file PATH; bakthat show lists the names',
  ],
  [
    ['restore', 'x', '--file', 'y'],
    'restore takes a name or --file, not both',
    'bakthat restore NAME, or bakthat restore --file PATH; bakthat show lists the names',
  ],
  [
    ['delete'],
    'bakthat delete needs <name>',
    'Stored name, or the name of a backup, meaning its newest; see bakthat delete --help',
  ],
  [
    ['delete', '', '--yes'],
    'bakthat delete needs <name>',
    'Stored name, or the name of a backup, meaning its newest; see bakthat delete --help',
  ],
  [['delete', 'x'], 'nobody can be asked whether to delete', 'add --yes to delete without being asked'],
  [
    ['backup', '--recipient', 'age1x', '--password-file', 'p'],
    'recipients and a password were both given',
    'a backup is encrypted to recipients or with a password: choose one',
  ],
]

describe('a command line that makes no sense', () => {
  it.each(cases)('%j is refused with exit status 2, and opens nothing', async (argv, message, hint) => {
    const host = new FakeHost()
    expect(await host.run(...argv)).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: ${message}\n  hint: ${hint}\n`,
    })
    expect(host.opened).toEqual([])
  })

  it('is one JSON document with --json', async () => {
    const { status, stdout, stderr } = await run(['show', '--foo', '--json'])
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'INVALID_INPUT',
        message: 'bakthat show has no option --foo',
        hint: 'bakthat show --help lists its options',
        exit_code: 2,
      },
    })
  })
})

describe('a password on the command line', () => {
  it.each([
    [['backup', '--password', 'hunter2']],
    [['restore', 'x', '--password=hunter2']],
    [['verify', '--pasword', 'hunter2']],
    [['verify', '--passwort=hunter2', 'x']],
    [['backup', '--passphrase', 'hunter2', '--json']],
    [['backup', '--password', 'hunter2', 'a', 'b', 'c']],
  ])('is refused and not repeated: %j', async (argv) => {
    const { status, stdout, stderr } = await run(argv)
    expect(status).toBe(2)
    expect(stdout + stderr).not.toContain('hunter2')
  })

  it('is refused with what to use instead', async () => {
    const { stderr } = await run(['backup', '--password', 'hunter2'])
    expect(stderr).toBe(
      'error: a password on the command line can be seen by everybody on this machine\n' +
        '  hint: use --password-file FILE, BAKTHAT_PASSWORD, password_command in the profile, or answer the question\n',
    )
  })
})
