import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { isBakthatError, type ErrorCode } from '@bakthat/errors'
import { extract, type Bytes, type ExtractOptions, type ExtractSummary } from '@bakthat/archive'
import { run, withDirectory } from './pack-support.js'

export interface HandMadeEntry {
  readonly name?: string
  readonly flag?: string
  readonly link?: string
  readonly mode?: number
  readonly uid?: number | Buffer
  readonly mtime?: number | Buffer
  readonly body?: string | Buffer
  /** What the header says of the size, when that is not the body's. */
  readonly size?: number | Buffer | string
  /** Bytes that come after all others are in place, and are not summed up. */
  readonly sabotage?: (header: Buffer) => void
}

/** One entry of a tar, header and contents, with nothing checked. */
export function entry(parts: HandMadeEntry): Buffer {
  const header = Buffer.alloc(512)
  const body = Buffer.from(parts.body ?? '')
  const number = (value: number | Buffer | string, at: number, length: number): void => {
    if (Buffer.isBuffer(value)) value.copy(header, at)
    else if (typeof value === 'string') header.write(value, at, length, 'latin1')
    else header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  }
  header.write(parts.name ?? 'file', 0, 100, 'latin1')
  number(parts.mode ?? 0o644, 100, 8)
  number(parts.uid ?? 0, 108, 8)
  number(0, 116, 8)
  number(parts.size ?? body.length, 124, 12)
  number(parts.mtime ?? 1_600_000_000, 136, 12)
  header.write(parts.flag ?? '0', 156, 'latin1')
  header.write(parts.link ?? '', 157, 100, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  parts.sabotage?.(header)
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}

/** A pax extended header with these records, which are taken as bytes. */
export function pax(records: Readonly<Record<string, string>>, flag = 'x'): Buffer {
  return entry({ name: 'PaxHeader', flag, body: Buffer.from(paxBody(records), 'latin1') })
}

function paxBody(records: Readonly<Record<string, string>>): string {
  let body = ''
  for (const [key, value] of Object.entries(records)) {
    const rest = key.length + value.length + 3
    let length = rest + 1
    while (rest + String(length).length !== length) length = rest + String(length).length
    body += `${length} ${key}=${value}\n`
  }
  return body
}

export const endOfArchive = Buffer.alloc(1024)

/** A whole archive of hand-made entries. */
export function tar(...entries: readonly Buffer[]): Buffer {
  return Buffer.concat([...entries, endOfArchive])
}

/** A stream of pieces. As from a file, other events have their turn between them. */
export async function* streamed(pieces: Iterable<Uint8Array>): Bytes {
  for (const piece of pieces) {
    await new Promise((resolve) => setImmediate(resolve))
    yield piece
  }
}

/** A stream in chunks of one size; with `thenThrow`, one that fails at its end. */
export async function* chunked(bytes: Uint8Array, size = 65_536, thenThrow?: Error): Bytes {
  yield* streamed(cut(bytes, [size]))
  if (thenThrow !== undefined) throw thenThrow
}

/** The bytes in pieces of these sizes, over and over. */
export function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    yield Uint8Array.from(bytes.subarray(at, at + size))
    at += size
  }
}

export async function extractInto(
  to: string,
  archive: Uint8Array,
  options: Partial<ExtractOptions> = {},
): Promise<ExtractSummary> {
  return extract(chunked(archive), { to, workers: 2, ...options })
}

/** Everything a restore may not change, as text; times of directories to which something was added and removed aside. */
export function snapshot(root: string): string[] {
  const lines: string[] = []
  const visit = (path: string): void => {
    const file = Buffer.from(path, 'latin1')
    const stats = lstatSync(file, { bigint: true })
    const what = stats.isSymbolicLink()
      ? readlinkSync(file, 'latin1')
      : stats.isFile()
        ? `${stats.mtimeNs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`
        : ''
    lines.push(`${path} ${stats.mode.toString(8)} ${stats.uid}:${stats.gid} ${stats.ino} ${what}`)
    if (stats.isDirectory()) for (const name of readdirSync(file, 'latin1').sort()) visit(`${path}/${name}`)
  }
  visit(root)
  return lines
}

