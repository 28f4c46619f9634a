import { createCipheriv, randomBytes } from 'node:crypto'
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import {
  Choice,
  chooseFrames,
  escapePath,
  extract,
  inspect,
  readEntry,
  readIndex,
  type ArchiveEntry,
  type ChosenFrames,
  type CompressionFormat,
  type IndexedEntry,
} from '@bakthat/archive'
import fc from 'fast-check'
import { packed, withDirectory, type Packed } from './pack-support.js'
import {
  chunked,
  cut,
  entry,
  expectSameTree,
  extractInto,
  refusal,
  refused,
  streamed,
  tar,
  pax,
  zstdFrame,
} from './unpack-support.js'

type Files = Readonly<Record<string, string | Buffer>>

/** Files, and the directories that they need, below one that is called `t`; the archive of it is packed in the same place. */
async function withArchive(
  files: Files,
  use: (packed: Packed, directory: string) => Promise<void>,
  format: CompressionFormat = 'zstd',
): Promise<void> {
  await withDirectory(async (directory) => {
    mkdirSync(join(directory, 't'))
    for (const [path, contents] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, 't', path)), { recursive: true })
      writeFileSync(join(directory, 't', path), contents)
    }
    await use(await packed({ path: join(directory, 't'), compression: { format } }), directory)
  })
}

function listed(directory: string): string[] {
  return listByBytes(directory, '').sort()
}

function listByBytes(directory: string, below: string): string[] {
  const place = Buffer.from(`${directory}/${below}`, 'latin1')
  return readdirSync(place, { withFileTypes: true, encoding: 'latin1' }).flatMap((entry) => {
    const path = below + entry.name
    return [escapePath(path), ...(entry.isDirectory() ? listByBytes(directory, `${path}/`) : [])]
  })
}

