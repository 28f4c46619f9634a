import { closeSync, ftruncateSync, lstatSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { extract, extractFile, inspect } from '@bakthat/archive'
import fc from 'fast-check'
import { has, run, withDirectory } from './pack-support.js'
import { chunked, entry, extractInto, pax, refused, tar } from './unpack-support.js'

const block = Buffer.alloc(512, 'data')

/** A file with so many islands of data in a sea of zeros. */
function makeSparse(path: string, islands: number, size: number): void {
  const file = openSync(path, 'w')
  const step = Math.floor(size / (islands + 1) / 4096) * 4096
  for (let i = 1; i <= islands; i++) writeSync(file, Buffer.alloc(4096 + i, `island ${i} `), 0, 4096, i * step)
  ftruncateSync(file, size)
  closeSync(file)
}

const formats = [
  ['gnu', '--format=gnu'],
  ['pax 0.0', '--format=pax', '--sparse-version=0.0'],
  ['pax 0.1', '--format=pax', '--sparse-version=0.1'],
  ['pax 1.0', '--format=pax', '--sparse-version=1.0'],
] as const

describe('files with holes', () => {
  ;(has('tar') ? it : it.skip).each(formats)('come back with their holes from GNU tar: %s', (...[, ...options]) =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      mkdirSync(source)
      makeSparse(join(source, 'many'), 200, 20_000_001)
      makeSparse(join(source, 'few'), 2, 5_000_000)
      makeSparse(join(source, 'none'), 0, 3_000_000)
      run('truncate', ['-s', '40G', join(source, 'huge')])
      const archive = run('tar', ['-C', directory, '-S', '-c', ...options, 'tree'])
      expect(archive.length).toBeLessThan(3_000_000)
      for (const chunk of [65_536, 1000]) {
        const to = join(directory, `out ${chunk}`)
        const { warnings } = await extract(chunked(archive, chunk), { to })
        expect(warnings).toEqual([])
        for (const name of ['many', 'few', 'none'])
          expect(readFileSync(join(to, 'tree', name)).equals(readFileSync(join(source, name)))).toBe(true)
        const { size, blocks } = lstatSync(join(to, 'tree/huge'))
        expect({ size, isSmall: blocks < 1000 }).toEqual({ size: 40 * 2 ** 30, isSmall: true })
      }
      const sizes = new Map<string, number>()
      await inspect(chunked(archive), { onEntry: ({ path, size }) => sizes.set(path, size) })
      expect(Object.fromEntries(sizes)).toMatchObject({ 'tree/many': 20_000_001, 'tree/huge': 40 * 2 ** 30 })
    }),
  )

  ;(has('bsdtar') ? it : it.skip)('come back from bsdtar', () =>
    withDirectory(async (directory) => {
      makeSparse(join(directory, 'holey'), 30, 9_000_000)
      const archive = run('bsdtar', ['-C', directory, '-c', '-f', '-', '--format=pax', 'holey'])
      await extractInto(join(directory, 'out'), archive)
      expect(readFileSync(join(directory, 'out/holey')).equals(readFileSync(join(directory, 'holey')))).toBe(true)
    }),
  )

  it('count with their holes against the limit on bytes', async () => {
    const archive = tar(pax({ 'GNU.sparse.size': '1000000', 'GNU.sparse.map': '0,512' }), entry({ body: block }))
    expect(await refused(archive, { limits: { maxBytes: 999_999 } })).toMatchObject({ code: 'UNSAFE_ARCHIVE' })
  })
})

describe('zeros, where they are to become holes,', () => {
  const sparse = true

  it.each([
    [
      'in a tree',
      (bytes: Buffer, chunk: number, to: string) =>
        extract(chunked(tar(entry({ name: 'disk', body: bytes })), chunk), { to, sparse }),
    ],
    [
      'in a file alone',
      (bytes: Buffer, chunk: number, to: string) => extractFile(chunked(bytes, chunk), { to, name: 'disk', sparse }),
    ],
    [
      'between the holes of the archive',
      (bytes: Buffer, chunk: number, to: string) => extract(chunked(withHole(bytes), chunk), { to, sparse }),
    ],
  ])('leave every byte where it was: %s', async (_, restored) => {
    const run = fc.tuple(fc.nat(1), fc.oneof(fc.nat(10), fc.nat(10_000), fc.constantFrom(4095, 4096, 4097, 8192)))
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 6 }), fc.integer({ min: 500, max: 9000 }), (runs, chunk) =>
        withDirectory(async (directory) => {
          const bytes = Buffer.concat(runs.map(([value, length]) => Buffer.alloc(length, value)))
          const { bytesWritten } = await restored(bytes, chunk, directory)
          expect(bytesWritten).toBe(bytes.length)
          const there = readFileSync(join(directory, 'disk'))
          expect(there.subarray(there.length - bytes.length).equals(bytes)).toBe(true)
          expect(there.subarray(0, there.length - bytes.length).every((byte) => byte === 0)).toBe(true)
        }),
      ),
      { seed: 7, numRuns: 60 },
    )
  })

  it('take no room', () =>
    withDirectory(async (directory) => {
      const disk = Buffer.alloc(32 << 20)
      for (const at of [0, 5_000_000, disk.length - 1]) disk[at] = 1
      const archive = tar(entry({ name: 'disk', body: disk }))
      for (const [name, options] of Object.entries({ full: {}, sparse: { sparse } })) {
        await extract(chunked(archive), { to: join(directory, name), ...options })
        await extractFile(chunked(disk), { to: join(directory, name), name: 'alone', ...options })
      }
      const room = (path: string): number => lstatSync(join(directory, path)).blocks * 512
      for (const path of ['disk', 'alone']) {
        expect(room(`full/${path}`)).toBeGreaterThanOrEqual(disk.length)
        expect(room(`sparse/${path}`)).toBeLessThan(1 << 20)
      }
    }))

  it('let a file be begun that would not fit without', async () => {
    const endless = Buffer.concat([pax({ size: String(2 ** 50) }), entry({ name: 'disk', body: block })])
    expect(await refused(endless)).toMatchObject({ code: 'NO_SPACE' })
    expect(await refused(endless, { sparse })).toMatchObject({ code: 'INTEGRITY' })
  })

  /** After a hole of 1,000 bytes. */
  function withHole(bytes: Buffer): Buffer {
    const map = { 'GNU.sparse.size': String(1000 + bytes.length), 'GNU.sparse.map': `1000,${bytes.length}` }
    return tar(pax(map), entry({ name: 'disk', body: bytes }))
  }
})

