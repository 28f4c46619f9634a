import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { isBakthatError } from '@bakthat/errors'
import { escapePath, pack, type PackOptions, type Survey } from '@bakthat/archive'
import { withDirectory } from './pack-support.js'

async function failure(options: PackOptions): Promise<{ code: string; hint: string | undefined; message: string }> {
  const packing = pack(options)
  const errors: unknown[] = []
  try {
    for await (const chunk of packing.bytes) expect(chunk.length).toBeGreaterThan(0)
  } catch (error) {
    errors.push(error)
  }
  await packing.summary.catch((error: unknown) => errors.push(error))
  expect(errors).toHaveLength(2)
  expect(errors[0]).toBe(errors[1])
  const [error] = errors
  if (!isBakthatError(error)) throw error
  return { code: error.code, hint: error.hint, message: error.message }
}

describe('bad input', () => {
  it('is a path that does not exist', async () => {
    const error = await failure({ path: '/nowhere/at\nall' })
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message: 'no such file or directory: /nowhere/at\\nall' })
    expect(error.hint).toBeDefined()
  })

  it.each(['', '/tmp/\0', `/tmp/${'long'.repeat(70)}`])('is a path that there cannot be: %j', async (path) => {
    const error = await failure({ path })
    expect(error).toMatchObject({ code: 'INVALID_INPUT', hint: expect.any(String) })
  })

  it('is a path through a loop of links', () =>
    withDirectory(async (directory) => {
      symlinkSync('loop', join(directory, 'loop'))
      expect(await failure({ path: join(directory, 'loop/x') })).toMatchObject({ code: 'INVALID_INPUT' })
    }))

  it('is a path through a file', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'file'), '')
      expect(await failure({ path: join(directory, 'file/x') })).toMatchObject({ code: 'INVALID_INPUT' })
    }))

  it('is a symbolic link, which would be a backup of nothing', () =>
    withDirectory(async (directory) => {
      symlinkSync('/etc', join(directory, 'link'))
      const error = await failure({ path: join(directory, 'link') })
      expect(error).toMatchObject({ code: 'INVALID_INPUT' })
      expect(error.hint).toMatch(/points to/)
    }))

  it.each([{ name: '' }, { name: '..' }, { name: 'a/b' }, { workers: 0 }, { workers: 1.5 }])(
    'is %j',
    async (option) => {
      expect(await failure({ path: '/etc', ...option })).toMatchObject({ code: 'INVALID_INPUT' })
    },
  )

  it.each([
    { format: 'zstd', level: 20 },
    { format: 'gzip', level: 0 },
    { format: 'gzip', level: 1.5 },
  ] as const)('is a level that does not exist: %j', (compression) =>
    withDirectory(async (directory) => {
      for (let i = 0; i < 5; i++) writeFileSync(join(directory, String(i)), Buffer.alloc(1_000_000))
      expect(await failure({ path: directory, compression })).toMatchObject({ code: 'INVALID_INPUT' })
    }),
  )
})

describe('what a caller in JavaScript may give', () => {
  it.each(['*.tmp', null])('is no list of patterns: %p', async (exclude) => {
    expect(await failure({ path: '/etc', exclude } as object as PackOptions)).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'exclude is not a list',
    })
  })

  it.each(['xz', 'toString', undefined])('is no format of compression: %p', async (format) => {
    expect(await failure({ path: '/etc/passwd', compression: { format } } as object as PackOptions)).toEqual({
      code: 'INVALID_INPUT',
      message: `there is no compression ${String(format)}`,
      hint: 'choose zstd, gzip or none',
    })
  })
})

describe('stopping', () => {
  it('is an error of the reader and the summary', () =>
    withDirectory(async (directory) => {
      for (let i = 0; i < 20; i++) writeFileSync(join(directory, String(i)), Buffer.alloc(1_500_000))
      const stop = new AbortController()
      const onProgress = (): void => {
        stop.abort()
      }
      expect(await failure({ path: directory, signal: stop.signal, onProgress })).toMatchObject({ code: 'INTERRUPTED' })
      expect(await failure({ path: directory, signal: AbortSignal.abort() })).toMatchObject({ code: 'INTERRUPTED' })
      const open = readdirSync('/proc/self/fd').map((descriptor) => linkOf(descriptor))
      expect(open.filter((path) => path.startsWith(directory))).toEqual([])
    }))

  it('by reading no further closes everything and rejects the summary', () =>
    withDirectory(async (directory) => {
      writeFileSync(join(directory, 'big'), Buffer.alloc(50_000_000))
      const packing = pack({ path: directory })
      for await (const chunk of packing.bytes) if (chunk.length >= 0) break
      await expect(packing.summary).rejects.toMatchObject({ code: 'INTERRUPTED' })
      expect(readdirSync('/proc/self/fd').map((fd) => linkOf(fd))).not.toContain(join(directory, 'big'))
    }))
})