describe('a chosen part of an archive', () => {
  const files = { 'a/b/c': 'c', 'a/b/d': 'd', 'a/bc': 'bc', 'x/y': 'y' }

  it.each([
    [['t/a/b/c'], ['t', 't/a', 't/a/b', 't/a/b/c']],
    [['t/a/b'], ['t', 't/a', 't/a/b', 't/a/b/c', 't/a/b/d']],
    [
      ['/t/./a//bc/', 't/x'],
      ['t', 't/a', 't/a/bc', 't/x', 't/x/y'],
    ],
    [
      ['t/a/b/c', 't/a/b', '/t/a/b/', 't/a/./b'],
      ['t', 't/a', 't/a/b', 't/a/b/c', 't/a/b/d'],
    ],
    [['t'], ['t', 't/a', 't/a/b', 't/a/b/c', 't/a/b/d', 't/a/bc', 't/x', 't/x/y']],
  ])('of %j is what it names, what lies below, and the directories above', (only, expected) =>
    withArchive(files, async ({ bytes }, directory) => {
      const to = join(directory, 'to')
      const { entries } = await extractInto(to, bytes, { only })
      expect(listed(to)).toEqual(expected)
      expect(entries).toBe(expected.length)
    }),
  )

  it('gives the directories above their attributes', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 't/a'), { recursive: true, mode: 0o700 })
      writeFileSync(join(directory, 't/a/file'), 'contents')
      utimesSync(join(directory, 't/a'), 7, 7)
      const { bytes } = await packed({ path: join(directory, 't') })
      await extractInto(join(directory, 'to'), bytes, { only: ['t/a/file'] })
      expectSameTree(join(directory, 'to/t/a'), join(directory, 't/a'))
      expect(statSync(join(directory, 'to/t/a')).mtimeMs).toBe(7000)
    }))

  it('goes beside what is in the target, and changes nothing of that', () =>
    withArchive(files, async ({ bytes }, directory) => {
      const to = join(directory, 'to')
      mkdirSync(to, { mode: 0o700 })
      writeFileSync(join(to, 'mine'), 'mine')
      await extractInto(to, bytes, { only: ['t/x/y'] })
      expect([listed(to), statSync(to).mode & 0o777]).toEqual([['mine', 't', 't/x', 't/x/y'], 0o700])
      expect(await refusal(extractInto(to, bytes, { only: ['t/a'] }))).toMatchObject({
        code: 'ALREADY_EXISTS',
        hint: expect.not.stringContaining('--overwrite'),
      })
    }))

  it.each([
    ['what it does not hold', ['t/x', 't/a/b/e'], 'NOT_FOUND', '"t/a/b/e"'],
    ['the beginning of a name', ['t/a/lo'], 'NOT_FOUND', '"t/a/lo"'],
    ['nothing', [], 'INVALID_INPUT', 'nothing'],
    ['an empty path', ['t', '/.//'], 'INVALID_INPUT', '"/.//"'],
    ['what leads out', ['t/../x'], 'INVALID_INPUT', '"t/../x"'],
    ['a text', 't/x' as unknown as readonly string[], 'INVALID_INPUT', 'only is not a list'],
  ])('that names %s is refused, and nothing is restored', (_, only, code, words) =>
    withArchive({ 'a/long': '', x: '' }, async ({ bytes }) => {
      expect(await refused(bytes, { only })).toMatchObject({ code, message: expect.stringContaining(words) })
    }),
  )

  it('replaces nothing', () =>
    withArchive(files, async ({ bytes }) => {
      expect(await refused(bytes, { only: ['t/x'], overwrite: true })).toMatchObject({ code: 'INVALID_INPUT' })
    }))

  it('takes names as lists show them, and plain', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 't'))
      const names = ['new\nline', 'back\\slash', 'back\\nslash', 'é', '\u202e', '\xff']
      for (const name of names)
        writeFileSync(
          Buffer.concat([Buffer.from(`${directory}/t/`), name === '\xff' ? Buffer.of(0xff) : Buffer.from(name)]),
          name,
        )
      const { bytes } = await packed({ path: join(directory, 't') })
      const shown = ['t/new\\nline', 't/back\\\\slash', 't/back\\\\nslash', 't/é', 't/\\u{202e}', 't/\\xff']
      for (const [index, only] of [...shown, ...names.slice(0, 2).map((name) => `t/${name}`)].entries()) {
        const to = join(directory, `to-${index}`)
        await extractInto(to, bytes, { only: [only] })
        expect(listed(to)).toEqual(['t', shown[index % 6]])
      }
    }))

  it('knows a directory without an entry by what lies below another name', () =>
    withDirectory(async (directory) => {
      const bytes = tar(entry({ name: './d/sub/file', body: 'contents' }))
      await extractInto(join(directory, 'to'), bytes, { only: ['d', 'd/sub'] })
      expect(listed(join(directory, 'to'))).toEqual(['d', 'd/sub', 'd/sub/file'])
      const choice = new Choice(['./d'])
      expect(['./d/sub/file', 'd', './d', 'e', './', '.'].map((path) => choice.includes(path))).toEqual([
        true,
        true,
        true,
        false,
        false,
        false,
      ])
      await expect(collected(readEntry(chunked(bytes), 'd'))).rejects.toMatchObject({ message: 'd is no file' })
    }))

  it('holds no hard link without the entry at which its contents stand', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 't'))
      writeFileSync(join(directory, 't/first'), 'contents')
      linkSync(join(directory, 't/first'), join(directory, 't/second'))
      const { bytes, index } = await packed({ path: join(directory, 't') })
      const wanted = {
        code: 'INVALID_INPUT',
        message: expect.stringContaining('another name of t/first'),
        hint: expect.stringContaining('instead'),
      }
      expect(await refused(bytes, { only: ['t/second'] })).toMatchObject(wanted)
      await expect(chooseFrames(readIndex(chunked(index)), ['t/second'])).rejects.toMatchObject(wanted)
      const to = join(directory, 'to')
      await extractInto(to, bytes, { only: ['t/second', 't/first'] })
      expect(statSync(join(to, 't/first')).ino).toBe(statSync(join(to, 't/second')).ino)
    }))
})