/** What of a directory this process has open. */
export function openFiles(directory: string): string[] {
  return readdirSync('/proc/self/fd')
    .map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`)
      } catch (error) {
        // The descriptor by which the list was read.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        return ''
      }
    })
    .filter((path) => path.startsWith(directory))
}

export interface Refusal {
  readonly code: ErrorCode | undefined
  readonly message: string
  readonly hint: string | undefined
  readonly error: unknown
}

/** The error of a restore; fails when there is none. */
export async function refusal(restore: Promise<unknown>): Promise<Refusal> {
  try {
    await restore
  } catch (error) {
    const known = isBakthatError(error) ? error : undefined
    return { code: known?.code, message: (error as Error).message, hint: known?.hint, error }
  }
  throw new Error('nothing was refused')
}

/**
 * Restores an archive that must be refused, into a target that is missing and into one that holds things, and expects that
 * nothing is changed in or around either of them and that nothing stays open.
 */
export async function refused(
  archive: Uint8Array | (() => Bytes),
  options: Partial<ExtractOptions> = {},
): Promise<Refusal> {
  return withDirectory(async (directory) => {
    const bytes = typeof archive === 'function' ? archive : (): Bytes => chunked(archive)
    mkdirSync(join(directory, 'existing'))
    mkdirSync(join(directory, 'outside'))
    writeFileSync(join(directory, 'outside/secret'), 'secret')
    writeFileSync(join(directory, 'existing/mine'), 'mine')
    mkdirSync(join(directory, 'existing/kept'), { mode: 0o555 })
    const before = snapshot(directory)
    const into = (name: string): Promise<unknown> =>
      extract(bytes(), { to: join(directory, name), workers: 2, ...options })
    const first = await refusal(into('missing'))
    expect(existsSync(join(directory, 'missing'))).toBe(false)
    expect(snapshot(directory)).toEqual(before)
    const second = await refusal(into('existing'))
    expect(snapshot(directory)).toEqual(before)
    expect(second.message.replaceAll('existing', 'missing')).toBe(first.message)
    expect(openFiles(directory)).toEqual([])
    return first
  })
}

/** Expects that a restored tree is its source: everything equal but inodes, and times to less than a microsecond. */
export function expectSameTree(restored: string, source: string): void {
  const [actual, expected] = [describeNodes(restored), describeNodes(source)]
  expect(actual.texts).toEqual(expected.texts)
  const differences = expected.times.map((time, index) => Math.abs(Number(time - actual.times[index]!)))
  expect(Math.max(...differences)).toBeLessThan(1000)
}

function describeNodes(root: string): { readonly texts: string[]; readonly times: bigint[] } {
  const texts: string[] = []
  const times: bigint[] = []
  const firstNames = new Map<bigint, string>()
  const visit = (path: string): void => {
    const file = Buffer.from(root + path, 'latin1')
    const stats = lstatSync(file, { bigint: true })
    const { mode, uid, gid, rdev, ino } = stats
    const firstName = firstNames.get(ino) ?? path
    firstNames.set(ino, firstName)
    const parts = [path, mode.toString(8), uid, gid, rdev, stats.isDirectory() ? '' : stats.size]
    if (stats.isSymbolicLink()) parts.push(readlinkSync(file, 'latin1'))
    if (stats.isFile()) parts.push(createHash('sha256').update(readFileSync(file)).digest('hex'), firstName)
    texts.push(parts.join(' '))
    times.push(stats.mtimeNs)
    if (stats.isDirectory()) for (const name of readdirSync(file, 'latin1').sort()) visit(`${path}/${name}`)
  }
  visit('')
  return { texts, times }
}

/** One zstd frame that says its size, as ours do. */
export function zstdFrame(bytes: Uint8Array, ...options: readonly string[]): Buffer {
  return run('zstd', ['-c', '-q', `--stream-size=${bytes.length}`, ...options], bytes)
}
