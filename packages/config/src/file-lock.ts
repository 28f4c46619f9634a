import { open, rm, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { BakthatError } from '@bakthat/errors'
import { translateWriteError } from './replace-file.js'

/** Milliseconds after which a lock was left by a process that is gone: whoever holds one reads and writes one small file. */
const abandonedMs = 10_000

/** Milliseconds between two tries, and tries. */
const pauseMs = 20
const tries = 1000

/** Does something while nobody else changes a file, which a file beside it tells. `UNAVAILABLE` where somebody else does not come to an end. */
export async function whileLocked<T>(path: string, act: () => Promise<T>): Promise<T> {
  const lock = await take(path)
  try {
    return await act()
  } finally {
    await rm(lock, { force: true })
  }
}

async function take(path: string): Promise<string> {
  const lock = `${path}.lock`
  for (let tried = 0; tried < tries; tried++) {
    if (await make(lock, path)) return lock
    if (await isAbandoned(lock)) await rm(lock, { force: true })
    else await wait(pauseMs * (0.5 + Math.random()))
  }
  throw new BakthatError('UNAVAILABLE', `${path} is being changed by somebody else`, {
    hint: `if it is not, remove ${lock}`,
  })
}

async function make(lock: string, path: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw translateWriteError(error, path)
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  const stats = await stat(lock).catch(() => undefined)
  return stats !== undefined && stats.mtimeMs + abandonedMs < performance.timeOrigin + performance.now()
}