describe('one file of an archive, as a stream', () => {
  it.each(['zstd', 'gzip', 'none'] as const)('is what the file holds, in %s', (format) =>
    withArchive(
      { 'a/small': 'small', 'a/large': noise(5_000_000), 'a/empty': '', 'a/smallest': 'x' },
      async ({ bytes }) => {
        expect(Buffer.from(await collected(readEntry(chunked(bytes), 't/a/small'))).toString()).toBe('small')
        expect((await collected(readEntry(chunked(bytes), '/t/a/large'))).equals(noise(5_000_000))).toBe(true)
        expect(await collected(readEntry(chunked(bytes), 't/a/empty'))).toHaveLength(0)
      },
      format,
    ),
  )

  it('is refused where it is none, or but another name of one', () =>
    withArchive({ file: 'contents', 'sub/file': '' }, async (_, directory) => {
      linkSync(join(directory, 't/file'), join(directory, 't/hard'))
      symlinkSync('file', join(directory, 't/soft'))
      const { bytes } = await packed({ path: join(directory, 't') })
      for (const [name, code, words] of [
        ['t/hard', 'INVALID_INPUT', 'another name of t/file'],
        ['t/soft', 'INVALID_INPUT', 'another name of file'],
        ['t/sub', 'INVALID_INPUT', 't/sub is no file'],
        ['t/nothing', 'NOT_FOUND', 't/nothing'],
      ] as const)
        await expect(collected(readEntry(chunked(bytes), name))).rejects.toMatchObject({
          code,
          message: expect.stringContaining(words),
        })
    }))

  it('is refused where it stands there twice, or has holes', async () => {
    const file = entry({ name: 'f', body: 'one' })
    const twice = tar(file, file)
    await expect(collected(readEntry(chunked(twice), 'f'))).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    const holes = {
      'GNU.sparse.major': '0',
      'GNU.sparse.minor': '1',
      'GNU.sparse.size': '1000',
      'GNU.sparse.map': '0,3',
    }
    const sparse = tar(pax({ ...holes, 'GNU.sparse.numblocks': '1' }), file)
    await expect(collected(readEntry(chunked(sparse), 'f'))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('has holes'),
    })
  })

  it('is refused where its name stands for two', async () => {
    const both = tar(entry({ name: 'a\nb', body: 'one' }), entry({ name: 'a\\nb', body: 'two' }))
    await expect(collected(readEntry(chunked(both), 'a\\nb'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: '"a\\\\nb" stands for a\\nb and a\\\\nb',
    })
    expect(Buffer.from(await collected(readEntry(chunked(both), 'a\nb'))).toString()).toBe('one')
    expect(Buffer.from(await collected(readEntry(chunked(both), 'a\\\\nb'))).toString()).toBe('two')
  })

  it('tells of damage behind it at its end', () =>
    withArchive({ a: 'a', b: noise(100_000) }, async ({ bytes }) => {
      const cutOff = bytes.subarray(0, bytes.length - 20)
      await expect(collected(readEntry(chunked(cutOff), 't/a'))).rejects.toMatchObject({ code: 'INTEGRITY' })
    }))
})

const first = '{"bakthat_index":1,"compression":"zstd"}'

