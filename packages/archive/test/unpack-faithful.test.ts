import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  extract,
  inspect,
  pack,
  type ArchiveEntry,
  type CompressionFormat,
  type ExtractProgress,
} from '@bakthat/archive'
import { makeNames, makeTree } from './faithful-tree.js'
import { has, packed, run, withDirectory } from './pack-support.js'
import { chunked, entry, expectSameTree, extractInto, pax, tar } from './unpack-support.js'

const isRoot = process.getuid?.() === 0

function makeSource(root: string): void {
  makeTree(root)
  if (isRoot) chmodSync(join(root, 'sub/closed'), 0)
  if (isRoot) chownSync(join(root, 'odd'), 4242, 4343)
  symlinkSync('../../outside', join(root, 'escaping'))
  linkSync(join(root, 'dangling'), join(root, 'zz-dangling'))
  makeNames(join(root, 'sub'))
  spawnSync('touch', ['-d', '2020-02-02 02:02:02.123456789 UTC', join(root, 'block')])
  spawnSync('touch', ['-d', '1969-12-31 23:59:58.25 UTC', join(root, 'nothing')])
  spawnSync('touch', ['-h', '-d', '1901-12-31 UTC', join(root, 'absolute')])
  utimesSync(join(root, 'empty'), 4_294_967_297.125, 4_294_967_297.125)
  chmodSync(join(root, 'sub/deeper'), 0o555)
  chmodSync(join(root, 'sub'), 0o555)
  utimesSync(join(root, 'sub'), 1_111_111_111, 1_111_111_111)
  chmodSync(root, 0o750)
}

const formats: readonly CompressionFormat[] = ['zstd', 'gzip', 'none']

