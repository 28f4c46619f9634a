import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { inspect, type ArchiveEntry } from '@bakthat/archive'
import { has, packed, run, withDirectory } from './pack-support.js'
import {
  zstdFrame,
  chunked,
  cut,
  streamed,
  entry,
  expectSameTree,
  extractInto,
  pax,
  refusal,
  tar,
} from './unpack-support.js'

/** A tree that every format of tar can hold: whole seconds, short links. */
function makeTree(root: string): void {
  mkdirSync(join(root, 'sub/deeper'), { recursive: true })
  writeFileSync(join(root, 'nothing'), '')
  writeFileSync(join(root, 'odd'), Buffer.alloc(70_001, 'odd'))
  writeFileSync(join(root, 'sub/Grüße'), 'umlaut')
  writeFileSync(join(root, 'sub/deeper/script'), '#!/bin/sh\n', { mode: 0o755 })
  symlinkSync('/etc/passwd', join(root, 'absolute'))
  symlinkSync('nowhere', join(root, 'dangling'))
  linkSync(join(root, 'odd'), join(root, 'sub/odd-again'))
}

function useWholeSeconds(root: string): void {
  run('sh', ['-c', `find "$1" -exec touch -h -d '2020-02-02 02:02:02 UTC' {} +`, 'sh', root])
}

function makeLongNames(root: string): void {
  const long = join(root, 'ä'.repeat(60), 'ö'.repeat(60))
  mkdirSync(long, { recursive: true })
  writeFileSync(join(long, 'new\nline'), 'deep')
  symlinkSync('long/'.repeat(60), join(root, 'long-link'))
  writeFileSync(Buffer.concat([Buffer.from(`${long}/`), Buffer.alloc(150, 0xe8)]), 'not utf-8')
}

/** Packs `tree` with another program and expects that it comes back. */
async function expectRestored(archiver: (directory: string) => Buffer, longNames = false): Promise<void> {
  await withDirectory(async (directory) => {
    mkdirSync(join(directory, 'tree'))
    makeTree(join(directory, 'tree'))
    if (longNames) makeLongNames(join(directory, 'tree'))
    useWholeSeconds(join(directory, 'tree'))
    const { warnings } = await extractInto(join(directory, 'out'), archiver(directory))
    expect(warnings).toEqual([])
    expectSameTree(join(directory, 'out/tree'), join(directory, 'tree'))
  })
}

