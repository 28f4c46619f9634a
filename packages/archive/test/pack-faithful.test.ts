import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { inspect } from '@bakthat/archive'
import { makeNames, makeTree } from './faithful-tree.js'
import { describeTree, has, listByPython, packFile, packed, run, withDirectory } from './pack-support.js'
import { chunked } from './unpack-support.js'

const isRoot = process.getuid?.() === 0
const needsRoot = isRoot && has('python3') ? it : it.skip
const needsTools = ['tar', 'gzip', 'zstd'].every(has) ? it : it.skip

function makeSource(root: string): void {
  makeTree(root)
  writeFileSync(join(root, 'hello.txt'), 'hello\n')
  writeFileSync(join(root, 'sub/script'), '#!/bin/sh\n')
  chmodSync(join(root, 'sub/script'), 0o4755)
  spawnSync('mkfifo', [join(root, 'fifo')])
  utimesSync(join(root, 'hello.txt'), 1_000_000_000.25, 1_000_000_000.25)
  utimesSync(join(root, 'nothing'), 5, 5)
  utimesSync(join(root, 'sub'), 1_111_111_111, 1_111_111_111)
  chmodSync(join(root, 'empty'), 0o1777)
}

/** Names as long as each of the fields that they may stand in, and longer. */
function makeLongNames(root: string): void {
  const long = join(root, 'ä'.repeat(100), 'ö'.repeat(100))
  mkdirSync(long, { recursive: true })
  writeFileSync(join(long, 'leaf'), 'deep')
  const prefixed = join(root, 'p'.repeat(90))
  mkdirSync(prefixed)
  for (const length of [9, 10, 98, 99, 100, 101]) writeFileSync(join(prefixed, 'n'.repeat(length)), String(length))
}

/** Restores `archive` with another program and compares everything with the source. */
function restoresAs(program: 'tar' | 'bsdtar', archive: string, source: string, target: string): void {
  mkdirSync(target)
  run(program, ['-xpf', archive, '-C', target])
  expect(describeTree(join(target, 'tree'))).toEqual(describeTree(source))
}

