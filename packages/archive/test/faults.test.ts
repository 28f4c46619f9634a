import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { withDirectory } from './pack-support.js'
import { entry, tar } from './unpack-support.js'

/** A call of `fs` that fails for paths and open files whose path ends so. */
interface Fault {
  readonly call: string
  readonly path: string
  readonly errno: string
  /** How often it goes well before. */
  readonly passes?: number
}

interface Outcome {
  readonly code?: string
  readonly hint?: string
  readonly message?: string
  readonly warnings?: readonly { readonly code: string; readonly path: string; readonly message: string }[]
  readonly files?: number
  readonly bytesRead?: number
}

/** Does something with `@bakthat/archive` in a process whose file system fails. A file that fails to be closed is closed, as on Linux. */
function withFault({ call, path, errno, passes = 0 }: Fault, script: string, directory: string): Outcome {
  const code = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    let passes = ${passes}
    const real = fs['${call}']
    const pathOf = (argument) => typeof argument === 'number' ? fs.readlinkSync('/proc/self/fd/' + argument) : String(argument)
    fs['${call}'] = (...args) => {
      if (!pathOf(args[0]).endsWith('${path}') || passes-- > 0) return real(...args)
      if ('${call}' === 'closeSync') real(...args)
      throw Object.assign(new Error('injected'), { code: '${errno}', syscall: '${call}' })
    }
    syncBuiltinESMExports()
    const { extract, extractFile, pack } = await import('@bakthat/archive')
    const directory = process.argv[1]
    async function* archive() { yield fs.readFileSync(0) }
    async function packed(path) {
      const { bytes, summary } = pack({ path })
      for await (const _ of bytes);
      return summary
    }
    const outcome = await (${script}).catch(({ code, hint, message }) => ({ code, hint, message }))
    console.log(JSON.stringify({ ...outcome, index: undefined }))
  `
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code, directory], {
    cwd: import.meta.dirname,
    input: tar(entry({ name: 'x', body: 'x' })),
  })
  if (status !== 0) throw new Error(stderr.toString())
  return JSON.parse(stdout.toString()) as Outcome
}

const sizes = { small: 10, big: 5_000_000 }

async function packWith(fault: Fault): Promise<Outcome> {
  return withDirectory((directory) => {
    mkdirSync(join(directory, 'tree'))
    for (const [name, size] of Object.entries(sizes)) writeFileSync(join(directory, 'tree', name), Buffer.alloc(size))
    const only = fault.path === '/small' ? '/small' : ''
    if (only !== '') writeFileSync(join(directory, 'tree/big'), '')
    return withFault(fault, `packed(directory + '/tree')`, directory)
  })
}

describe('a backup of a disk that fails', () => {
  it('names the small file that could not be looked at after it was read, and goes on', async () => {
    expect(await packWith({ call: 'fstatSync', path: '/small', errno: 'EIO' })).toMatchObject({
      files: 1,
      warnings: [{ code: 'unreadable', path: 'tree/small', incomplete: true }],
    })
    expect(await packWith({ call: 'fstatSync', path: '/small', errno: 'ESTALE' })).toMatchObject({
      files: 1,
      warnings: [{ code: 'vanished', path: 'tree/small' }],
    })
  })

  it('names the big one', async () => {
    expect(await packWith({ call: 'fstatSync', path: '/big', errno: 'EIO' })).toMatchObject({
      files: 1,
      warnings: [{ code: 'unreadable', path: 'tree/big' }],
    })
    expect(await packWith({ call: 'fstatSync', path: '/big', errno: 'EIO', passes: 1 })).toMatchObject({
      files: 2,
      warnings: [{ code: 'changed', path: 'tree/big', message: 'may have changed while it was packed (EIO)' }],
    })
  })

  it.each(['/small', '/big'])('does not mind that a file fails to be closed: %s', async (path) => {
    expect(await packWith({ call: 'closeSync', path, errno: 'EIO' })).toMatchObject({ files: 2, warnings: [] })
  })

  it('keeps what could be read of a file, and zeros in the place of the rest', () =>
    withDirectory((directory) => {
      mkdirSync(join(directory, 'tree'))
      writeFileSync(join(directory, 'tree/a'), 'read, and not')
      // A disk that gives five bytes, and leaves something else where the others were to come.
      const script = (read: string): string => `(fs.readSync = (read => (descriptor, memory, at, size, position) => {
        memory.fill('x', at, at + size)
        return read(descriptor, memory, at, Math.min(size, 5), position)
      })(fs.readSync), syncBuiltinESMExports(), (${read})())`
      const fault = { call: 'readSync', path: '/tree/a', errno: 'EIO', passes: 1 }
      const packing = `async () => {
        const { bytes, summary } = pack({ path: directory + '/tree', compression: { format: 'none' } })
        let message = ''
        for await (const piece of bytes) message += Buffer.from(piece).toString('latin1')
        return { ...(await summary), message }
      }`
      const packed = withFault(fault, script(packing), directory)
      expect(packed).toMatchObject({ files: 1, warnings: [{ code: 'unreadable', path: 'tree/a', incomplete: true }] })
      expect(packed.message).toContain(`read,${'\0'.repeat(507)}`)
      const filling = `async () => {
        const { FrameFiller } = await import('../dist/pack/frame-filler.js')
        const names = { userNames: new Map(), groupNames: new Map() }
        const filler = new FrameFiller({ root: '', name: 't', compression: { format: 'none' }, xattrs: false, ...names })
        const descriptor = fs.openSync(directory + '/tree/a')
        const plan = { kind: 'piece', descriptor, path: '/a', position: 0, length: 13, header: undefined, ends: true }
        const { bytes, warnings } = filler.fill(plan)
        return { warnings, message: Buffer.from(bytes).toString('latin1') }
      }`
      const piece = withFault(fault, script(filling), directory)
      expect(piece).toMatchObject({ warnings: [{ code: 'unreadable', path: '/a' }] })
      expect(piece.message).toBe(`read,${'\0'.repeat(507)}`)
    }))

  it('says of a file that shrinks again and again how much of it was read', () =>
    withDirectory((directory) => {
      mkdirSync(join(directory, 'tree'))
      writeFileSync(join(directory, 'tree/a'), 'what was read')
      const script = `(fs.fstatSync = (stat => (...args) => {
        const stats = stat(...args)
        return Object.assign(Object.create(Object.getPrototypeOf(stats)), stats, { size: stats.size + 5n })
      })(fs.fstatSync), syncBuiltinESMExports(), (async () => {
        const { bytes, summary } = pack({ path: directory + '/tree', compression: { format: 'none' } })
        let message = ''
        for await (const piece of bytes) message += Buffer.from(piece).toString('latin1')
        return { ...(await summary), message }
      })())`
      const none = { call: 'fstatSync', path: '/nowhere', errno: 'EIO' }
      const { message = '', ...packed } = withFault(none, script, directory)
      expect(packed).toMatchObject({ bytesRead: 13, warnings: [{ code: 'changed', path: 'tree/a' }] })
      const header = message.indexOf('tree/a\0')
      expect(parseInt(message.slice(header + 124, header + 136), 8)).toBe(13)
    }))

  it('holds nothing of a file that took the place of another and cannot be read to its end', () =>
    withDirectory((directory) => {
      mkdirSync(join(directory, 'tree'))
      writeFileSync(join(directory, 'tree/a'), 'of many names', { mode: 0o644 })
      linkSync(join(directory, 'tree/a'), join(directory, 'tree/z'))
      writeFileSync(join(directory, 'secret'), 'secret', { mode: 0o600 })
      const script = `(fs.openSync = (open => (path, ...rest) => {
        if (path.endsWith('/a') && fs.existsSync(directory + '/secret')) fs.renameSync(directory + '/secret', path)
        return open(path, ...rest)
      })(fs.openSync), syncBuiltinESMExports(), packed(directory + '/tree'))`
      const fault = { call: 'readSync', path: '/tree/a', errno: 'EIO', passes: 1 }
      expect(withFault(fault, script, directory)).toMatchObject({
        files: 1,
        bytesRead: 'of many names'.length,
        warnings: [{ code: 'unreadable', path: 'tree/a', incomplete: true }],
      })
    }))

  it.each(['lstatSync', 'accessSync', 'readdirSync'])(
    'ends with UNAVAILABLE where its root cannot be had: %s',
    async (call) => {
      for (const errno of ['EIO', 'ESTALE', 'EMFILE', 'ENFILE'])
        expect(await packWith({ call, path: '/tree', errno })).toMatchObject({
          code: 'UNAVAILABLE',
          message: expect.stringMatching(/\/tree (?:cannot be|lies on)/),
          hint: expect.any(String),
        })
    },
  )
})

describe('a restore to a disk that fails', () => {
  const restores = [
    `extract(archive(), { to: directory })`,
    `extract(archive(), { to: directory, estimatedSize: 1e9 })`,
    `extractFile(archive(), { to: directory, name: 'x' })`,
  ]

  it.each(['EIO', 'ESTALE', 'EMFILE', 'ENFILE'])('ends with UNAVAILABLE and a hint: %s', (errno) =>
    withDirectory((directory) => {
      const fault = { call: 'openSync', path: '/new/x', errno }
      expect(withFault(fault, restores[0]!, directory)).toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/^x (?:cannot be|lies on)/),
        hint: expect.any(String),
      })
      expect(readdirSync(directory)).toEqual([])
    }),
  )

  it('leaves nothing where there is no inode left for the first file, nor for its private directory', () =>
    withDirectory((directory) => {
      const full = { call: 'openSync', path: '/node', errno: 'ENOSPC' }
      expect(withFault(full, restores[0]!, directory)).toMatchObject({ code: 'NO_SPACE' })
      expect(readdirSync(directory)).toEqual([])
      for (const restore of restores) {
        const sooner = { call: 'mkdirSync', path: '/new', errno: 'ENOSPC' }
        expect(withFault(sooner, restore, directory)).toMatchObject({ code: 'NO_SPACE' })
        expect(readdirSync(directory)).toEqual([])
      }
    }))

  it('leaves nothing where it is not known what may not be replaced', () =>
    withDirectory((directory) => {
      const spare = `overwrite: true, spare: ['/etc']`
      for (const restore of [restores[0]!, restores[2]!]) {
        for (const fault of [
          { call: 'realpathSync', path: '/etc', errno: 'EIO' },
          { call: 'readFileSync', path: '/mountinfo', errno: 'EIO' },
        ]) {
          const outcome = withFault(fault, restore.replace(' }', `, ${spare} }`), directory)
          expect(outcome.message).toBeDefined()
          expect(readdirSync(directory)).toEqual([])
        }
      }
    }))

  it('tells what failed first where nothing can be removed any more', () =>
    withDirectory((directory) => {
      writeFileSync(join(directory, 'x'), 'in the way')
      const readOnly = { call: 'rmdirSync', path: '', errno: 'EROFS' }
      for (const restore of restores)
        expect(withFault(readOnly, restore, directory)).toMatchObject({ code: 'ALREADY_EXISTS' })
    }))

  it('tells what it could not remove, once everything is in place', () =>
    withDirectory((directory) => {
      const busy = { call: 'rmdirSync', path: '', errno: 'EBUSY' }
      expect(withFault(busy, restores[0]!, directory).warnings).toEqual([
        expect.objectContaining({ message: 'what it was prepared in could not be removed (EBUSY)', incomplete: true }),
      ])
      const replacing = restores[0]!.replace(' }', ', overwrite: true }')
      expect(withFault(busy, replacing, directory).warnings).toEqual([
        expect.objectContaining({ message: 'what was replaced could not be removed (EBUSY)', incomplete: true }),
      ])
    }))
})
