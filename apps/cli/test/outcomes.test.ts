import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import type { Backup, Bakthat, BackupResult, VerifyResult } from 'bakthat'
import { FakeHost, run } from './support/fake-host.js'
import { backupOf, backupResultOf, restoreResultOf } from './support/samples.js'

const answering = (library: { readonly [K in keyof Bakthat]?: unknown }): { readonly library: Partial<Bakthat> } => ({
  library: Object.fromEntries(Object.entries(library).map(([name, result]) => [name, () => Promise.resolve(result)])),
})

const warning = (path: string, incomplete: boolean): BackupResult['warnings'][number] => ({
  code: incomplete ? 'unreadable' : 'skipped',
  path,
  message: incomplete ? 'permission denied' : 'a socket',
  incomplete,
})

const row = {
  backend: 'local',
  container: '/srv/backups',
  backup_date: 1795468699,
  date: '2026-11-23T21:18:19.000Z',
  filename: 'photos',
  stored_filename: 'photos.20261123211819.tar.zst',
  size: 12345678,
  tags: ['family', '2026'],
  metadata: { compression: 'zstd', encryption: 'none' },
  is_deleted: false,
  status: 'complete',
  sha256: 'ab'.repeat(32),
  last_updated: 1795468700,
}

describe('a finished backup', () => {
  it('is told in a few lines', async () => {
    expect(await run(['backup'], answering({ backup: backupResultOf() }))).toEqual({
      status: 0,
      stderr: '',
      stdout: [
        'stored photos.20261123211819.tar.zst',
        '  size         12.3 MB stored, from 45.6 MB in 3 files',
        '  took         1.2 s, 38.0 MB/s',
        '  destination  local (/srv/backups)',
        '  encrypted    no',
        '',
      ].join('\n'),
    })
  })

  it.each([
    ['recipients', 'to its recipients'],
    ['passphrase', 'with a password'],
  ])('says how it was encrypted: %s', async (encryption, text) => {
    const { stdout } = await run(['backup'], answering({ backup: backupResultOf({ metadata: { encryption } }) }))
    expect(stdout).toContain(`  encrypted    ${text}\n`)
  })

  it('is one JSON document with --json', async () => {
    const warnings = [warning('photos/a', true)]
    const { status, stdout, stderr } = await run(
      ['backup', '--json'],
      answering({ backup: backupResultOf({ warnings }) }),
    )
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      ...row,
      files: 3,
      entries: 5,
      bytes_read: 45600000,
      duration_ms: 1200,
      warnings,
    })
  })

  it('is told of where none was made, for nothing was changed', async () => {
    const library = answering({ backup: backupResultOf({ unchanged: true }) })
    expect(await run(['backup', '--if-changed'], library)).toEqual({
      status: 0,
      stdout: 'nothing was changed since photos.20261123211819.tar.zst: no backup was made\n',
      stderr: '',
    })
    const { stdout } = await run(['backup', '--if-changed', '--json'], library)
    expect(JSON.parse(stdout)).toMatchObject({ ...row, unchanged: true })
    for (const source of [['--stdin'], ['--command', 'true']])
      expect(await run(['backup', '--if-changed', '--name', 'x', ...source], library)).toMatchObject({ status: 2 })
  })

  it('is told with what is missing from it, and exit status 3', async () => {
    const warnings = [warning('photos/a', true), warning('photos/s', false)]
    const library = answering({ backup: backupResultOf({ warnings }) })
    expect(await run(['backup'], library)).toMatchObject({
      status: 3,
      stderr: 'error: photos/a: permission denied\nwarning: photos/s: a socket\n',
    })
    expect(await run(['backup', '--quiet'], library)).toEqual({
      status: 3,
      stdout: '',
      stderr: 'error: photos/a: permission denied\n',
    })
  })

  it('is a success when only a socket was left out', async () => {
    const library = answering({ backup: backupResultOf({ warnings: [warning('s', false)] }) })
    expect(await run(['backup'], library)).toMatchObject({ status: 0, stderr: 'warning: s: a socket\n' })
    expect(await run(['backup', '-q'], library)).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('names twenty of many warnings, all of them in JSON', async () => {
    const warnings = Array.from({ length: 1234 }, (_, index) => warning(`f${index}`, true))
    const library = answering({ backup: backupResultOf({ warnings }) })
    const { stderr } = await run(['backup'], library)
    expect(stderr.trimEnd().split('\n')).toHaveLength(21)
    expect(stderr).toMatch(/f19: permission denied\nerror: … and 1,214 more; --json lists all\n$/)
    const json = await run(['backup', '--json'], library)
    expect((JSON.parse(json.stdout) as { warnings: unknown[] }).warnings).toHaveLength(1234)
  })

  it('says how many more warnings there were than were kept', async () => {
    const kept = Array.from({ length: 10_000 }, (_, index) => warning(`f${index}`, true))
    const warnings = [...kept, { ...warning('', true), message: 'and 490000 more warnings' }]
    const { stderr } = await run(['backup'], answering({ backup: backupResultOf({ warnings }) }))
    expect(stderr).toMatch(/error: … and 9,980 more; --json lists all\nerror: and 490000 more warnings\n$/)
  })
})