describe('archives of GNU tar', () => {
  const it2 = has('tar') ? it : it.skip
  it2.each(['v7', 'oldgnu', 'gnu', 'ustar', 'pax', 'posix'])('come back: format %s', (format) =>
    expectRestored(
      (directory) => run('tar', ['-C', directory, `--format=${format}`, '-cf', '-', 'tree']),
      ['oldgnu', 'gnu', 'pax', 'posix'].includes(format),
    ),
  )

  it2.each(['gnu', 'posix'])('come back with a label and with lists of what directories hold: format %s', (format) =>
    expectRestored((directory) => {
      const lists = ['-V', 'a label', '-g', join(directory, 'state')]
      return run('tar', ['-C', directory, `--format=${format}`, ...lists, '-cf', '-', 'tree'])
    }),
  )

  it2('come back when they are rooted at a dot', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'tree'))
      makeTree(join(directory, 'tree'))
      useWholeSeconds(join(directory, 'tree'))
      const archive = run('tar', ['-C', join(directory, 'tree'), '-cf', '-', '.'])
      const { topLevel } = await extractInto(join(directory, 'out'), archive)
      expect([...topLevel].sort()).toEqual(['absolute', 'dangling', 'nothing', 'odd', 'sub'])
      utimesSync(join(directory, 'tree'), 1, 1)
      utimesSync(join(directory, 'out'), 1, 1)
      expectSameTree(join(directory, 'out'), join(directory, 'tree'))
    }),
  )

  it2('come back without their leading slashes', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'tree'))
      makeTree(join(directory, 'tree'))
      useWholeSeconds(join(directory, 'tree'))
      const archive = run('tar', ['-Pcf', '-', join(directory, 'tree')])
      const { warnings } = await extractInto(join(directory, 'out'), archive)
      expect(warnings).toMatchObject([{ code: 'skipped', incomplete: false }])
      expectSameTree(join(directory, 'out', directory, 'tree'), join(directory, 'tree'))
    }),
  )

  it2('that something was appended to give the later one', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'f'), 'first')
      run('tar', ['-C', directory, '-cf', join(directory, 'a.tar'), 'f'])
      writeFileSync(join(directory, 'f'), 'second')
      run('tar', ['-C', directory, '-rf', join(directory, 'a.tar'), 'f'])
      await extractInto(join(directory, 'out'), readFileSync(join(directory, 'a.tar')))
      expect(readFileSync(join(directory, 'out/f'), 'utf8')).toBe('second')
    }),
  )

  it('come back from gzip whose header says all that it may', () =>
    withDirectory(async (directory) => {
      const packed = gzipSync(tar(entry({ name: 'good', body: 'fine' })))
      const extra = Buffer.concat([Buffer.from([300 % 256, 1]), Buffer.alloc(300, 'extra\0')])
      const texts = Buffer.from('a name\0a comment\0')
      const header = Buffer.concat([packed.subarray(0, 10), extra, texts, Buffer.from([0x1f, 0x8b])])
      header[3] = 2 + 4 + 8 + 16
      await extractInto(join(directory, 'out'), Buffer.concat([header, packed.subarray(10)]))
      expect(readFileSync(join(directory, 'out/good'), 'utf8')).toBe('fine')
      for (const cut of [11, 200, 314, 320, header.length - 1])
        expect(await refusal(extractInto(join(directory, 'cut'), header.subarray(0, cut)))).toMatchObject({
          code: 'INTEGRITY',
        })
    }))

  it('are told from what only looks like a header: gzip that stores a tar as it is, and has a name', () =>
    withDirectory(async (directory) => {
      const archive = tar(entry({ name: 'good', body: 'fine' }))
      const [stored, name] = [gzipSync(archive, { level: 0 }), Buffer.from('abc.tar\0')]
      const named = Buffer.concat([stored.subarray(0, 10), name, stored.subarray(10)])
      named[3] = 8
      // The digits of the size lie where a tar has those of its checksum.
      expect(named.toString('latin1', 148, 156)).toMatch(/^[0-7]+$/)
      await extractInto(join(directory, 'out'), named)
      expect(readFileSync(join(directory, 'out/good'), 'utf8')).toBe('fine')
    }))

  it2.each(['BZh', '\u001f\u008b\u0008'])(
    'are told by their headers, whatever the first name begins with: %j',
    (name) =>
      withDirectory(async (directory) => {
        await extractInto(join(directory, 'out'), tar(entry({ name, body: 'x' })))
        expect(readdirSync(join(directory, 'out'), 'latin1')).toEqual([name])
      }),
  )
})

describe('archives of other programs', () => {
  ;(has('bsdtar') ? it : it.skip).each(['ustar', 'pax', 'gnutar', 'v7'])('come back: bsdtar %s', (format) =>
    expectRestored((directory) => run('bsdtar', ['-C', directory, '--format', format, '-cf', '-', 'tree']), false),
  )
  ;(has('python3') ? it : it.skip).each(['USTAR', 'GNU', 'PAX'])('come back: Python %s', (format) =>
    expectRestored((directory) => {
      const script = `import sys, tarfile\nt = tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.${format}_FORMAT)\nt.add(sys.argv[1], 'tree')\nt.close()`
      return run('python3', ['-c', script, join(directory, 'tree')])
    }, format !== 'USTAR'),
  )

  it('with a comment for all entries come back, as from git', () =>
    withDirectory(async (directory) => {
      const archive = tar(
        pax({ comment: 'a4b1c3', mtime: '7' }, 'g'),
        entry({ name: 'one' }),
        pax({ mtime: '8' }),
        entry({ name: 'two' }),
      )
      const seen: ArchiveEntry[] = []
      await inspect(chunked(archive), { onEntry: (each) => seen.push(each) })
      expect(seen.map(({ mtimeNs }) => mtimeNs)).toEqual([7_000_000_000n, 8_000_000_000n])
      expect(await extractInto(join(directory, 'out'), archive)).toMatchObject({ topLevel: ['one', 'two'] })
    }))
})

