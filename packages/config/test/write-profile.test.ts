import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { writeProfile, type WriteProfileOptions } from '@bakthat/config'
import { failure, Place } from './place.js'

const write = (place: Place, options: WriteProfileOptions): ReturnType<typeof writeProfile> =>
  writeProfile({ ...options, env: { HOME: place.home } })

/** What the file holds after a change. */
async function edited(before: string, options: WriteProfileOptions): Promise<string> {
  using place = new Place()
  const path = place.write(before)
  await write(place, options)
  return readFileSync(path, 'utf8')
}

describe('writing a profile', () => {
  it('makes a file that its owner alone can read, and nothing beside it', async () => {
    using place = new Place()
    const written = await write(place, { changes: { s3_bucket: 'b', rotation: { days: 7, weeks: undefined } } })
    expect(written).toEqual({ path: place.in('.bakthat.yml'), profile: 'default', isNew: true })
    expect(readFileSync(written.path, 'utf8')).toBe('default:\n  s3_bucket: b\n  rotation:\n    days: 7\n')
    expect(statSync(written.path).mode & 0o777).toBe(0o600)
    expect(readdirSync(place.home)).toEqual(['.bakthat.yml'])
  })

  it('loses none of those that are written at the same time', async () => {
    using place = new Place()
    const profiles = ['a', 'b', 'c', 'd', 'e', 'f']
    await Promise.all(profiles.map((profile) => write(place, { profile, changes: { local_dir: `/srv/${profile}` } })))
    const text = readFileSync(place.in('.bakthat.yml'), 'utf8')
    expect(profiles.filter((profile) => !text.includes(`${profile}:\n  local_dir: /srv/${profile}\n`))).toEqual([])
    expect(readdirSync(place.home)).toEqual(['.bakthat.yml'])
  })

  it('is not kept from it by a lock that a process left which is gone', async () => {
    using place = new Place()
    const lock = place.in('.bakthat.yml.lock')
    writeFileSync(lock, '')
    utimesSync(lock, 1, 1)
    await write(place, { changes: { local_dir: '/srv' } })
    expect(readdirSync(place.home)).toEqual(['.bakthat.yml'])
  })

  it('removes what one left that was killed', async () => {
    using place = new Place()
    place.write('default:\n  secret_key: old\n')
    const killed = `
      import fs from 'node:fs/promises'
      import { syncBuiltinESMExports } from 'node:module'
      import { writeProfile } from '@bakthat/config'
      fs.rename = () => process.kill(process.pid, 'SIGKILL')
      syncBuiltinESMExports()
      await writeProfile({ file: ${JSON.stringify(place.in('.bakthat.yml'))}, changes: { local_dir: '/srv' } })`
    const argv = ['--input-type=module', '--eval', killed]
    expect(spawnSync(process.execPath, argv, { cwd: import.meta.dirname }).signal).toBe('SIGKILL')
    expect(readdirSync(place.home).length).toBeGreaterThan(1)
    for (const name of readdirSync(place.home)) utimesSync(place.in(name), 1, 1)
    await write(place, { changes: { local_dir: '/srv' } })
    expect(readdirSync(place.home)).toEqual(['.bakthat.yml'])
    expect((await place.load()).conf).toEqual({ secret_key: 'old', local_dir: '/srv' })
  })

  it('keeps comments, order, other keys and other profiles', async () => {
    const before = `# ours
default:
  access_key: 0600 # of the account
  s3_bucket: old # to be moved
  region_name:
  rotation: { days: 7, weeks: 6 } # as agreed

# the other machine
nas:
  path_style: yes
  secret_key: 'it''s'
`
    expect(
      await edited(before, {
        changes: { s3_bucket: 'new', rotation: { days: 9, weeks: undefined }, tags: ['a', 'b'] },
      }),
    ).toBe(`# ours
default:
  access_key: 0600 # of the account
  s3_bucket: new # to be moved
  region_name:
  rotation: { days: 9 } # as agreed
  tags:
    - a
    - b

# the other machine
nas:
  path_style: yes
  secret_key: 'it''s'
`)
  })

  it('adds a profile to those that are there, indented as they are', async () => {
    expect(await edited('default:\n    s3_bucket: b\n', { profile: 'nas', changes: { local_dir: '/mnt/nas' } })).toBe(
      'default:\n    s3_bucket: b\nnas:\n    local_dir: /mnt/nas\n',
    )
  })

  it('writes into a file that has nothing but comments', async () => {
    expect(await edited('# nothing yet\n', { changes: { local_dir: '/mnt' } })).toBe(
      '# nothing yet\n\ndefault:\n  local_dir: /mnt\n',
    )
  })

  it('takes out what a merge key would bring in again', async () => {
    using place = new Place()
    place.write('default: &base\n  s3_bucket: b\n  s3_prefix: web/\nsql:\n  <<: *base\n')
    await write(place, { profile: 'sql', changes: { s3_prefix: undefined } })
    expect((await place.load({ profile: 'sql' })).conf).toEqual({ s3_bucket: 'b' })
    expect((await place.load()).conf).toEqual({ s3_bucket: 'b', s3_prefix: 'web/' })
  })

  it('keeps the rest of a map that a merge key brings in, and takes out what one brings into it', async () => {
    using place = new Place()
    const rules = 'rotation: &rules {days: 7, months: 6, first_week_day: 0}'
    place.write(`default: &base\n  ${rules}\nnas:\n  <<: *base\nsql:\n  rotation: {<<: *rules, weeks: 4}\n`)
    for (const profile of ['nas', 'sql']) {
      await write(place, { profile, changes: { rotation: { days: undefined, weeks: 3 } } })
      expect((await place.load({ profile })).conf).toEqual({ rotation: { weeks: 3, months: 6, first_week_day: 0 } })
    }
    expect((await place.load()).conf).toEqual({ rotation: { days: 7, months: 6, first_week_day: 0 } })
  })

  it('gives no key of encryption nothing as its value, where a merge key brings it in', async () => {
    using place = new Place()
    const text = 'base: &base\n  password_file: /key\nnas:\n  <<: *base\n'
    place.write(text)
    await expect(write(place, { profile: 'nas', changes: { password_file: undefined } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'profile "nas" has password_file by a merge key (<<)',
    })
    expect(readFileSync(place.in('.bakthat.yml'), 'utf8')).toBe(text)
  })

  it('reads text back as it was given, whatever YAML might take it for', async () => {
    const awkward = fc.constantFrom(
      '~',
      'null',
      'yes',
      '0123',
      '1e3',
      '# no',
      'a: b',
      '*x',
      '-',
      "it's",
      '"',
      '{a}',
      '%',
    )
    const texts = fc.oneof(awkward, fc.string({ unit: 'grapheme-ascii', minLength: 1 }))
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        using place = new Place()
        await write(place, { changes: { s3_prefix: text } })
        expect((await place.load()).conf.s3_prefix).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  it('follows a link, and leaves it a link', async () => {
    using place = new Place()
    mkdirSync(place.in('dotfiles'))
    const target = place.write('default:\n  s3_bucket: b\n', 'dotfiles/bakthat.yml', 0o644)
    symlinkSync(target, place.in('.bakthat.yml'))
    await write(place, { changes: { s3_bucket: 'c' } })
    expect(readFileSync(target, 'utf8')).toBe('default:\n  s3_bucket: c\n')
    expect({ mode: statSync(target).mode & 0o777, beside: readdirSync(place.in('dotfiles')) }).toEqual({
      mode: 0o600,
      beside: ['bakthat.yml'],
    })
  })
})

describe('nothing is written', () => {
  const refused = async (before: string, options: WriteProfileOptions): Promise<string> => {
    using place = new Place()
    const path = place.write(before)
    const { code } = await failure(write(place, options))
    expect({ text: readFileSync(path, 'utf8'), beside: readdirSync(place.home) }).toEqual({
      text: before,
      beside: ['.bakthat.yml'],
    })
    return code
  }

  it.each([
    ['that could not be read', 'default:\n  s3_bucket: b\n', { changes: { compression: 'lzma' } }, 'INVALID_CONFIG'],
    ['into a file with mistakes', 'default:\n  bucket: b\n', { changes: { s3_bucket: 'b' } }, 'INVALID_CONFIG'],
    ['into a file that is no YAML', 'default: [\n', { changes: { s3_bucket: 'b' } }, 'INVALID_CONFIG'],
    ['under a name that is none', 'default: {}\n', { profile: '', changes: { s3_bucket: 'b' } }, 'INVALID_INPUT'],
    [
      'that another profile shares',
      'default: &base\n  s3_bucket: b\nsql: *base\n',
      { changes: { s3_bucket: 'c' } },
      'INVALID_INPUT',
    ],
  ])('%s', async (_, before, options, code) => {
    expect(await refused(before, options)).toBe(code)
  })

  it('where a comment, all that there is, is not text in UTF-8', async () => {
    using place = new Place()
    const comment = Buffer.from('# caf\xe9\n', 'latin1')
    writeFileSync(place.in('.bakthat.yml'), comment)
    expect(await failure(write(place, { changes: { local_dir: '/x' } }))).toMatchObject({ code: 'INVALID_CONFIG' })
    expect(readFileSync(place.in('.bakthat.yml'))).toEqual(comment)
  })

  it('where there is no directory', async () => {
    using place = new Place()
    const asked = place.in('nowhere', 'bakthat.yml')
    expect((await failure(write(place, { file: asked, changes: { s3_bucket: 'b' } }))).code).toBe('INVALID_INPUT')
  })
})