describe('a finished restore', () => {
  it('is told in a few lines', async () => {
    expect(await run(['restore', 'photos'], answering({ restore: restoreResultOf() }))).toEqual({
      status: 0,
      stderr: '',
      stdout: [
        'restored photos.20261123211819.tar.zst',
        '  into  /tmp/again: photos',
        '  size  45.6 MB in 3 files',
        '  took  600 ms, 76.0 MB/s',
        '',
      ].join('\n'),
    })
  })

  it('names some of many top-level entries, and an archive file by its path', async () => {
    const topLevel = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const result = restoreResultOf({ backup: undefined, topLevel, files: 1 })
    const { stdout } = await run(['restore', '--file', 'x.tgz'], answering({ restoreFile: result }))
    expect(stdout).toContain(
      'restored x.tgz\n  into  /tmp/again: a, b, c, d, e and 2 more\n  size  45.6 MB in 1 file\n',
    )
  })

  it('is one JSON document with --json', async () => {
    const details = {
      to: '/tmp/again',
      top_level: ['photos'],
      files: 3,
      entries: 5,
      bytes_written: 45600000,
      duration_ms: 600,
      warnings: [],
    }
    const named = await run(['restore', 'x', '--json'], answering({ restore: restoreResultOf() }))
    expect(JSON.parse(named.stdout)).toEqual({ ...row, ...details })
    const result = restoreResultOf({ backup: undefined })
    const file = await run(['restore', '--file', 'x.tgz', '--json'], answering({ restoreFile: result }))
    expect(JSON.parse(file.stdout)).toEqual({ file: 'x.tgz', ...details })
  })

  it('has exit status 3 when something was not restored', async () => {
    const result = restoreResultOf({ warnings: [warning('photos/fifo', true)] })
    expect(await run(['restore', 'x'], answering({ restore: result }))).toMatchObject({
      status: 3,
      stderr: 'error: photos/fifo: permission denied\n',
    })
  })
})

describe('the list of backups', () => {
  it('is one JSON document with --json', async () => {
    const { status, stdout, stderr } = await run(['show', '--json'], answering({ show: [backupOf(), backupOf()] }))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual([row, row])
  })

  it('is empty where there is nothing, with a hint on the other stream', async () => {
    expect(await run(['show'], answering({ show: [] }))).toEqual({
      status: 0,
      stdout: 'Date (UTC)  Dest  Size  Stored name\n',
      stderr: 'there are no backups yet; make one with: bakthat backup PATH\n',
    })
    expect(await run(['show', '--json', '-q'], answering({ show: [] }))).toEqual({
      status: 0,
      stdout: '[]\n',
      stderr: '',
    })
  })

  it.each([
    ['-d', 'local'],
    ['-p', 'nas'],
  ])('is said to be empty only where %s asked for', async (...option) => {
    const { stderr } = await run(['show', ...option], answering({ show: [] }))
    expect(stderr).toBe('the catalog knows of no backups there; bakthat sync looks what is stored\n')
  })

  it('is NOT_FOUND where a question has no answer', async () => {
    expect(await run(['show', 'x', '-t', 'a,b'], answering({ show: [] }))).toEqual({
      status: 4,
      stdout: '',
      stderr: 'error: no backup is named like "x" and tagged a, b\n  hint: list all with: bakthat show\n',
    })
    const { status, stdout } = await run(['show', 'x', '--json'], answering({ show: [] }))
    expect({ status, ...(JSON.parse(stdout) as object) }).toEqual({
      status: 4,
      error: {
        code: 'NOT_FOUND',
        message: 'no backup is named like "x"',
        hint: 'list all with: bakthat show',
        exit_code: 4,
      },
    })
  })
})