describe('compressed by other programs', () => {
  const tarOf = (directory: string): Buffer => run('tar', ['-C', directory, '-cf', '-', 'tree'])
  const commands: readonly (readonly [string, ...string[]])[] = [
    ['gzip', '-c'],
    ['gzip', '-1c'],
    ['pigz', '-c', '-b', '128'],
    ['pigz', '-c', '--independent'],
    ['zstd', '-c', '-q'],
    ['zstd', '-c', '-q', '-T0', '-B1MB'],
    ['zstd', '-c', '-q', '--long=27', '-19'],
    ['zstd', '-c', '-q', '--no-check'],
    ['zstd', '-c', '-q', '--fast=5', '--no-content-size'],
  ]
  for (const [program, ...options] of commands) {
    const judged = has(program) ? it : it.skip
    judged(`they come back: ${program} ${options.join(' ')}`, () =>
      expectRestored((directory) => run(program, options, tarOf(directory))),
    )
  }

  it('they come back in many gzip members, padded with zeros', () =>
    expectRestored((directory) => {
      const bytes = tarOf(directory)
      const members: Buffer[] = []
      for (let at = 0; at < bytes.length; at += 10_007) members.push(gzipSync(bytes.subarray(at, at + 10_007)))
      return Buffer.concat([...members, Buffer.alloc(1000)])
    }))

  const skippable = (size: number, nibble: number): Buffer => {
    const frame = Buffer.alloc(8 + size, 'comment')
    frame.writeUInt32LE(0x184d2a50 + nibble, 0)
    frame.writeUInt32LE(size, 4)
    return frame
  }
  ;(has('zstd') ? it : it.skip)('they come back in zstd frames of every kind, empty and skippable ones between', () =>
    expectRestored((directory) => {
      const bytes = tarOf(directory)
      const frame = (from: number, to: number, options: string[]): Buffer =>
        zstdFrame(bytes.subarray(from, to), ...options)
      const empty = zstdFrame(Buffer.alloc(0))
      const frames = [
        skippable(70_000, 15),
        frame(0, 1, []),
        empty,
        frame(1, 700, []),
        skippable(0, 0),
        frame(700, 70_000, ['--no-check']),
      ]
      // The last one does not say its size, so all from there on is a stream.
      return Buffer.concat([
        ...frames,
        frame(70_000, 72_000, ['--no-content-size']),
        skippable(9, 3),
        frame(72_000, bytes.length, []),
        skippable(5, 1),
      ])
    }),
  )

  ;(has('zstd') ? it : it.skip)('they come back in one frame that is larger than what is cut', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'tree'))
      const noise = Buffer.from(Array.from({ length: 9973 }, (_, i) => (i * i * 31 + i) % 251))
      writeFileSync(join(directory, 'tree/big'), Buffer.alloc(18 << 20, noise))
      useWholeSeconds(join(directory, 'tree'))
      const archive = zstdFrame(tarOf(directory))
      await extractInto(join(directory, 'out'), archive)
      expectSameTree(join(directory, 'out/tree'), join(directory, 'tree'))
      const stored = run('zstd', ['-c', '-q', '--ultra', '-1'], run('head', ['-c', '20000000', '/dev/urandom']))
      await expect(extractInto(join(directory, 'noise'), stored)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }),
  )

  it.each(['xz', 'bzip2'])('in other ways they are refused by name: %s', (program) =>
    withDirectory(async (directory) => {
      const archive = program === 'xz' ? Buffer.from('fd377a585a000004', 'hex') : Buffer.from('BZh91AY&SY')
      await expect(extractInto(join(directory, 'out'), archive)).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: `the archive is ${program === 'xz' ? 'an' : 'a'} ${program} file`,
      })
      expect(readdirSync(directory)).toEqual([])
    }),
  )
})

