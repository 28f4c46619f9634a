import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { pack, type LeftOut, type PackOptions, type Survey } from '@bakthat/archive'
import { has, packed, run, withDirectory } from './pack-support.js'

function write(root: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    if (path.endsWith('/')) mkdirSync(join(root, path), { recursive: true })
    else writeFileSync(join(root, path), path)
  }
}

const withTar = has('tar') ? it : it.skip

/** The paths in the archive of `tree`, directories ending in a slash, in archive order. */
async function stored(root: string, options: Partial<PackOptions>): Promise<string[]> {
  const { bytes } = await packed({ path: root, name: 't', compression: { format: 'none' }, ...options })
  const names = run('tar', ['-tf', '-', '--quoting-style=literal'], bytes).toString().split('\n')
  return names
    .slice(0, -1)
    .map((name) => name.slice(2))
    .filter((name) => name !== '')
}

describe('leaving out', () => {
  withTar('follows the rules of gitignore', () =>
    withDirectory(async (directory) => {
      write(directory, [
        'a.log',
        'keep.log',
        'build/x',
        'src/build/y',
        'src/a.log',
        'src/a.ts',
        'docs/deep/a.pdf',
        'tmp',
      ])
      const exclude = ['*.log', '!keep.log', '/build/', 'docs/**/*.pdf', 'tmp/', '# comment', '']
      expect(await stored(directory, { exclude })).toEqual([
        'docs/',
        'docs/deep/',
        'keep.log',
        'src/',
        'src/a.ts',
        'src/build/',
        'src/build/y',
        'tmp',
      ])
    }),
  )
  ;(has('git') && has('tar') ? it : it.skip)('agrees with git on any patterns', () =>
    withDirectory(async (directory) => {
      const paths = ['a', 'b.log', 'c/a', 'c/b.log', 'c/d/a', 'c/d/e.log', 'd/a', 'd/d/d', 'e/x y']
      write(directory, paths)
      execFileSync('git', ['init', '-q', directory])
      const pattern = fc
        .array(fc.constantFrom('a', 'b', 'c', 'd', '*', '**', '/', '.log', '?', '[ad]'), {
          minLength: 1,
          maxLength: 5,
        })
        .chain((parts) => fc.constantFrom('', '!', '/').map((start) => start + parts.join('')))
        .filter((text) => !text.includes('***'))
      await fc.assert(
        fc.asyncProperty(fc.array(pattern, { minLength: 1, maxLength: 4 }), async (exclude) => {
          writeFileSync(join(directory, '.git/info/exclude'), exclude.join('\n'))
          const args = [
            '-C',
            directory,
            '-c',
            'core.quotePath=false',
            'ls-files',
            '--others',
            '--exclude-standard',
            '-z',
          ]
          const expected = execFileSync('git', args).toString().split('\0').slice(0, -1).sort()
          const found = await stored(directory, { exclude, omit: [join(directory, '.git')] })
          expect(found.filter((path) => !path.endsWith('/')).sort()).toEqual(expected)
        }),
        { numRuns: 25 },
      )
    }),
  )

  withTar('takes names that no pattern can spell', () =>
    withDirectory(async (directory) => {
      writeFileSync(Buffer.concat([Buffer.from(`${directory}/a`), Buffer.from([0xff]), Buffer.from('.log')]), '')
      for (const name of ['...', '..a', '\\', '!', '#', ' ', '\n']) writeFileSync(join(directory, name), '')
      const { entries, warnings } = await packed({ path: directory, exclude: ['*.log'] })
      expect({ entries, warnings }).toEqual({ entries: 8, warnings: [] })
    }),
  )

  it('takes the path as a text or as bytes', () =>
    withDirectory(async (directory) => {
      write(directory, ['a', 'b'])
      const [one, other] = [
        await packed({ path: directory }),
        await packed({ path: new TextEncoder().encode(directory) }),
      ]
      expect(Buffer.from(other.index).equals(Buffer.from(one.index))).toBe(true)
    }))

  withTar('never leaves out the file that was asked for', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'a.log'), '')
      expect((await packed({ path: join(directory, 'a.log'), exclude: ['*'] })).entries).toBe(1)
    }),
  )

  withTar('stops at tagged caches only when asked, and only at valid tags', () =>
    withDirectory(async (directory) => {
      write(directory, ['cache/sub/x', 'other/x'])
      writeFileSync(join(directory, 'cache/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n# x')
      writeFileSync(join(directory, 'other/CACHEDIR.TAG'), 'Signature: none')
      const everything = [
        'cache/',
        'cache/CACHEDIR.TAG',
        'cache/sub/',
        'cache/sub/x',
        'other/',
        'other/CACHEDIR.TAG',
        'other/x',
      ]
      expect(await stored(directory, {})).toEqual(everything)
      expect(await stored(directory, { excludeCaches: true })).toEqual(
        everything.filter((path) => !path.startsWith('cache/sub')),
      )
    }),
  )

  withTar('omits the destination, under whatever name', () =>
    withDirectory(async (directory) => {
      write(directory, ['tree/a', 'tree/backups/old', 'tree/z'])
      symlinkSync(join(directory, 'tree'), join(directory, 'alias'))
      const expected = ['a', 'z']
      expect(await stored(join(directory, 'tree'), { omit: [join(directory, 'tree/backups')] })).toEqual(expected)
      expect(await stored(join(directory, 'tree'), { omit: [join(directory, 'alias/backups')] })).toEqual(expected)
      expect(await stored(join(directory, 'tree'), { omit: [join(directory, 'tree/none')] })).toHaveLength(4)
    }),
  )

  const mayMount = spawnSync('unshare', ['-m', 'true']).status === 0 ? it : it.skip

  mayMount('stays on one file system when asked, and stores the mount points', () =>
    withDirectory((directory) => {
      write(directory, ['tree/a', 'tree/mnt/', 'tree/z'])
      const tar = packElsewhere(directory, 'mount -t tmpfs none tree/mnt && touch tree/mnt/b', { oneFileSystem: true })
      expect(tar.paths).toEqual(['tree/', 'tree/a', 'tree/mnt/', 'tree/z'])
      expect(tar.leftOut).toEqual([{ path: 'tree/mnt/', reason: 'file system' }])
    }),
  )

  mayMount('does not run in circles where a directory is mounted into itself', () =>
    withDirectory((directory) => {
      write(directory, ['tree/a', 'tree/sub/loop/'])
      const tar = packElsewhere(directory, 'mount --bind tree tree/sub/loop', {})
      expect(tar.paths).toEqual(['tree/', 'tree/a', 'tree/sub/', 'tree/sub/loop/'])
      expect(tar.warnings).toEqual(['skipped'])
    }),
  )
})

