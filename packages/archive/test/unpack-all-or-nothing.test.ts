import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { extract, extractFile, inspect, type Bytes } from '@bakthat/archive'
import { withDirectory } from './pack-support.js'
import { chunked, entry, extractInto, refusal, snapshot, tar } from './unpack-support.js'

/** Restores over what is there, on a disk on which nothing gets one path: no file is renamed to it, or none is opened there. */
const child = `
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const [archive, to, call, path] = process.argv.slice(1)
const { [call]: works } = fs
fs[call] = (...args) => {
  if (String(args[call === 'renameSync' ? 1 : 0]) === path) throw Object.assign(new Error('EIO'), { code: 'EIO' })
  return works(...args)
}
syncBuiltinESMExports()
const { extract } = await import('@bakthat/archive')
async function* bytes() {
  yield Buffer.from(archive, 'base64')
}
await extract(bytes(), { to, overwrite: true }).then(
  () => console.log('restored'),
  ({ message }) => console.log(message),
)
`

/** Tells what came of it. */
function restoredOver(to: string, call: 'renameSync' | 'openSync', name: string): string {
  const archive = tar(
    entry({ name: 'a', body: 'new' }),
    entry({ name: 'b', body: 'new' }),
    entry({ name: 'c/', flag: '5', mode: 0o700 }),
  )
  const args = ['--input-type=module', '-e', child, archive.toString('base64'), to, call, join(realpathSync(to), name)]
  const { stdout } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' })
  return stdout.trim()
}

/** A directory that holds `a` and `b`. */
const withTarget = (use: (to: string) => void): Promise<void> =>
  withDirectory((directory) => {
    const to = join(directory, 'to')
    mkdirSync(to)
    for (const name of ['a', 'b']) writeFileSync(join(to, name), `my ${name}`)
    use(to)
  })

describe('a restore that cannot be put into place', () => {
  it('takes everything back', () =>
    withTarget((to) => {
      const before = snapshot(to)
      expect(restoredOver(to, 'openSync', 'c')).toContain('the device reports an error')
      expect(snapshot(to)).toEqual(before)
    }))

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('keeps what it replaced where %s cannot be put back, and puts %s back all the same', (lost, other) =>
    withTarget((to) => {
      expect(restoredOver(to, 'renameSync', lost)).toContain('could be put back')
      const found = readdirSync(to, { recursive: true, encoding: 'utf8' })
      expect(found.filter((path) => path.endsWith('/new'))).toEqual([])
      const kept = found.filter((path) => path.includes('/old/'))
      expect(kept.map((path) => readFileSync(join(to, path), 'utf8'))).toEqual([`my ${lost}`])
      expect(readFileSync(join(to, other), 'utf8')).toBe(`my ${other}`)
    }),
  )
})

describe('a restore', () => {
  it('replaces nothing unasked that somebody puts in its way while it reads', () =>
    withDirectory(async (directory) => {
      const mine = join(directory, 'a')
      const archive = tar(entry({ name: 'a', body: 'new' }), entry({ name: 'b', body: 'new' }))
      const failure = refusal(
        extractInto(directory, archive, {
          onProgress: ({ current }) => {
            if (current === 'b') writeFileSync(mine, 'mine')
          },
        }),
      )
      expect(await failure).toMatchObject({ code: 'ALREADY_EXISTS' })
      expect(readdirSync(directory)).toEqual(['a'])
      expect(readFileSync(mine, 'utf8')).toBe('mine')
    }))

  it.each([
    ['an archive', (bytes: Bytes, to: string) => extract(bytes, { to })],
    ['a file', (bytes: Bytes, to: string) => extractFile(bytes, { to, name: 'a' })],
  ])('says that what it prepared was removed, and leaves nothing: %s', (_, restore) =>
    withDirectory(async (directory) => {
      async function* bytes(): Bytes {
        yield await Promise.resolve(tar(entry({ name: 'a', body: 'new' })))
        for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true })
      }
      expect(await refusal(restore(bytes(), directory))).toMatchObject({
        code: 'UNAVAILABLE',
        hint: 'something else tidies up there: keep it away and try again',
      })
      expect(readdirSync(directory)).toEqual([])
    }),
  )

  it('reads to the end of its stream, which may say that it is damaged, whatever follows the archive', () =>
    withDirectory(async (directory) => {
      const failure = new Error('it is not what was stored')
      const stream = Buffer.concat([gzipSync(tar(entry({}))), Buffer.alloc(6 << 20, 'x')])
      const bytes = (): Bytes => chunked(stream, 65_536, failure)
      expect(await refusal(extract(bytes(), { to: directory }))).toMatchObject({ error: failure })
      expect(await refusal(inspect(bytes()))).toMatchObject({ error: failure })
      expect(readdirSync(directory)).toEqual([])
    }))
})