function linkOf(descriptor: string): string {
  return spawnSync('readlink', [`/proc/${process.pid}/fd/${descriptor}`])
    .stdout.toString()
    .trim()
}

const asRoot = process.getuid?.() === 0 ? it : it.skip

describe('what may not be read', () => {
  asRoot('is left out and named, directories kept as entries', () =>
    withDirectory((directory) => {
      const tree = join(directory, 'tree')
      mkdirSync(join(tree, 'shut'), { recursive: true })
      writeFileSync(join(tree, 'shut/inside'), '')
      for (const name of ['a', 'secret', 'z']) writeFileSync(join(tree, name), name)
      writeFileSync(join(tree, 'big secret'), Buffer.alloc(3_000_000))
      for (const name of ['secret', 'big secret', 'shut']) chmodSync(join(tree, name), 0)
      linkSync(join(tree, 'secret'), join(tree, 'secret twin'))
      const { paths, warnings, surveyed } = packAsNobody(directory, tree)
      expect(paths).toEqual(['tree/', 'tree/a', 'tree/shut/', 'tree/z'])
      expect(warnings).toEqual([
        'unreadable tree/big secret true',
        'unreadable tree/secret true',
        'unreadable tree/secret twin true',
        'unreadable tree/shut true',
      ])
      expect(surveyed).toMatchObject({ entries: paths.length, files: 2, bytes: 2 })
      expect(surveyed?.warnings.map(({ path }) => `unreadable ${path} true`).sort()).toEqual(warnings)
    }),
  )

  asRoot('is refused when it is the path itself', () =>
    withDirectory((directory) => {
      mkdirSync(join(directory, 'tree'))
      writeFileSync(join(directory, 'file'), '')
      for (const name of ['tree', 'file']) chmodSync(join(directory, name), 0)
      for (const name of ['tree', 'file'])
        expect(packAsNobody(directory, join(directory, name)).error).toBe('PERMISSION_DENIED')
    }),
  )
})

interface Told {
  readonly paths: string[]
  readonly warnings: string[]
  readonly error: string | undefined
  /** What a survey tells before. */
  readonly surveyed?: Survey
}

/** Packs, and surveys, in a process without root's rights. Our own code may lie where only root can read, so root loads it first. */
function packAsNobody(directory: string, path: string): Told {
  const script = `
    import { spawnSync } from 'node:child_process'
    const { pack, survey } = await import(${JSON.stringify(import.meta.resolve('@bakthat/archive'))})
    for await (const chunk of pack({ path: '/etc/hostname' }).bytes) void chunk
    process.setgroups([]); process.setgid(65534); process.setuid(65534)
    const path = ${JSON.stringify(path)}
    const packing = pack({ path, compression: { format: 'none' } })
    const chunks = []
    let told
    try {
      const surveyed = await survey({ path })
      for await (const chunk of packing.bytes) chunks.push(chunk)
      const { warnings } = await packing.summary
      const tar = spawnSync('tar', ['-tf', '-'], { input: Buffer.concat(chunks) }).stdout.toString().trim()
      told = { paths: tar.split('\\n'), warnings: warnings.map((w) => [w.code, w.path, w.incomplete].join(' ')), surveyed }
    } catch (error) {
      told = { paths: [], warnings: [], error: error.code }
    }
    console.log(JSON.stringify(told))`
  chownSync(directory, 65534, 65534)
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: dirname(directory),
  })
  if (stdout.length === 0) throw new Error(stderr.toString())
  return JSON.parse(stdout.toString()) as Told
}

describe('a path for people', () => {
  it.each([
    ['plain/päth', 'plain/päth'],
    ['new\nline\ttab\rreturn', 'new\\nline\\ttab\\rreturn'],
    ['\u001b[31mred\u0000', '\\x1b[31mred\\x00'],
    ['back\\slash', 'back\\\\slash'],
    ['\u009b31m', '\\x9b31m'],
    ['evil\u202egpj.exe', 'evil\\u{202e}gpj.exe'],
    ['other\u061cway', 'other\\u{61c}way'],
    ['日本', '日本'],
  ])('shows %j as %j', (path, shown) => {
    expect(escapePath(Buffer.from(path))).toBe(shown)
  })

  it('shows bytes that are not UTF-8, and what is around them', () => {
    const bytes = Buffer.concat([Buffer.from('ä'), Buffer.from([0xff, 0xfe, 0x80, 0x1b]), Buffer.from('é\n日')])
    expect(escapePath(bytes)).toBe('ä\\xff\\xfe\\x80\\x1bé\\n日')
    expect(escapePath(bytes.toString('latin1'))).toBe(escapePath(bytes))
  })
})