describe('an index', () => {
  it('tells what the archive itself tells', () =>
    withArchive(
      { file: 'twelve bytes', 'sub/é': Buffer.alloc(70_000, 'x'), big: randomBytes(5_000_000) },
      async (_, directory) => {
        linkSync(join(directory, 't/file'), join(directory, 't/hard'))
        symlinkSync('nowhere', join(directory, 't/soft'))
        writeFileSync(Buffer.concat([Buffer.from(`${directory}/t/x`), Buffer.of(0xff)]), '')
        utimesSync(join(directory, 't/file'), 1_000_000_000.5, -1.25)
        const { bytes, index } = await packed({ path: join(directory, 't') })
        const told: IndexedEntry[] = []
        await inspect(chunked(bytes), { onEntry: (entry) => void told.push(essence(entry)) })
        expect(await entriesOf(index)).toEqual(told)
      },
    ))

  it('that is cut off anywhere, or goes on, is damaged', () =>
    withArchive({ a: 'a', 'b/c': 'c' }, async ({ index }) => {
      for (let end = 0; end < index.length; end++)
        await expect(entriesOf(index.subarray(0, end))).rejects.toMatchObject({ code: 'INTEGRITY' })
      await expect(entriesOf(Buffer.concat([index, index]))).rejects.toMatchObject({ code: 'INTEGRITY' })
      expect(await entriesOf(index)).toHaveLength(4)
    }))

  it('can be interrupted, though all of it is there', async () => {
    const compressed = (text: string): Buffer => zstdFrame(Buffer.from(text))
    const frames = 1000
    const frame = compressed('{"stored":1,"tar":512}\n["a","0",0,420,"0",0]\n')
    const last = `{"frames":${frames},"entries":${frames},"stored":${frames},"tar":${512 * frames}}\n`
    const index = Buffer.concat([compressed(`${first}\n`), ...Array<Buffer>(frames).fill(frame), compressed(last)])
    const stopping = new AbortController()
    let read = 0
    const reading = (async () => {
      for await (const { entries } of readIndex(streamed([index]), { signal: stopping.signal })) {
        read += entries.length
        if (read === 10) setImmediate(() => stopping.abort())
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(read).toBeLessThan(frames)
  })

  it.each([
    ['a later version', ['{"bakthat_index":2}'], 'UNSUPPORTED'],
    ['no index', ['{"another":1}'], 'INTEGRITY'],
    ['no JSON', ['nothing'], 'INTEGRITY'],
    ['an entry in no frame', [first, '["a","0",0,0,"0",0]'], 'INTEGRITY'],
    ['an entry of no type', [first, '{"stored":1,"tar":512}', '["a","9",0,0,"0",0]'], 'INTEGRITY'],
    ['an entry without a path', [first, '{"stored":1,"tar":512}', '[7,"0",0,0,"0",0]'], 'INTEGRITY'],
    ['an entry of no time', [first, '{"stored":1,"tar":512}', '["a","0",0,0,"soon",0]'], 'INTEGRITY'],
    [
      'more entries than its frame has room for',
      [first, '{"stored":1,"tar":512}', '["a","0",0,0,"0",0]', '["b","0",0,0,"0",0]'],
      'INTEGRITY',
    ],
    ['a frame of no size', [first, '{"stored":-1,"tar":1}'], 'INTEGRITY'],
    ['another sum', [first, '{"stored":1,"tar":1}', '{"frames":1,"entries":0,"stored":2,"tar":1}'], 'INTEGRITY'],
  ])('that holds %s is refused', async (_, lines, code) => {
    const { gzipSync } = await import('node:zlib')
    await expect(entriesOf(gzipSync(`${lines.join('\n')}\n`))).rejects.toMatchObject({ code })
  })
})

describe('the pieces that hold a part of an archive', () => {
  it('are few of many, and no more requests than there are gaps', () => {
    const files = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`f${at}`, randomBytes(6_000_000)]))
    return withArchive(files, async ({ bytes, index }) => {
      const { ranges, contentSize, archiveSize } = await chosen(index, ['t/f1', 't/f2', 't/f6'])
      expect([ranges.length, contentSize, archiveSize]).toEqual([4, 18_000_000, bytes.length])
      expect(ranges.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(0.5 * bytes.length)
      const near = await chosen(index, ['t/f1', 't/f2', 't/f3', 't/f4', 't/f5', 't/f6', 't/f7'])
      expect(near.ranges.length).toBe(2)
    })
  })

  it.each(['zstd', 'gzip', 'none'] as const)('are as good as the whole archive, in %s', (format) =>
    fc.assert(
      fc.asyncProperty(trees, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), async (sizes, numbers) => {
        await withArchive(
          Object.fromEntries(Object.entries(sizes).map(([path, size]) => [path, noise(size)])),
          async ({ bytes, index }, directory) => {
            const paths = (await entriesOf(index)).map(({ path }) => escapePath(path))
            const only = numbers.map((number) => paths[number % paths.length]!)
            const { ranges } = await chosen(index, only)
            const pieces = ranges.map(({ start, end }) => bytes.subarray(start, end))
            await extract(streamed(cut(Buffer.concat(pieces), [10_000])), { to: join(directory, 'part'), only })
            await extractInto(join(directory, 'whole'), bytes, { only })
            expectSameTree(join(directory, 'part/t'), join(directory, 'whole/t'))
            for (const path of only)
              if (statSync(join(directory, path)).isFile())
                expect(readFileSync(join(directory, 'part', path)).equals(readFileSync(join(directory, path)))).toBe(
                  true,
                )
          },
          format,
        )
      }),
      { numRuns: 6, seed: 7 },
    ),
  )
})

/** How long files are: small ones, and some that are packed in several pieces. */
const trees = fc.dictionary(
  fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('-/')),
  fc.oneof({ weight: 4, arbitrary: fc.nat(5000) }, { weight: 1, arbitrary: fc.constantFrom(3_000_000, 9_000_000) }),
  { minKeys: 1, maxKeys: 8 },
)

/** What cannot be compressed, and is the same each time. */
function noise(size: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, size % 251), Buffer.alloc(16)).update(Buffer.alloc(size))
}

function chosen(index: Uint8Array, only: readonly string[]): Promise<ChosenFrames> {
  return chooseFrames(readIndex(chunked(index)), only)
}

async function entriesOf(index: Uint8Array): Promise<IndexedEntry[]> {
  const entries: IndexedEntry[] = []
  for await (const frame of readIndex(chunked(index, 100))) entries.push(...frame.entries)
  return entries
}

function essence({ type, path, linkTarget, size, mode, mtimeNs }: ArchiveEntry): IndexedEntry {
  return { type, path, ...(linkTarget !== undefined && { linkTarget }), size, mode, mtimeNs }
}

async function collected(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('a choice', () => {
  it('looks up nothing above a path that is as long as nothing that was named', () => {
    const deep = Array.from({ length: 1000 }, () => 'd').join('/')
    const choice = new Choice([deep, 'elsewhere'])
    const looking = jest.spyOn(Map.prototype, 'get')
    try {
      expect(choice.includes(`${deep}/d`)).toBe(true)
      expect(choice.includes(deep.slice(2))).toBe(false)
      expect(looking.mock.calls.length).toBeLessThan(10)
    } finally {
      looking.mockRestore()
    }
  })
})