describe('restoring what was packed', () => {
  it.each(formats)('gives everything back (%s)', (format) =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      mkdirSync(source)
      makeSource(source)
      const { bytes, entries, files } = await packed({ path: source, compression: { format } })
      const summary = await extractInto(join(directory, 'out'), bytes)
      expect(summary).toMatchObject({ entries, files, topLevel: ['tree'], warnings: [] })
      expectSameTree(join(directory, 'out/tree'), source)
      mkdirSync(join(directory, 'usual'))
      expect(lstatSync(join(directory, 'out')).mode).toBe(lstatSync(join(directory, 'usual')).mode)
    }),
  )

  it.each(formats)('gives many frames back in order (%s)', (format) =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      mkdirSync(join(source, 'many'), { recursive: true })
      const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i) % 251))
      writeFileSync(join(source, 'big'), Buffer.alloc(11_000_001, noise))
      for (let i = 0; i < 300; i++) writeFileSync(join(source, 'many', String(i)), Buffer.alloc(i * 100, String(i)))
      writeFileSync(join(source, 'zeros'), Buffer.alloc(9_000_000))
      const { bytes } = await packed({ path: source, compression: { format } })
      await extractInto(join(directory, 'out'), bytes)
      expectSameTree(join(directory, 'out/tree'), source)
    }),
  )

  ;(has('python3') ? it : it.skip)(
    'gives back paths longer than the system takes at once, and takes them away when it fails',
    () =>
      withDirectory(async (directory) => {
        const source = join(directory, 'tree')
        mkdirSync(source)
        const script = `
import os, sys
os.chdir(sys.argv[1])
for _ in range(45):
    os.mkdir('d' * 200)
    os.chdir('d' * 200)
open('leaf', 'w').write('deep')
os.symlink('leaf', 'link')`
        run('python3', ['-c', script, source])
        const { bytes, tarSize } = await packed({ path: source, compression: { format: 'none' } })
        const list = (root: string): string =>
          run('sh', ['-c', `cd ${root} && find tree -printf '%y %m %l %p\\n' | sort`]).toString()
        await extractInto(join(directory, 'out'), bytes)
        expect(list(join(directory, 'out'))).toBe(list(directory))
        const cut = bytes.subarray(0, tarSize - 1024)
        await expect(extractInto(join(directory, 'cut'), cut)).rejects.toMatchObject({ code: 'INTEGRITY' })
        expect(readdirSync(directory).sort()).toEqual(['out', 'tree'])
        await extractInto(join(directory, 'out'), bytes, { overwrite: true })
        expect(readdirSync(join(directory, 'out'))).toEqual(['tree'])
      }),
  )

  it('lets a hard link take the place of a directory, however deep both names are', () =>
    withDirectory(async (directory) => {
      const deep = (letter: string): string => Array.from({ length: 20 }, () => letter.repeat(200)).join('/')
      const first = [pax({ path: `${deep('a')}/first` }), entry({ body: 'contents' })]
      const replaced = [pax({ path: `${deep('b')}/second/` }), entry({ flag: '5', mode: 0o755 })]
      const second = [pax({ path: `${deep('b')}/second`, linkpath: `${deep('a')}/first` }), entry({ flag: '1' })]
      const { files } = await extractInto(join(directory, 'out'), tar(...first, ...replaced, ...second))
      expect(files).toBe(2)
      const kinds = run('find', [join(directory, 'out'), '-type', 'f', '-printf', '%f %n %s\n']).toString()
      expect(kinds.trim().split('\n').sort()).toEqual(['first 2 8', 'second 2 8'])
    }))

  it('gives a single file back', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'one'), 'alone')
      const { bytes } = await packed({ path: join(directory, 'one') })
      const { topLevel } = await extractInto(join(directory, 'out'), bytes)
      expect(topLevel).toEqual(['one'])
      expect(readFileSync(join(directory, 'out/one'), 'utf8')).toBe('alone')
    }))

  it('rounds times to the nearest microsecond', () =>
    withDirectory(async (directory) => {
      const times = ['123456789', '999999499', '000000501', '789123000', '000001000']
      for (const time of times)
        spawnSync('touch', ['-d', `2033-05-18 03:33:21.${time} UTC`, join(directory, `t${time}`)])
      const { bytes } = await packed({ path: directory, name: 'd' })
      await extractInto(join(directory, 'out'), bytes)
      for (const time of times) {
        const { mtimeNs } = lstatSync(join(directory, 'out/d', `t${time}`), { bigint: true })
        expect(
          Math.abs(Number(mtimeNs - BigInt(Date.UTC(2033, 4, 18, 3, 33, 21)) * 1_000_000n - BigInt(time))),
        ).toBeLessThan(650)
      }
    }))

  it.each([
    ['a pax header', tar(pax({ mtime: '9223372036854775807.5' }), entry({ name: 'odd', body: 'x' }))],
    ['a pax header, before all time', tar(pax({ mtime: '-1000000000000000' }), entry({ name: 'odd', body: 'x' }))],
    [
      'the field of a header',
      tar(entry({ name: 'odd', body: 'x', mtime: Buffer.from('800000007fffffffffffffff', 'hex') })),
    ],
  ])('gives a file back whose time no calendar has: in %s', (_, archive) =>
    withDirectory(async (directory) => {
      await inspect(chunked(archive))
      await extractInto(join(directory, 'out'), archive)
      expect(readFileSync(join(directory, 'out/odd'), 'utf8')).toBe('x')
    }),
  )

  it('clears setuid, setgid and sticky bits of files unless they are to be kept', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'd'))
      for (const [name, mode] of [
        ['suid', 0o4755],
        ['sgid', 0o2755],
        ['plain', 0o755],
      ] as const) {
        writeFileSync(join(directory, 'd', name), '')
        chmodSync(join(directory, 'd', name), mode)
      }
      chmodSync(join(directory, 'd'), 0o1777)
      const { bytes } = await packed({ path: join(directory, 'd') })
      await extractInto(join(directory, 'cleared'), bytes)
      await extractInto(join(directory, 'kept'), bytes, { keepSpecialModes: true })
      const modes = (root: string): string[] =>
        ['', 'suid', 'sgid', 'plain'].map((name) => (lstatSync(join(root, 'd', name)).mode & 0o7777).toString(8))
      expect(modes(join(directory, 'cleared'))).toEqual(['1777', '755', '755', '755'])
      expect(modes(join(directory, 'kept'))).toEqual(['1777', '4755', '2755', '755'])
    }))

  ;(isRoot ? it : it.skip)('keeps the setgid bit of a directory with its owner', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'd'))
      chownSync(join(directory, 'd'), 0, 4321)
      chmodSync(join(directory, 'd'), 0o2775)
      const { bytes } = await packed({ path: join(directory, 'd') })
      for (const [to, keepOwner, mode] of [
        ['own', false, 0o775],
        ['same', true, 0o2775],
      ] as const) {
        await extractInto(join(directory, to), bytes, { keepOwner })
        expect(lstatSync(join(directory, to, 'd')).mode & 0o7777).toBe(mode)
      }
    }),
  )

  ;(isRoot ? it : it.skip)('gives owners back in a directory that hands its group down', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'd'))
      writeFileSync(join(directory, 'd/file'), '')
      symlinkSync('x', join(directory, 'd/link'))
      const { bytes } = await packed({ path: join(directory, 'd') })
      const shared = join(directory, 'shared')
      mkdirSync(shared)
      chownSync(shared, 0, 4321)
      chmodSync(shared, 0o2775)
      await extractInto(shared, bytes)
      for (const name of ['d', 'd/file', 'd/link']) expect(lstatSync(join(shared, name)).gid).toBe(0)
      await extractInto(join(shared, 'new'), bytes, { keepOwner: false })
      expect(lstatSync(join(shared, 'new/d/file')).gid).toBe(4321)
    }),
  )

  it('tells every entry to an inspection, its path without slashes at either end', () =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      mkdirSync(source)
      makeSource(source)
      const seen: ArchiveEntry[] = []
      const packing = pack({ path: source })
      const summary = await inspect(packing.bytes, { onEntry: (entry) => seen.push(entry) })
      const { entries, files, tarSize } = await packing.summary
      expect(summary).toMatchObject({ entries, files })
      expect(summary.tarSize).toBeLessThanOrEqual(tarSize)
      const found = run('find', [source, '-printf', '%P\\0']).toString('latin1').split('\0').slice(0, -1)
      expect(seen.map(({ path }) => path).sort()).toEqual(
        found.map((path) => (path === '' ? 'tree' : `tree/${path}`)).sort(),
      )
      expect(seen.find(({ path }) => path === 'tree/absolute')).toMatchObject({
        type: 'symlink',
        linkTarget: readlinkSync(join(source, 'absolute')),
        mtimeNs: BigInt(Date.UTC(1901, 11, 31)) * 1_000_000n,
      })
    }))

  it('reports progress', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'new\nline'), 'x'.repeat(100_000))
      const { bytes } = await packed({ path: join(directory, 'new\nline'), compression: { format: 'none' } })
      const seen: ExtractProgress[] = []
      await extractInto(join(directory, 'out'), bytes, { onProgress: (progress) => seen.push(progress) })
      const whole = { files: 1, bytesWritten: 100_000, current: 'new\\nline' }
      expect(seen.slice(-2)).toEqual([whole, { ...whole, isFlushing: true }])
    }))

  it('makes what it gives back readable to a reader of its own stream while it is packed', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'd'))
      closeSync(openSync(join(directory, 'd/f'), 'w'))
      const packing = pack({ path: join(directory, 'd') })
      await extract(packing.bytes, { to: join(directory, 'out') })
      await packing.summary
      expectSameTree(join(directory, 'out/d'), join(directory, 'd'))
    }))
})
