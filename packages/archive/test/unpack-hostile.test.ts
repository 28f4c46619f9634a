import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { extract, inspect } from '@bakthat/archive'
import { has, run, withDirectory } from './pack-support.js'
import {
  zstdFrame,
  chunked,
  endOfArchive,
  entry,
  extractInto,
  pax,
  refusal,
  refused,
  snapshot,
  streamed,
  tar,
} from './unpack-support.js'

const good = entry({ name: 'good', body: 'fine' })

/** After a good entry, so that there is something to take away again. */
async function refusedAfterGood(...entries: readonly Buffer[]): Promise<{ code: string | undefined; message: string }> {
  return refused(tar(good, ...entries))
}

describe('a path that leads elsewhere', () => {
  it.each(['../x', 'a/../../x', '..', 'a/..', './../x', '/../x'])('is refused: %s', async (name) => {
    const { code, message } = await refusedAfterGood(entry({ name, body: 'x' }))
    expect(code).toBe('UNSAFE_ARCHIVE')
    expect(message).toContain(name)
    await expect(inspect(chunked(tar(entry({ name, body: 'x' }))))).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  it.each(['path', 'linkpath'])('is refused in pax records too: %s', async (key) => {
    const { code } = await refusedAfterGood(
      pax({ [key]: '../../etc/x' }),
      entry({ flag: '1', name: 'f', link: 'good' }),
    )
    expect(code).toBe('UNSAFE_ARCHIVE')
  })

  it('is refused in the long names of GNU tar', async () => {
    const long = entry({ name: '././@LongLink', flag: 'L', body: `${'a/'.repeat(80)}../../${'../'.repeat(90)}x\0` })
    expect(await refusedAfterGood(long, entry({ body: 'x' }))).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  it.each(['/etc/x', '////etc/x', '/./etc//x'])('loses all its leading slashes (CVE-2021-32804): %s', (name) =>
    withDirectory(async (directory) => {
      const { warnings, topLevel } = await extractInto(join(directory, 'out'), tar(entry({ name, body: 'x' })))
      expect(readFileSync(join(directory, 'out/etc/x'), 'utf8')).toBe('x')
      expect(topLevel).toEqual(['etc'])
      expect(warnings).toMatchObject([{ code: 'skipped', path: name, incomplete: false }])
      expect(existsSync('/etc/x')).toBe(false)
    }),
  )

  it('is a plain name where it looks like one of Windows (CVE-2021-37701, CVE-2021-37713)', () =>
    withDirectory(async (directory) => {
      const names = ['..\\x', 'C:..\\x', 'C:\\x', 'a\\..\\..\\x']
      await extractInto(join(directory, 'out'), tar(...names.map((name) => entry({ name, body: name }))))
      expect(readdirSync(join(directory, 'out')).sort()).toEqual([...names].sort())
    }))

  it('is refused where it would replace the target itself', async () => {
    for (const parts of [
      { flag: '0', body: 'x' },
      { flag: '2', link: '/etc' },
      { flag: '1', link: 'good' },
      { flag: '6' },
    ]) {
      const target = entry({ name: '.', ...parts })
      expect(await refusedAfterGood(target)).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
      expect(await refused(tar(target))).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
    }
  })

  it('is refused when it is empty', async () => {
    expect(await refusedAfterGood(entry({ name: '', body: 'x' }))).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })
})

describe('links', () => {
  it('that an entry would be written through are refused (CVE-2021-32803)', async () => {
    const link = entry({ name: 'a', flag: '2', link: '../outside' })
    const through = entry({ name: 'a/secret', body: 'overwritten' })
    for (const order of [
      [link, through],
      [through, link],
      [entry({ name: 'a/', flag: '5' }), link, through],
    ])
      expect(await refusedAfterGood(...order)).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
    const below = entry({ name: 'a/secret', flag: '2', link: 'x' })
    for (const order of [
      [link, below],
      [below, link],
      [link, entry({ name: 'a/secret', flag: '6' })],
      [link, entry({ name: 'a/secret/x', flag: '6' })],
    ])
      expect(await refusedAfterGood(...order)).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  it('that a directory replaces lead nowhere: the later entry of a name wins', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'outside'))
      const link = entry({ name: 'a', flag: '2', link: '../outside' })
      const archive = tar(link, entry({ name: 'a/', flag: '5', mode: 0o755 }), entry({ name: 'a/x', body: 'x' }))
      await extractInto(join(directory, 'out'), archive)
      expect(readdirSync(join(directory, 'outside'))).toEqual([])
      expect(readFileSync(join(directory, 'out/a/x'), 'utf8')).toBe('x')
    }))

  it('that a file replaces are not written through, hard or symbolic (CVE-2018-20834)', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'secret'), 'secret')
      const archive = tar(
        entry({ name: 'soft', flag: '2', link: join(directory, 'secret') }),
        entry({ name: 'soft', body: 'soft' }),
        entry({ name: 'first', body: 'first' }),
        entry({ name: 'hard', flag: '1', link: 'first' }),
        entry({ name: 'hard', body: 'changed' }),
      )
      await extractInto(join(directory, 'out'), archive)
      const contents = (name: string): string => readFileSync(join(directory, name), 'utf8')
      expect(['secret', 'out/soft', 'out/first', 'out/hard'].map(contents)).toEqual([
        'secret',
        'soft',
        'first',
        'changed',
      ])
      expect(lstatSync(join(directory, 'out/soft')).isFile()).toBe(true)
    }))

  it('replace files of their name without following anything', () =>
    withDirectory(async (directory) => {
      const archive = tar(good, entry({ name: 'good', flag: '2', link: '/etc/passwd' }))
      await extractInto(join(directory, 'out'), archive)
      expect(lstatSync(join(directory, 'out/good')).isSymbolicLink()).toBe(true)
    }))

  it.each(['../../x', '/etc/passwd', '../outside/secret', 'nowhere', '', 'dir', 'good/x', '/'])(
    'to what is no file of the archive are refused when they are hard: %j (CVE-2026-23745, CVE-2026-24842)',
    async (link) => {
      const archive = [entry({ name: 'dir/', flag: '5', mode: 0o755 }), entry({ name: 'dir/hard', flag: '1', link })]
      expect(await refusedAfterGood(...archive)).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
    },
  )

  it('to files through links are refused when they are hard (CVE-2026-26960)', async () => {
    const chain = [
      entry({ name: 'a', flag: '2', link: 'b' }),
      entry({ name: 'b', flag: '2', link: '../outside' }),
      entry({ name: 'hard', flag: '1', link: 'a/secret' }),
      entry({ name: 'hard', body: 'overwritten' }),
    ]
    expect(await refusedAfterGood(...chain)).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  it('may be as long as paths can be, and are refused beyond that before they fill the memory', async () => {
    const link = (length: number): Buffer[] => [
      pax({ linkpath: 'é'.repeat(length) }),
      entry({ name: `of-${length}`, flag: '2', link: 'x' }),
    ]
    await withDirectory(async (directory) => {
      const again = entry({ name: 'again', flag: '1', link: 'of-4000' })
      await extractInto(join(directory, 'out'), tar(...link(254), ...link(256), ...link(4000), again))
      for (const [name, length] of Object.entries({ 'of-254': 254, 'of-256': 256, 'of-4000': 4000, again: 4000 }))
        expect(readlinkSync(join(directory, 'out', name), 'latin1')).toBe('é'.repeat(length))
    })
    const { code, message } = await refusedAfterGood(...link(8193))
    expect([code, message]).toEqual(['UNSUPPORTED', expect.stringContaining('of-8193')])
  })

  it('to links are the same links again when they are hard', () =>
    withDirectory(async (directory) => {
      const archive = tar(
        entry({ name: 'soft', flag: '2', link: '/etc' }),
        entry({ name: 'd/hard', flag: '1', link: 'soft' }),
      )
      await extractInto(join(directory, 'out'), archive)
      expect(lstatSync(join(directory, 'out/d/hard')).isSymbolicLink()).toBe(true)
    }))

  it('to themselves change nothing when they are hard', () =>
    withDirectory(async (directory) => {
      await extractInto(join(directory, 'out'), tar(good, entry({ name: './good', flag: '1', link: '/good' })))
      expect(readFileSync(join(directory, 'out/good'), 'utf8')).toBe('fine')
    }))

  it('that are hard links to themselves stay what they were', () =>
    withDirectory(async (directory) => {
      const soft = entry({ name: 'soft', flag: '2', link: 'nowhere' })
      await extractInto(join(directory, 'out'), tar(soft, entry({ name: 'soft', flag: '1', link: './soft' })))
      expect(readlinkSync(join(directory, 'out/soft'))).toBe('nowhere')
    }))

  it('to the file that came after one that was skipped are hard links to that', () =>
    withDirectory(async (directory) => {
      const name = 'pipe'
      const archive = tar(
        entry({ name, flag: '6' }),
        entry({ name, body: 'x' }),
        entry({ name: 'hard', flag: '1', link: name }),
      )
      await extractInto(join(directory, 'out'), archive)
      expect(lstatSync(join(directory, 'out/hard')).nlink).toBe(2)
      const none = tar(entry({ name, flag: '6' }), entry({ name: 'hard', flag: '1', link: name }))
      const { warnings } = await extractInto(join(directory, 'none'), none)
      expect(warnings.map(({ path }) => path)).toEqual(['pipe', 'hard'])
    }))

  it('of directories are refused: what replaces a directory of the same archive that is not empty', async () => {
    const directory = entry({ name: 'd/x', body: 'x' })
    for (const parts of [
      { flag: '2', link: '/etc' },
      { flag: '0', body: 'x' },
      { flag: '1', link: 'good' },
    ])
      expect(await refusedAfterGood(directory, entry({ name: 'd', ...parts }))).toMatchObject({
        code: 'UNSAFE_ARCHIVE',
      })
  })

  it('that point out of the target come back as they are, and nothing follows them', () =>
    withDirectory(async (directory) => {
      const archive = tar(entry({ name: 'a', flag: '2', link: '../../../etc/passwd' }))
      await extractInto(join(directory, 'out'), archive)
      expect(lstatSync(join(directory, 'out/a')).isSymbolicLink()).toBe(true)
    }))
})

