import { mkdir, realpath, rm, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { BakthatError, hasSystemCode } from '@bakthat/errors'
import { translateWriteError } from './replace-file.js'

/** Milliseconds after which a lock was left by a process that is gone: whoever holds one reads and writes one small file. */
const abandonedMs = 10_000

/** Milliseconds between two tries, and tries. */
const pauseMs = 20
const tries = 1000

/**
 * Does something while nobody else changes a file, or the one that a link leads to: a directory beside it tells. What is put
 * `aside` into that goes with it, also where the process was killed. `UNAVAILABLE` where somebody else does not come to an end.
 */
export async function whileLocked<T>(path: string, act: (aside: string) => Promise<T>): Promise<T> {
  const lock = await take(path)
  try {
    return await act(lock)
  } finally {
    await remove(lock)
  }
}

async function take(path: string): Promise<string> {
  const lock = `${await realpath(path).catch(() => path)}.lock`
  for (let tried = 0; tried < tries; tried++) {
    if (await make(lock, path)) return lock
    if (await isAbandoned(lock)) await remove(lock)
    else await wait(pauseMs * (0.5 + Math.random()))
  }
  throw new BakthatError('UNAVAILABLE', `${path} is being changed by somebody else`, {
    hint: `if it is not, remove ${lock}`,
  })
}

async function make(lock: string, path: string): Promise<boolean> {
  try {
    await mkdir(lock, 0o700)
    return true
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return false
    throw translateWriteError(error, path)
  }
}

async function remove(lock: string): Promise<void> {
  await rm(lock, { recursive: true, force: true })
}

async function isAbandoned(lock: string): Promise<boolean> {
  const stats = await stat(lock).catch(() => undefined)
  return stats !== undefined && stats.mtimeMs + abandonedMs < performance.timeOrigin + performance.now()
}