describe('packing a tree', () => {
  for (const program of ['tar', 'bsdtar'] as const) {
    const judged = has(program) ? it : it.skip
    judged(`gives everything back through ${program}`, () =>
      withDirectory(async (directory) => {
        const source = join(directory, 'tree')
        mkdirSync(source)
        makeSource(source)
        if (isRoot) {
          chownSync(join(source, 'odd'), 4242, 4343)
          chmodSync(join(source, 'sub/closed'), 0)
          chmodSync(join(source, 'sub/deeper'), 0o555)
          spawnSync('mknod', [join(source, 'device'), 'c', '1', '3'])
          spawnSync('mknod', [join(source, 'disk'), 'b', '259', '1048575'])
        }
        const { warnings } = await packFile({ path: source }, join(directory, 'a.tar'))
        expect(warnings).toEqual([])
        restoresAs(program, join(directory, 'a.tar'), source, join(directory, 'out'))
      }),
    )

    judged(`keeps every name as ${program} reads it`, () =>
      withDirectory(async (directory) => {
        const source = join(directory, 'tree')
        mkdirSync(source)
        makeNames(source)
        makeLongNames(source)
        const { warnings } = await packFile({ path: source }, join(directory, 'a.tar'))
        expect(warnings).toEqual([])
        restoresAs(program, join(directory, 'a.tar'), source, join(directory, 'out'))
      }),
    )
  }

  ;(has('python3') ? it : it.skip)("tells Python's tarfile names, types, sizes, owners and exact times", () =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      mkdirSync(source)
      makeSource(source)
      makeNames(source)
      makeLongNames(source)
      spawnSync('touch', ['-d', '2020-02-02 02:02:02.123456789 UTC', join(source, 'odd')])
      spawnSync('touch', ['-d', '1969-12-31 23:59:58.500000000 UTC', join(source, 'hello.txt')])
      await packFile({ path: source }, join(directory, 'a.tar'))
      const members = new Map(listByPython(join(directory, 'a.tar')).map((member) => [member.name, member]))
      const tree = describeTree(source)
      expect([...members.keys()].sort()).toEqual([...tree.keys()].map((path) => `tree${path}`).sort())
      expect(members.get('tree/odd')).toMatchObject({ type: '0', size: 70_001, mtime: '1580608922.123456789' })
      expect(members.get('tree/zz-odd')).toMatchObject({ type: '1', linkName: 'tree/odd' })
      expect(members.get('tree/hello.txt')).toMatchObject({ mtime: '-1.500000000' })
      expect(members.get('tree/nothing')).toMatchObject({ size: 0, mtime: '5' })
      expect(members.get('tree/dangling')).toMatchObject({ type: '2', linkName: 'nowhere/at all' })
      expect(members.get('tree/fifo')).toMatchObject({ type: '6' })
      expect(members.get('tree/sub/script')).toMatchObject({ mode: 0o4755 })
      for (const [path, text] of tree) {
        const member = members.get(`tree${path}`)!
        if (member.type === '0') expect(text).toContain(member.sha256)
      }
    }),
  )

  needsRoot('names the owners that the machine knows', () =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      mkdirSync(source)
      writeFileSync(join(source, 'a'), '')
      chownSync(join(source, 'a'), 65534, 65534)
      await packFile({ path: source }, join(directory, 'a.tar'))
      const [top, file] = listByPython(join(directory, 'a.tar'))
      expect(top).toMatchObject({ userName: 'root', groupName: 'root' })
      expect(file).toMatchObject({ uid: 65534, userName: 'nobody', groupName: 'nogroup' })
    }),
  )

  needsTools('stores an empty directory as one entry', () =>
    withDirectory(async (directory) => {
      const { entries, files, bytes } = await packed({ path: directory, name: 'x', compression: { format: 'none' } })
      expect({ entries, files }).toEqual({ entries: 1, files: 0 })
      expect(run('tar', ['-tf', '-'], bytes).toString()).toBe('x/\n')
    }),
  )

  needsTools('packs a single file, large or small', () =>
    withDirectory(async (directory) => {
      for (const size of [0, 1, 2 * 1024 * 1024, 5 * 1024 * 1024 + 17]) {
        const contents = Buffer.alloc(size, 'contents ')
        writeFileSync(join(directory, 'file'), contents)
        const { bytes, entries, files, bytesRead } = await packed({ path: join(directory, 'file') })
        expect({ entries, files, bytesRead }).toEqual({ entries: 1, files: 1, bytesRead: size })
        const tar = run('zstd', ['-dc'], bytes)
        expect(run('tar', ['-xOf', '-', 'file'], tar).equals(contents)).toBe(true)
      }
    }),
  )

  needsTools('takes a path of bytes', () =>
    withDirectory(async (directory) => {
      const path = Buffer.concat([Buffer.from(`${directory}/a`), Buffer.from([0xff])])
      mkdirSync(path)
      const { bytes } = await packed({ path, compression: { format: 'none' } })
      expect(run('tar', ['-tf', '-'], bytes).toString()).toBe('a\\377/\n')
    }),
  )

  it('says so of 10,000 things at most, and counts the rest', () =>
    withDirectory(async (directory) => {
      const tree = join(directory, 'tree')
      const make = 'import os, sys; [os.mknod(f"{sys.argv[1]}/{i}", 0o140600) for i in range(10_012)]'
      mkdirSync(tree)
      run('python3', ['-c', make, tree])
      const { warnings } = await packed({ path: tree })
      expect(warnings).toHaveLength(10_001)
      expect(warnings.at(-1)).toMatchObject({ path: '', message: 'and 12 more warnings', incomplete: false })
    }))

  it('stores sockets nowhere and says so', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'tree'))
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(join(directory, 'tree/socket'), resolve))
      const { entries, warnings } = await packed({ path: join(directory, 'tree') })
      server.close()
      expect(entries).toBe(1)
      expect(warnings).toEqual([expect.objectContaining({ code: 'skipped', path: 'tree/socket', incomplete: false })])
    }))

  needsTools('reaches what lies deeper than a path can say', () =>
    withDirectory(async (directory) => {
      const make = `
        const fs = require('node:fs')
        for (const name of ['tree', ...Array(30).fill('d'.repeat(250))]) { fs.mkdirSync(name); process.chdir(name) }
        fs.writeFileSync('leaf', 'deep')
        fs.symlinkSync('leaf', 'link')
        fs.writeFileSync('large', Buffer.alloc(3000000))`
      expect(spawnSync(process.execPath, ['-e', make], { cwd: directory }).status).toBe(0)
      const { entries, warnings, bytes } = await packed({
        path: join(directory, 'tree'),
        compression: { format: 'none' },
      })
      expect({ entries, warnings }).toEqual({ entries: 34, warnings: [] })
      const leaf = `tree/${`${'d'.repeat(250)}/`.repeat(30)}leaf`
      expect(run('tar', ['-xOf', '-', leaf], bytes).toString()).toBe('deep')
    }),
  )

  needsTools('leaves out and tells what lies deeper than any restore goes', () =>
    withDirectory(async (directory) => {
      const make = `
        const fs = require('node:fs')
        fs.mkdirSync('tree'); process.chdir('tree'); fs.writeFileSync('file', 'x')
        for (let i = 0; i < 2100; i++) { fs.mkdirSync('d'); process.chdir('d') }`
      expect(spawnSync(process.execPath, ['-e', make], { cwd: directory }).status).toBe(0)
      const { entries, warnings, bytes } = await packed({ path: join(directory, 'tree') })
      expect(warnings).toEqual([expect.objectContaining({ incomplete: true, path: `tree${'/d'.repeat(2048)}` })])
      expect(await inspect(chunked(bytes))).toMatchObject({ entries })
      expect(entries).toBe(2049)
    }),
  )

  needsTools('makes gzip members and zstd frames that the ordinary tools read', () =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      mkdirSync(source)
      makeSource(source)
      writeFileSync(
        join(source, 'large'),
        Buffer.alloc(6_000_000, readFileSync(process.execPath).subarray(0, 1_000_000)),
      )
      const plain = await packed({ path: source, compression: { format: 'none' } })
      const gzip = await packed({ path: source, compression: { format: 'gzip' } })
      const zstd = await packed({ path: source, compression: { format: 'zstd', level: 1 } })
      expect(run('gzip', ['-dc'], gzip.bytes).equals(plain.bytes)).toBe(true)
      expect(run('zstd', ['-dc'], zstd.bytes).equals(plain.bytes)).toBe(true)
      expect([gzip.tarSize, zstd.tarSize]).toEqual([plain.bytes.length, plain.bytes.length])
    }),
  )
})