describe('links that lie in the target before', () => {
  it('are never followed, asked to overwrite or not (CVE-2025-45582)', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'outside'))
      mkdirSync(join(directory, 'out'))
      symlinkSync('../outside', join(directory, 'out/a'))
      const archive = tar(entry({ name: 'a/x', body: 'x' }))
      const before = snapshot(directory)
      expect(await refusal(extractInto(join(directory, 'out'), archive))).toMatchObject({ code: 'ALREADY_EXISTS' })
      expect(snapshot(directory)).toEqual(before)
      await extractInto(join(directory, 'out'), archive, { overwrite: true })
      expect(readdirSync(join(directory, 'outside'))).toEqual([])
      expect(lstatSync(join(directory, 'out/a')).isDirectory()).toBe(true)
      expect(readdirSync(join(directory, 'out'))).toEqual(['a'])
    }))

  it('are in the way when they dangle, too', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'out'))
      symlinkSync('nowhere', join(directory, 'out/good'))
      expect(await refusal(extractInto(join(directory, 'out'), tar(good)))).toMatchObject({ code: 'ALREADY_EXISTS' })
      expect(existsSync(join(directory, 'out/nowhere'))).toBe(false)
    }))
})

describe('entries of kinds that do harm', () => {
  it.each(['3', '4', '6'])('are skipped with a warning: type %s', (flag) =>
    withDirectory(async (directory) => {
      const { warnings } = await extractInto(join(directory, 'out'), tar(good, entry({ name: 'd/special', flag })))
      expect(warnings).toMatchObject([{ code: 'skipped', path: 'd/special', incomplete: true }])
      expect(readdirSync(join(directory, 'out/d'))).toEqual([])
    }),
  )

  it.each(['S', 'M', 'N', 'A', 'Z', '8', '\u001b'])('are refused when they are unknown: type %j', async (flag) => {
    const { code, message } = await refusedAfterGood(entry({ name: 'odd one', flag, body: 'x' }))
    expect(code).toBe('UNSUPPORTED')
    expect(message).toContain('odd one')
    expect(message).not.toContain('\u001b')
  })

  it.each([
    { 'GNU.sparse.major': '2', 'GNU.sparse.minor': '0' },
    { 'GNU.sparse.size': '9' },
    { 'GNU.sparse.map': '0,1' },
    { 'SUN.holesdata': ' 0 1' },
  ])('are refused when their holes are told in an unknown way: %j', async (records) => {
    const { code, message } = await refusedAfterGood(pax(records), entry({ name: 'holey', body: 'x' }))
    expect({ code, message }).toEqual({ code: 'UNSUPPORTED', message: expect.stringContaining('holey') })
  })

  it('lend nobody their powers', () =>
    withDirectory(async (directory) => {
      const archive = tar(
        entry({ name: 'su', mode: 0o7777, body: 'x' }),
        entry({ name: 'd/', flag: '5', mode: 0o7777 }),
      )
      await extractInto(join(directory, 'out'), archive, { keepOwner: false })
      expect(lstatSync(join(directory, 'out/su')).mode & 0o7777).toBe(0o777)
      expect(lstatSync(join(directory, 'out/d')).mode & 0o7777).toBe(0o1777)
    }))

  it.each([0xffff_ffff, 2 ** 40, -2])('get no owner that does not exist: %d', (uid) =>
    withDirectory(async (directory) => {
      const number = Buffer.alloc(8, uid < 0 ? 0xff : 0)
      number.writeBigInt64BE(BigInt(uid))
      number[0]! |= 0x80
      const file = (name: string): Buffer => entry({ name, uid: number, body: 'x' })
      const { warnings } = await extractInto(join(directory, 'out'), tar(file('one'), file('two')), { keepOwner: true })
      expect(warnings).toMatchObject([{ code: 'attributes', path: 'one', incomplete: true }])
    }),
  )
})