describe('the names of backups', () => {
  const hours = (age: number, others: Partial<Backup> = {}): Backup =>
    backupOf({ backupDate: new Date(Date.now() - age * 3_600_000), ...others })
  const library = answering({
    show: [
      hours(90, { filename: 'etc', size: 1_500 }),
      hours(50, { filename: 'old', storedFilename: 'old.1', size: 1 }),
      hours(30, { filename: 'limits', metadata: { KeyValue: true } }),
      hours(20, { filename: 'etc', size: 500 }),
      hours(-20, { filename: 'old', storedFilename: 'old.2', size: 7 }),
    ],
  })

  it('are told with their newest backups, how many they have, and how much that is', async () => {
    const { status, stdout, stderr } = await run(['show', '--names'], library)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'then')).toBe(
      [
        'Newest (UTC)      Backups    Size  Name  Stored in',
        'then        2  2.0 kB  etc   local (/srv/backups)',
        'then        2     8 B  old   local (/srv/backups)\n',
      ].join('\n'),
    )
  })

  it('are stale without a backup of that time, and one from the future is none', async () => {
    const { status, stderr } = await run(['show', '--stale', '48h'], library)
    expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringMatching(/^error: old is stale: .* UTC\n$/) })
    expect((await run(['show', '--stale', '3d'], library)).status).toBe(0)
    const { stdout } = await run(['show', '--stale', '19h', '--json'], library)
    expect(JSON.parse(stdout)).toMatchObject([
      { filename: 'etc', backups: 2, size: 2_000, is_stale: true },
      { filename: 'old', backups: 2, stored_filename: 'old.2', is_stale: true },
    ])
  })

  it('are not stale with one that was given the next second, for its own was taken', async () => {
    const next = hours(-2 / 3600, { filename: 'etc' })
    expect((await run(['show', '--stale', '1h'], answering({ show: [next] }))).status).toBe(0)
  })

  it('are not those of nothing: a check that finds no backup at all fails', async () => {
    expect(await run(['show', '--names'], answering({ show: [] }))).toMatchObject({ status: 0 })
    for (const show of [[], [hours(1, { metadata: { KeyValue: true } })]])
      expect(await run(['show', '--stale', '1d'], answering({ show }))).toMatchObject({ status: 4, stdout: '' })
  })

  it('are not to be limited', async () => {
    expect(await run(['show', '--names', '-n', '3'], library)).toMatchObject({ status: 2 })
    expect(await run(['show', '--stale', 'soon'], library)).toMatchObject({ status: 2 })
  })
})

