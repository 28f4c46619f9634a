import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { pack } from '@bakthat/archive'
import { TreeWalk } from '../dist/pack/tree-walk.js'
import { has, listByPython, run, wholeTree, withDirectory } from './pack-support.js'

const onLinux = process.platform === 'linux' ? describe : describe.skip
const asRoot = process.geteuid?.() === 0 ? it : it.skip

interface Slow {
  readonly archive: string
  readonly warnings: readonly string[]
}

/** Packs with one worker, and lets `change` at the tree when the first frame is there. */
async function packSlowly(directory: string, path: string, change: () => void): Promise<Slow> {
  const packing = pack({ path, compression: { format: 'none' }, workers: 1 })
  const chunks: Uint8Array[] = []
  for await (const chunk of packing.bytes) {
    if (chunks.length === 0) change()
    chunks.push(chunk)
  }
  const archive = join(directory, 'a.tar')
  writeFileSync(archive, Buffer.concat(chunks))
  return { archive, warnings: (await packing.summary).warnings.map(({ code, path }) => `${code} ${path}`) }
}

/** The paths of directories whose entries are reached by way of a descriptor. */
function heldOpen(root: string): string[] {
  const walk = new TreeWalk({
    root,
    ...wholeTree,
    warn: ({ message }) => {
      throw new Error(message)
    },
    release: () => undefined,
  })
  const held = new Set<string>()
  for (const { path, accessPath } of walk.entries()) {
    if (accessPath !== root + path) held.add(path.slice(0, path.lastIndexOf('/')))
  }
  return [...held]
}

function makeDirectory(path: string, mode: number): void {
  mkdirSync(path)
  chmodSync(path, mode)
}

/** Directories that others can exchange, with a file in each. Times in whole seconds make for short headers, and for many in a frame. */
function makeDirectories(root: string, count: number, size: number): void {
  makeDirectory(root, 0o777)
  for (let i = 0; i < count; i++) {
    const directory = join(root, `${i}`)
    mkdirSync(directory)
    writeFileSync(join(directory, 'file'), Buffer.alloc(size))
    for (const path of [join(directory, 'file'), directory]) utimesSync(path, 1, 1)
  }
}