describe('numbers and records that lie', () => {
  const base256 = (...bytes: number[]): Buffer =>
    Buffer.from([...bytes, ...new Array<number>(12 - bytes.length).fill(0xff)])
  const damage: Readonly<Record<string, readonly Buffer[]>> = {
    'a negative size (CVE-2026-59874)': [entry({ size: base256(0xff), body: 'x' })],
    'a negative size in pax records': [pax({ size: '-1' }), entry({ body: 'x' })],
    'a size beyond all numbers': [entry({ size: base256(0x80, 0x7f), body: 'x' })],
    'a size that is more than there is': [entry({ size: 0o77777777777, body: 'x' })],
    'a size that is no number': [entry({ size: '12a4', body: 'x' })],
    'a wrong checksum': [entry({ sabotage: (header) => void (header[0]! ^= 1) })],
    'garbage where a header was to come': [Buffer.alloc(512, 'garbage')],
    'garbage like a random stream': [Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 7919) % 256))],
    'a NUL in a pax path (CVE-2026-59875)': [pax({ path: 'a\0b' }), entry({})],
    'a NUL in a pax link': [pax({ linkpath: 'a\0b' }), entry({ flag: '2' })],
    'a pax header that is too long': [entry({ flag: 'x', size: 0o20000000000 })],
    'a global pax header that is too long': [entry({ flag: 'g', size: 0o77777777777 })],
    'a long name that is too long': [entry({ flag: 'L', size: (1 << 20) + 1, body: Buffer.alloc((1 << 20) + 1, 'a') })],
    'a negative size of a long name': [entry({ flag: 'L', size: base256(0xff) })],
    'a record whose length is a lie': [entry({ flag: 'x', body: '99 path=x\n' }), entry({})],
    'a record without a length': [entry({ flag: 'x', body: 'path=x\n' }), entry({})],
    'a record without a key': [entry({ flag: 'x', body: '5 =x\n' }), entry({})],
    'a record without an equals sign': [entry({ flag: 'x', body: '7 path\n9 uid=12\n' }), entry({})],
    'a record without an end': [entry({ flag: 'x', body: '8 path=x' }), entry({})],
    'a record of length zero': [entry({ flag: 'x', body: '0 path=x\n' }), entry({})],
    'an owner that is no number': [pax({ uid: '0x10' }), entry({})],
    'a time that is no number': [pax({ mtime: '1e9' }), entry({})],
    'pax records of an entry that does not come': [pax({ path: 'x' })],
    'a symbolic link to nothing': [entry({ flag: '2' })],
    'a directory with contents': [entry({ name: 'd/', flag: '0', body: 'x' })],
  }

  it.each(Object.keys(damage))('are damage: %s', async (what) => {
    expect(await refusedAfterGood(...damage[what]!)).toMatchObject({ code: 'INTEGRITY' })
  })

  it('are refused before anything is written when the disk could not hold what they say', async () => {
    const petabyte = Buffer.from([0x80, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0])
    expect(await refusedAfterGood(entry({ size: petabyte, body: 'x' }))).toMatchObject({ code: 'NO_SPACE' })
    const { code } = await refusal(inspect(chunked(tar(entry({ size: petabyte, body: 'x' })))))
    expect(code).toBe('INTEGRITY')
  })

  it.each(['path', 'linkpath', 'size'])('are refused for all entries at once: %s', async (key) => {
    const archive = [pax({ [key]: '4' }, 'g'), entry({ body: 'four' })]
    expect(await refusedAfterGood(...archive)).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  it('do not resize a header that gives a long name (CVE-2026-53655)', () =>
    withDirectory(async (directory) => {
      const hidden = entry({ name: 'smuggled', body: '' })
      const archive = tar(
        pax({ size: '512' }),
        entry({ name: '././@LongLink', flag: 'L', body: 'visible\0' }),
        entry({ name: 'x', body: hidden, size: 0 }),
        good,
      )
      await extractInto(join(directory, 'out'), archive)
      expect(readdirSync(join(directory, 'out')).sort()).toEqual(['good', 'visible'])
      expect(readFileSync(join(directory, 'out/visible'))).toEqual(hidden)
    }))

  it('may be a path of digits (CVE-2026-59871)', () =>
    withDirectory(async (directory) => {
      const archive = tar(pax({ path: '1234', linkpath: '99', uname: '0' }), entry({ body: 'x' }))
      expect(await extractInto(join(directory, 'out'), archive)).toMatchObject({ topLevel: ['1234'] })
    }))

  it('may be times that no file system holds', () =>
    withDirectory(async (directory) => {
      const archive = tar(
        pax({ mtime: '999999999999999.5' }),
        entry({ name: 'late' }),
        pax({ mtime: '-999999999999999.5' }),
        entry({ name: 'early' }),
      )
      expect(await extractInto(join(directory, 'out'), archive)).toMatchObject({ files: 2 })
    }))

  it('may name what objects inherit', () =>
    withDirectory(async (directory) => {
      const names = ['__proto__', 'constructor', 'toString']
      const archive = tar(pax({ __proto__: 'x', ['constructor']: 'y' }), ...names.map((name) => entry({ name })))
      await extractInto(join(directory, 'out'), archive)
      expect(readdirSync(join(directory, 'out')).sort()).toEqual(names)
    }))
})