describe('a deleted backup', () => {
  const library = answering({ resolve: backupOf(), remove: backupOf({ status: 'deleted' }) })
  it('is told', async () => {
    expect(await run(['delete', 'photos', '--yes'], library)).toEqual({
      status: 0,
      stdout: 'deleted photos.20261123211819.tar.zst (12.3 MB, local)\n',
      stderr: '',
    })
    expect(await run(['delete', 'photos', '-yq'], library)).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('is one JSON document with --json', async () => {
    const { stdout } = await run(['delete', 'photos', '--yes', '--json'], library)
    expect(JSON.parse(stdout)).toEqual({ ...row, is_deleted: true, status: 'deleted' })
  })
})

describe('verification', () => {
  const whole: VerifyResult = { backup: backupOf(), outcome: 'contents', entries: 5, files: 3 }
  const unopened: VerifyResult = {
    backup: backupOf({ storedFilename: 'etc.20261123211819.tar.zst.age' }),
    outcome: 'stored',
    problem: { code: 'WRONG_KEY', message: 'no identity fits' },
  }
  const damaged: VerifyResult = {
    backup: backupOf({ storedFilename: 'db.20261123211819.tgz' }),
    outcome: 'damaged',
    problem: { code: 'INTEGRITY', message: 'it is cut short' },
  }

  it('has a line for each backup, and exit status 1 if one is damaged', async () => {
    expect(await run(['verify'], answering({ verify: [whole, unopened, damaged] }))).toEqual({
      status: 1,
      stdout: [
        'whole     photos.20261123211819.tar.zst: 3 files',
        'unopened  etc.20261123211819.tar.zst.age: as it was stored; its contents were not read',
        'DAMAGED   db.20261123211819.tgz',
        '3 backups in local (/srv/backups), 1 damaged',
        '',
      ].join('\n'),
      stderr: 'error: db.20261123211819.tgz is damaged: it is cut short\n',
    })
    expect(await run(['verify', '-q'], answering({ verify: [whole, damaged] }))).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: db.20261123211819.tgz is damaged: it is cut short\n',
    })
  })

  it('succeeds when a backup can only be checked as it was stored', async () => {
    expect(await run(['verify'], answering({ verify: [unopened] }))).toMatchObject({ status: 0, stderr: '' })
  })

  it('has exit status 5 when a key was given that does not open everything', async () => {
    const env = { BAKTHAT_PASSWORD: 'wrong' }
    expect(await run(['verify', '-q'], { ...answering({ verify: [whole, unopened] }), env })).toEqual({
      status: 5,
      stdout: '',
      stderr: 'error: etc.20261123211819.tar.zst.age was not opened: no identity fits\n',
    })
  })

  it('is one JSON document with --json', async () => {
    const { stdout } = await run(['verify', '--json'], answering({ verify: [whole, damaged] }))
    expect(JSON.parse(stdout)).toEqual([
      { ...row, outcome: 'contents', entries: 5, files: 3 },
      { ...row, stored_filename: 'db.20261123211819.tgz', outcome: 'damaged', problem: damaged.problem },
    ])
  })
})

describe('a catalog brought up to date', () => {
  const removed = backupOf({ storedFilename: 'old.20200101000000.tgz', status: 'deleted' })
  const moved = backupOf({
    storedFilename: 'film.20250101000000.tgz',
    metadata: { storage_class: 'DEEP_ARCHIVE' },
  })
  const result = {
    added: [backupOf()],
    changed: [moved, backupOf({ storedFilename: 'back.20250101000000.tgz', metadata: {} })],
    removed: [removed],
    problems: [{ message: 'x.json is no manifest', remedy: 'bakthat cleanup -d s3' }],
  }

  it('is told line by line, with what could not be read', async () => {
    expect(await run(['sync'], answering({ sync: { ...result, problems: [] } }))).toEqual({
      status: 0,
      stdout: [
        'added    photos.20261123211819.tar.zst (made on here)',
        'changed  film.20250101000000.tgz (now in DEEP_ARCHIVE)',
        'changed  back.20250101000000.tgz (now in the usual class)',
        'removed  old.20200101000000.tgz (no longer in the storage)',
        '1 added, 2 changed, 1 removed',
        '',
      ].join('\n'),
      stderr: '',
    })
    expect(await run(['sync', '-q'], answering({ sync: result }))).toEqual({
      status: 3,
      stdout: '',
      stderr: 'error: x.json is no manifest; mend it with: bakthat cleanup -d s3\n',
    })
    const { stderr } = await run(['sync', '-q', '-p', 'the web', '-c', 'b.yml'], answering({ sync: result }))
    expect(stderr).toContain("mend it with: bakthat --config=b.yml '--profile=the web' cleanup -d s3\n")
  })

  it('is one JSON document with --json', async () => {
    const { stdout } = await run(['sync', '--json'], answering({ sync: result }))
    expect(JSON.parse(stdout)).toMatchObject({
      added: [row],
      changed: [{ metadata: { storage_class: 'DEEP_ARCHIVE' } }, { metadata: {} }],
      removed: [{ stored_filename: 'old.20200101000000.tgz', is_deleted: true }],
      problems: result.problems,
    })
  })
})