describe('any tree', () => {
  const name = fc
    .uint8Array({ minLength: 1, maxLength: 120 })
    .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x5f : byte))).toString('latin1'))
    .filter((text) => text !== '.' && text !== '..')
  const node = fc.oneof(
    fc.record({
      kind: fc.constant('file' as const),
      body: fc.uint8Array({ maxLength: 2000 }),
      mode: fc.integer({ min: 0o400, max: 0o777 }),
    }),
    fc.record({ kind: fc.constant('link' as const), target: name }),
    fc.record({ kind: fc.constant('directory' as const) }),
  )
  const tree = fc.array(
    fc.record({
      path: fc.array(name, { minLength: 1, maxLength: 4 }),
      node,
      mtime: fc.integer({ min: -(2 ** 31), max: 2 ** 33 }),
    }),
    { maxLength: 12 },
  )

  type Grown = typeof tree extends fc.Arbitrary<infer Value> ? Value : never

  const grow = (root: string, entries: Grown): void => {
    for (const { path, node: what } of entries) {
      const file = Buffer.from(`${root}/${path.join('/')}`, 'latin1')
      try {
        mkdirSync(Buffer.from(`${root}/${path.slice(0, -1).join('/')}`, 'latin1'), { recursive: true })
        if (what.kind === 'file') writeFileSync(file, what.body, { mode: what.mode, flag: 'wx' })
        else if (what.kind === 'link') symlinkSync(Buffer.from(what.target, 'latin1'), file)
        else mkdirSync(file)
      } catch (error) {
        // Two paths that exclude each other.
        if (!['EEXIST', 'ENOTDIR', 'ENOENT'].includes(String((error as NodeJS.ErrnoException).code))) throw error
      }
    }
  }

  it('comes back as it was packed', () =>
    fc.assert(
      fc.asyncProperty(tree, fc.constantFrom('zstd', 'gzip', 'none'), (entries, format) =>
        withDirectory(async (directory) => {
          mkdirSync(join(directory, 'tree'))
          grow(join(directory, 'tree'), entries)
          const { bytes } = await packed({
            path: join(directory, 'tree'),
            compression: { format: format },
            workers: 1,
          })
          await extractInto(join(directory, 'out'), bytes)
          expectSameTree(join(directory, 'out/tree'), join(directory, 'tree'))
        }),
      ),
      { numRuns: 25 },
    ))

  ;(has('tar') ? it : it.skip)('reads the same however it is cut into chunks', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'tree'))
      makeTree(join(directory, 'tree'))
      makeLongNames(join(directory, 'tree'))
      const read = async (archive: Uint8Array, sizes: readonly number[]): Promise<unknown> => {
        const seen: ArchiveEntry[] = []
        return [await inspect(streamed(cut(archive, sizes)), { onEntry: (each) => seen.push(each) }), seen]
      }
      for (const format of ['gnu', 'pax']) {
        const archive = run('tar', ['-C', directory, `--format=${format}`, '-cf', '-', 'tree'])
        const archives = [
          archive,
          gzipSync(archive),
          ...(has('zstd') ? [zstdFrame(archive), run('zstd', ['-c', '-q', '--no-content-size'], archive)] : []),
        ]
        const whole = await read(archive, [archive.length])
        for (const each of archives) {
          const small = each.length < 5000 ? [[1]] : []
          for (const sizes of [[511], [512], [513], [1, 600, 3, 0, 1500], ...small])
            expect(await read(each, sizes)).toEqual(whole)
        }
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }),
            async (sizes) => {
              expect(await read(archive, sizes)).toEqual(whole)
            },
          ),
          { numRuns: 15 },
        )
      }
    }),
  )
})