describe('entries below a symbolic link of their archive', () => {
  const link = entry({ name: 'a/link', flag: '2', link: 'b' })

  it.each([
    ['at once', [link, entry({ name: 'a/link/x' })]],
    ['further down', [link, entry({ name: 'other' }), entry({ name: 'a/link/c/d' })]],
  ])('are found by whoever only reads it, as by a restore: %s', async (_, parts) => {
    const message = expect.stringContaining('lies below a link') as unknown
    expect(await refused(tar(...parts))).toMatchObject({ code: 'UNSAFE_ARCHIVE', message })
    await expect(inspect(chunked(tar(...parts)))).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE', message })
  })

  it('are none where a directory has taken the place of the link, or that is only called alike', () =>
    withDirectory(async (directory) => {
      const names = ['a/link/', 'a/link/x', 'a/links/y']
      const archive = tar(link, ...names.map((name) => entry({ name, flag: name.endsWith('/') ? '5' : '0' })))
      await inspect(chunked(archive))
      await extractInto(join(directory, 'out'), archive)
    }))
})

describe('paths that are too long or too deep', () => {
  it('are refused beyond 2,048 directories (CVE-2024-28863)', async () => {
    const { code, message } = await refusedAfterGood(pax({ path: 'd/'.repeat(2049) + 'x' }), entry({}))
    expect(code).toBe('UNSAFE_ARCHIVE')
    expect(message.length).toBeLessThan(5000)
  })

  it('do not overflow the stack (GHSA-r292-9mhp-454m)', async () => {
    expect(await refusedAfterGood(pax({ path: 'd/'.repeat(500_000) }), entry({}))).toMatchObject({
      code: 'UNSAFE_ARCHIVE',
    })
  })

  it('are refused where a name is longer than names can be', async () => {
    expect(await refusedAfterGood(pax({ path: 'x'.repeat(256) }), entry({}))).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  it('come back at 1,024 directories of long names', () =>
    withDirectory(async (directory) => {
      const deep = `${'n'.repeat(100)}/`.repeat(1023)
      await extractInto(join(directory, 'out'), tar(pax({ path: `${deep}leaf` }), entry({ body: 'deep' })))
      expect(readdirSync(join(directory, 'out'))).toHaveLength(1)
      run('rm', ['-rf', join(directory, 'out')])
      const cut = Buffer.concat([pax({ path: `${deep}leaf` }), entry({ body: 'deep' })])
      await expect(extractInto(join(directory, 'out'), cut)).rejects.toMatchObject({ code: 'INTEGRITY' })
      expect(readdirSync(directory)).toEqual([])
    }))

  it('are refused where the target of a link is longer than links can be', async () => {
    const link = [pax({ linkpath: 'x'.repeat(5000) }), entry({ name: 'link', flag: '2' })]
    expect(await refusedAfterGood(...link)).toMatchObject({ code: 'UNSUPPORTED' })
  })
})

describe('duplicate names', () => {
  it('are the last one that came, for files', () =>
    withDirectory(async (directory) => {
      const archive = tar(good, entry({ name: 'good', body: 'later' }), entry({ name: './/good', body: 'last' }))
      await extractInto(join(directory, 'out'), archive)
      expect(readFileSync(join(directory, 'out/good'), 'utf8')).toBe('last')
      expect(readdirSync(join(directory, 'out'))).toEqual(['good'])
    }))

  it('are told of, and an empty file that takes the place of a link is one', () =>
    withDirectory(async (directory) => {
      const archive = tar(entry({ name: 'a', flag: '2', link: 'nowhere' }), entry({ name: 'a', body: '' }))
      const { warnings } = await extractInto(join(directory, 'out'), archive)
      expect(warnings).toMatchObject([{ code: 'skipped', path: 'a', incomplete: false }])
      expect(lstatSync(join(directory, 'out/a'))).toMatchObject({ size: 0 })
      expect(lstatSync(join(directory, 'out/a')).isFile()).toBe(true)
    }))

  it('are one directory with the attributes that came last', () =>
    withDirectory(async (directory) => {
      const archive = tar(
        entry({ name: 'd/', flag: '5', mode: 0o700 }),
        entry({ name: 'd/x', body: 'x' }),
        entry({ name: 'd', flag: '5', mode: 0o751 }),
      )
      await extractInto(join(directory, 'out'), archive)
      expect(lstatSync(join(directory, 'out/d')).mode & 0o777).toBe(0o751)
      expect(readdirSync(join(directory, 'out/d'))).toEqual(['x'])
    }))

  it('that differ by case or by Unicode form are different files (CVE-2021-37712, CVE-2026-23950)', () =>
    withDirectory(async (directory) => {
      const names = ['A', 'a', 'é', 'e\u0301', 'ß', 'ss'].map((name) => Buffer.from(name).toString('latin1'))
      await extractInto(join(directory, 'out'), tar(...names.map((name) => entry({ name, body: name }))))
      expect(readdirSync(join(directory, 'out'), 'latin1').sort()).toEqual([...names].sort())
    }))
})

describe('bombs', () => {
  const zeros = (size: number): Buffer =>
    Buffer.concat([entry({ name: 'zeros', size, body: Buffer.alloc(size) }), endOfArchive])
  const withZstd = has('zstd') ? it : it.skip

  it('of gzip are stopped by the limits on bytes and on the ratio', async () => {
    const bomb = gzipSync(zeros(70 << 20))
    expect(await refused(bomb, { limits: { maxRatio: 500 } })).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
    expect(await refused(bomb, { limits: { maxBytes: 50 << 20 } })).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  withZstd('of zstd are stopped without being asked to', async () => {
    const bomb = zstdFrame(zeros(80 << 20))
    const { code, message } = await refused(bomb)
    expect({ code, message }).toEqual({ code: 'UNSAFE_ARCHIVE', message: expect.stringContaining('1500') })
  })

  withZstd('of many small frames are stopped, too', async () => {
    const frame = zstdFrame(Buffer.alloc(4 << 20))
    const head = zstdFrame(entry({ name: 'zeros', size: 0o3777777777, body: '' }))
    const bomb = Buffer.concat([head, ...new Array<Buffer>(64).fill(frame)])
    expect(await refused(bomb)).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })

  withZstd('that are none are believed when their size is known', () =>
    withDirectory(async (directory) => {
      const size = 66 << 20
      const { bytesWritten } = await extractInto(join(directory, 'out'), zstdFrame(zeros(size)), {
        limits: { maxBytes: size },
      })
      expect(bytesWritten).toBe(size)
    }),
  )

  it.each(['maxBytes', 'maxEntries', 'maxRatio'])('are let through by no %s that is no number', async (limit) => {
    const limits = { [limit]: Number(undefined) }
    const mistake = { code: 'INVALID_INPUT', message: `${limit} is no number from 0: NaN` }
    expect(await refused(tar(entry({ name: 'f' })), { limits })).toMatchObject(mistake)
    await expect(inspect(chunked(tar(entry({ name: 'f' }))), { limits })).rejects.toMatchObject(mistake)
  })

  it('of entries are stopped', async () => {
    const many = tar(...Array.from({ length: 11 }, (_, i) => entry({ name: `f${i}` })))
    expect(await refused(many, { limits: { maxEntries: 10 } })).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
    await expect(inspect(chunked(many), { limits: { maxEntries: 10 } })).rejects.toMatchObject({
      code: 'UNSAFE_ARCHIVE',
    })
  })

  it('of directories that have no entry are stopped too', async () => {
    const deep = tar(entry({ name: 'a/b/c/d/e/f' }), entry({ name: 'a/b/c/d/e/g' }), entry({ name: 'k/l/m/n' }))
    expect(await refused(deep, { limits: { maxEntries: 10 } })).toMatchObject({
      code: 'UNSAFE_ARCHIVE',
      message: expect.stringContaining('more entries than it may'),
    })
    await withDirectory((directory) => extractInto(join(directory, 'out'), deep, { limits: { maxEntries: 11 } }))
  })

  it('of records take no memory', async () => {
    const pieces = function* (): Generator<Uint8Array> {
      for (let i = 0; i < 60; i++) {
        const records = Array.from(
          { length: 10_000 },
          (_, j) => [`key.${i}.${j}`, 'a value of no use to anyone'] as const,
        )
        yield pax(Object.fromEntries(records), i % 2 === 0 ? 'g' : 'x')
      }
      // While the reader still holds all that it keeps.
      held = heapInUse() - before
      yield tar(entry({ name: 'x' }))
    }
    let held = Infinity
    const before = heapInUse()
    expect(await inspect(streamed(pieces()))).toMatchObject({ entries: 1 })
    expect(held).toBeLessThan(16 << 20)
  })

  it('of 200,000 empty entries take no memory', () =>
    withDirectory(async (directory) => {
      const block = entry({ name: 'PREFIX/name' })
      const pieces = function* (count: number): Generator<Uint8Array> {
        for (let i = 0; i < count; i += 1000) {
          yield Buffer.concat(Array.from({ length: 1000 }, (_, j) => named(block, `${i}`.padStart(6, '_'), j)))
        }
        held = heapInUse() - before
        yield endOfArchive
      }
      let held = Infinity
      const before = heapInUse()
      expect(await inspect(streamed(pieces(200_000)))).toMatchObject({ entries: 200_000 })
      expect(held).toBeLessThan(16 << 20)
      expect(await extract(streamed(pieces(10_000)), { to: join(directory, 'out') })).toMatchObject({ files: 10_000 })
      expect(held).toBeLessThan(16 << 20)
    }))
})

/** What is still in use, after all garbage was collected. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

/** The header with another name. */
function named(header: Buffer, prefix: string, number: number): Buffer {
  const copy = Buffer.from(header)
  copy.write(`${prefix}/${String(number).padStart(4, '0')}`, 0, 'latin1')
  copy.fill(' ', 148, 156)
  let sum = 0
  for (const byte of copy) sum += byte
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return copy
}