describe('backups that are moved', () => {
  it('are told apart where they failed: by their copies, or by what was to be deleted', async () => {
    const [stays, absent] = [backupOf(), backupOf({ storedFilename: 'old.20250101000000.tgz' })]
    const problem = { code: 'PERMISSION_DENIED', message: 'not allowed' }
    const failed = [stays, absent].map((backup) => ({ backup, problem }))
    const migrate = { copied: [stays], present: [], pending: [], removed: [], failed }
    const { status, stderr } = await run(['migrate', '--delete-source'], answering({ migrate }))
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr:
        `error: ${stays.storedFilename} was not deleted at the source: not allowed\n` +
        'error: old.20250101000000.tgz was not copied: not allowed\n',
    })
  })
})

describe('a failure', () => {
  const failing = (error: Error): { readonly library: Partial<Bakthat> } => ({
    library: { backup: () => Promise.reject(error) },
  })

  it.each([
    ['INVALID_CONFIG', 2],
    ['NOT_FOUND', 4],
    ['ALREADY_EXISTS', 1],
    ['WRONG_KEY', 5],
    ['NO_SPACE', 1],
    ['PENDING', 75],
  ] as const)('%s has exit status %i, in text and in JSON', async (code, status) => {
    const error = new BakthatError(code, 'it did not work', { hint: 'try again' })
    expect(await run(['backup'], failing(error))).toEqual({
      status,
      stdout: '',
      stderr: 'error: it did not work\n  hint: try again\n',
    })
    const { stdout, stderr } = await run(['backup', '--json', '--quiet'], failing(error))
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      error: { code, message: 'it did not work', hint: 'try again', exit_code: status },
    })
  })

  it('of many lines is indented, and drives no terminal', async () => {
    const error = new BakthatError('INVALID_CONFIG', 'two mistakes:\nconf.yml:1: a\u001b[2Jb\nconf.yml:2: c')
    expect(await run(['backup'], failing(error))).toMatchObject({
      stderr: 'error: two mistakes:\n  conf.yml:1: a\\x1b[2Jb\n  conf.yml:2: c\n',
    })
  })

  it('that nobody foresaw shows where it happened and asks to be reported', async () => {
    const { status, stdout, stderr } = await run(['backup', '--json'], failing(new TypeError('x is not a function')))
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'UNEXPECTED', message: 'x is not a function', exit_code: 1 },
    })
    expect(stderr).toMatch(
      /^TypeError: x is not a function\n +at [^]*error: x is not a function\n {2}hint: this is a bug/,
    )
  })

  it('still closes what was opened', async () => {
    const host = new FakeHost(failing(new BakthatError('NO_SPACE', 'full')))
    await host.run('backup')
    expect({ closed: host.closed, listeners: host.listeners }).toEqual({ closed: 1, listeners: 0 })
  })
})

describe('notices', () => {
  const library: Partial<Bakthat> = {
    backup: (_, options) => {
      options?.onNotice?.('leaving out the destination\u0007')
      return Promise.resolve(backupResultOf())
    },
  }
  it('of the configuration are told too', async () => {
    const configured = { library: { ...library, notices: ['the key x is of no use here'] } }
    expect((await run(['backup'], configured)).stderr).toBe(
      'the key x is of no use here\nleaving out the destination\\x07\n',
    )
  })

  it('go to standard error, unless quiet', async () => {
    expect(await run(['backup', '--json'], { library })).toMatchObject({ stderr: 'leaving out the destination\\x07\n' })
    expect(await run(['backup', '--quiet'], { library })).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})