/** Packs `tree`, and surveys it, in a process of its own that sees its own mounts. */
function packElsewhere(
  directory: string,
  mount: string,
  options: Partial<PackOptions>,
): { paths: string[]; warnings: string[]; leftOut: readonly LeftOut[] } {
  const script = `
    import { writeFileSync } from 'node:fs'
    import { pack, survey } from ${JSON.stringify(import.meta.resolve('@bakthat/archive'))}
    const options = ${JSON.stringify({ path: join(directory, 'tree'), ...options })}
    writeFileSync('survey', JSON.stringify(await survey(options)))
    const packing = pack(options)
    const chunks = []
    for await (const chunk of packing.bytes) chunks.push(chunk)
    writeFileSync('a.tar.zst', Buffer.concat(chunks))
    writeFileSync('warnings', (await packing.summary).warnings.map(({ code }) => code).join('\\n'))`
  writeFileSync(join(directory, 'pack.mjs'), script)
  const steps = `cd '${directory}' && ${mount} && '${process.execPath}' pack.mjs`
  execFileSync('unshare', ['-m', 'sh', '-c', steps], { stdio: 'pipe' })
  const paths = run('tar', ['--zstd', '-tf', join(directory, 'a.tar.zst')])
    .toString()
    .trim()
    .split('\n')
  const warnings = readFileSync(join(directory, 'warnings'), 'utf8').split('\n').filter(Boolean)
  const { leftOut } = JSON.parse(readFileSync(join(directory, 'survey'), 'utf8')) as Survey
  return { paths, warnings, leftOut }
}

describe('the same tree', () => {
  withTar('is walked in byte order', () =>
    withDirectory(async (directory) => {
      write(directory, ['b', 'B', 'a/z', 'a.b', 'a-b', 'ä', '~', 'a/b', 'Z/'])
      expect(await stored(directory, {})).toEqual(
        ['B', 'Z/', 'a/', 'a/b', 'a/z', 'a-b', 'a.b', 'b', '~', 'ä'].sort(compareTop),
      )
    }),
  )

  it('gives the same bytes and index for any number of workers', () =>
    withDirectory(async (directory) => {
      for (let i = 0; i < 300; i++) write(directory, [`d${i % 7}/sub/f${i}`])
      for (let i = 0; i < 12; i++) writeFileSync(join(directory, `big${i}`), Buffer.alloc(i * 700_000, `${i} bytes `))
      const [first, ...others] = await Promise.all(
        [1, 1, 2, 5].map((workers) => packed({ path: directory, name: 't', workers })),
      )
      for (const other of others) {
        expect(other.bytes.equals(first!.bytes)).toBe(true)
        expect(Buffer.from(other.index).equals(Buffer.from(first!.index))).toBe(true)
      }
    }))

  it('reports its progress once a frame, and everything at the end', () =>
    withDirectory(async (directory) => {
      for (let i = 0; i < 9; i++) writeFileSync(join(directory, `f${i}`), Buffer.alloc(1_000_000))
      const seen: { bytesRead: number; walked: boolean; files: number; bytesFound: number; current: string }[] = []
      const packing = pack({ path: directory, name: 't', onProgress: (progress) => seen.push(progress) })
      let frames = 0
      for await (const chunk of packing.bytes) frames += chunk.length > 0 ? 1 : 0
      expect(seen).toHaveLength(frames)
      expect(seen.map(({ walked }) => walked)).toEqual([...Array<boolean>(frames - 1).fill(false), true])
      expect(seen.at(-1)).toEqual({ files: 9, bytesRead: 9e6, bytesFound: 9e6, walked: true, current: 't/f8' })
    }))
})

/** Byte order within each directory, parents before children. */
function compareTop(a: string, b: string): number {
  const key = (path: string): string => Buffer.from(path.replaceAll('/', '\0')).toString('latin1')
  return key(a) < key(b) ? -1 : 1
}