describe('a map of holes that lies', () => {
  const inRecord = (map: string, size = '4096'): Buffer[] => [
    pax({ 'GNU.sparse.size': size, 'GNU.sparse.map': map }),
    entry({ name: 'holey', body: Buffer.concat([block, block]) }),
  ]
  const inContents = (text: string): Buffer[] => [
    pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '4096' }),
    entry({ name: 'holey', body: Buffer.concat([Buffer.from(text.padEnd(512, '\0')), block]) }),
  ]
  const inHeader = (regions: readonly (readonly [number, number])[], size: number): Buffer[] => {
    const header = entry({ name: 'holey', flag: 'S', body: block })
    header.write('ustar  \0', 257, 'latin1')
    header.fill(0, 345, 512)
    const octal = (value: number): string => `${value.toString(8).padStart(11, '0')} `
    regions.forEach((region, i) => header.write(region.map(octal).join(''), 386 + i * 24, 'latin1'))
    header.write(octal(size), 483, 'latin1')
    header.fill(' ', 148, 156)
    const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    return [header]
  }

  it('is told from one that does not', () =>
    withDirectory(async (directory) => {
      const zeros = (size: number): Buffer => Buffer.alloc(size)
      const good: readonly (readonly [Buffer[], Buffer])[] = [
        [inRecord('512,1024,4096,0'), Buffer.concat([zeros(512), block, block, zeros(2560)])],
        [inRecord('0,0,100,1024', '1124'), Buffer.concat([zeros(100), block, block])],
        [inContents('1\n1000\n512\n'), Buffer.concat([zeros(1000), block, zeros(2584)])],
        [inHeader([[1024, 512]], 1536), Buffer.concat([zeros(1024), block])],
      ]
      for (const [index, [parts, contents]] of good.entries()) {
        await extractInto(join(directory, String(index)), tar(...parts))
        expect(readFileSync(join(directory, String(index), 'holey')).equals(contents)).toBe(true)
      }
    }))

  it.each([
    ['regions that overlap', inRecord('0,512,511,512')],
    ['regions in the wrong order', inRecord('1024,512,0,512')],
    ['regions beyond the size', inRecord('4000,1024')],
    ['less than there is', inRecord('0,512')],
    ['more than there is', inRecord('0,1536')],
    ['half a region', inRecord('0,1024,4096')],
    ['a negative number', inRecord('-1,1024')],
    ['no numbers', inRecord('a,b')],
    ['a size that is no number', inRecord('0,1024', '0x1000')],
    ['a count that is no number', inContents('x\n')],
    ['a count without an end', inContents('1'.repeat(512))],
    ['a line without a number', inContents('1\n\n\n')],
    ['more regions than blocks', inContents('9999999\n0\n1\n')],
    ['contents that do not fit', inContents('1\n0\n511\n')],
    [
      'a header whose regions go backwards',
      inHeader(
        [
          [1024, 256],
          [0, 256],
        ],
        4096,
      ),
    ],
    ['a header with a smaller size', inHeader([[0, 512]], 511)],
  ])('is damage: %s', async (_, parts) => {
    expect(await refused(tar(...parts))).toMatchObject({ code: 'INTEGRITY' })
  })

  it('is no reason to reserve memory', async () => {
    const before = process.memoryUsage().arrayBuffers
    const codes = [inContents('999999999999999\n0\n0\n'), inRecord('0,1024', '9007199254740991')]
    for (const parts of codes) await refused(tar(...parts), { limits: { maxBytes: 2 ** 40 } })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20)
  })
})