onLinux('a directory that others can exchange for a link', () => {
  it('is packed as it was entered, with nothing of what the link leads to', () =>
    withDirectory(async (directory) => {
      const root = join(directory, 'tree')
      const secrets = join(directory, 'secrets')
      makeDirectory(root, 0o777)
      for (const place of [join(root, 'mine'), join(root, 'mine/inner'), secrets, join(secrets, 'inner')])
        mkdirSync(place)
      writeFileSync(join(root, 'mine/a'), '')
      truncateSync(join(root, 'mine/a'), 40 * 1024 * 1024)
      for (const name of ['b', 'inner/c']) {
        writeFileSync(join(root, 'mine', name), 'mine')
        writeFileSync(join(secrets, name), 'secret')
      }
      symlinkSync('my target', join(root, 'mine/link'))
      symlinkSync('secret target', join(secrets, 'link'))
      const { archive, warnings } = await packSlowly(directory, root, () => {
        renameSync(join(root, 'mine'), join(root, 'away'))
        symlinkSync(secrets, join(root, 'mine'))
      })
      expect(warnings).toEqual([])
      for (const name of ['b', 'inner/c'])
        expect(run('tar', ['-xOf', archive, `tree/mine/${name}`]).toString()).toBe('mine')
      const link = listByPython(archive).find(({ name }) => name === 'tree/mine/link')
      expect(link?.linkName).toBe('my target')
    }))

  it('is closed when its entries are packed', () =>
    withDirectory(async (directory) => {
      const root = join(directory, 'tree')
      makeDirectories(root, 800, 20_000)
      const open = (): number => readdirSync('/proc/self/fd').length
      const before = open()
      let most = 0
      for await (const { length } of pack({ path: root, workers: 1 }).bytes) most = Math.max(most, length && open())
      expect(most).toBeGreaterThan(before + 100)
      expect(open()).toBe(before)
    }))

  it('is closed when the packing is stopped', () =>
    withDirectory(async (directory) => {
      const root = join(directory, 'tree')
      makeDirectories(root, 300, 20_000)
      const open = (): number => readdirSync('/proc/self/fd').length
      const before = open()
      for (let chunks = 0; chunks < 3; chunks++) {
        let taken = 0
        for await (const { length } of pack({ path: root, workers: 1 }).bytes)
          if (length > 0 && taken++ === chunks) break
        expect(open()).toBe(before)
      }
    }))

  it('is one of few that are open at a time, so that a process with few descriptors can pack any tree', () =>
    withDirectory((directory) => {
      const root = join(directory, 'tree')
      makeDirectories(root, 1_000, 10)
      for (let i = 0; i < 1_000; i++) mkdirSync(join(root, `${i} empty`))
      const program = `
        const { pack } = await import('@bakthat/archive')
        const packing = pack({ path: process.argv[1], workers: 1 })
        for await (const _ of packing.bytes);
        const { files, warnings } = await packing.summary
        console.log(files, warnings.length)`
      const limited = [
        '-c',
        'ulimit -n 700 && exec "$0" "$@"',
        process.execPath,
        '--input-type=module',
        '-e',
        program,
        root,
      ]
      expect(run('sh', limited).toString()).toBe('1000 0\n')
    }))

  it('is packed as what it is once it is open: a directory may be mounted there because of that', () =>
    withDirectory((directory) => {
      const root = join(directory, 'tree')
      makeDirectory(root, 0o777)
      makeDirectory(join(root, 'place'), 0o755)
      const program = `
        import fs from 'node:fs'
        import { syncBuiltinESMExports } from 'node:module'
        const [root, archive] = process.argv.slice(1)
        const open = fs.openSync
        fs.openSync = (path, ...rest) => {
          if (String(path).endsWith('/place') && !fs.existsSync(root + '/away')) {
            fs.renameSync(root + '/place', root + '/away')
            fs.mkdirSync(root + '/place', { mode: 0o700 })
            fs.writeFileSync(root + '/place/mounted', '')
          }
          return open(path, ...rest)
        }
        syncBuiltinESMExports()
        const { pack } = await import('@bakthat/archive')
        const packing = pack({ path: root, compression: { format: 'none' } })
        for await (const bytes of packing.bytes) fs.appendFileSync(archive, bytes)
        console.log((await packing.summary).warnings.length)`
      const archive = join(directory, 'a.tar')
      expect(run(process.execPath, ['--input-type=module', '-e', program, root, archive]).toString()).toBe('0\n')
      expect(listByPython(archive)).toMatchObject([
        { name: 'tree' },
        { name: 'tree/place', mode: 0o700 },
        { name: 'tree/place/mounted' },
      ])
    }))

  it('is one that lies where others may write, unless a sticky bit keeps it', () =>
    withDirectory((directory) => {
      const root = join(directory, 'tree')
      makeDirectory(root, 0o755)
      for (const [name, mode] of [
        ['closed', 0o755],
        ['group', 0o775],
        ['open', 0o757],
        ['sticky', 0o1777],
      ] as const) {
        makeDirectory(join(root, name), mode)
        makeDirectory(join(root, name, 'inner'), 0o755)
        writeFileSync(join(root, name, 'inner/file'), '')
      }
      expect(heldOpen(root)).toEqual(['/group/inner', '/open/inner'])
    }))

  asRoot('is one that lies in what others own, or that others own below a sticky bit', () =>
    withDirectory((directory) => {
      const root = join(directory, 'tree')
      makeDirectory(root, 0o755)
      makeDirectory(join(root, 'home'), 0o755)
      makeDirectory(join(root, 'tmp'), 0o1777)
      for (const name of ['home', 'home/inner', 'tmp', 'tmp/theirs', 'tmp/mine']) {
        if (name !== 'home' && name !== 'tmp') mkdirSync(join(root, name))
        writeFileSync(join(root, name, 'file'), '')
      }
      for (const name of ['home', 'tmp/theirs']) chownSync(join(root, name), 12345, 12345)
      expect(heldOpen(root)).toEqual(['/home/inner', '/tmp/theirs'])
    }),
  )

  it('may lie on the way to the tree', () =>
    withDirectory(async (directory) => {
      const way = join(directory, 'way')
      const root = join(way, 'above/tree')
      makeDirectory(way, 0o777)
      mkdirSync(root, { recursive: true })
      writeFileSync(join(root, 'file'), 'mine')
      expect(heldOpen(root)).toEqual([''])
      if (!has('tar')) return
      truncateSync(join(root, 'file'), 40 * 1024 * 1024)
      writeFileSync(join(root, 'later'), 'mine')
      const { archive } = await packSlowly(directory, root, () => {
        renameSync(join(way, 'above'), join(way, 'away'))
        mkdirSync(root, { recursive: true })
        writeFileSync(join(root, 'later'), 'secret')
      })
      expect(readFileSync(join(root, 'later'), 'utf8')).toBe('secret')
      expect(run('tar', ['-xOf', archive, 'tree/later']).toString()).toBe('mine')
    }))
})
