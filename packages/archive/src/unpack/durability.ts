import { statfsSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { TreeSync } from './tree-sync.js'

/** So many are asked for one by one. Writing out a whole file system waits for what others have written there, too. */
const few = 1000

/** Servers in user space, which write out their own files alone. */
const fuse = 0x65735546

/**
 * Waits until the disk has all that was made in a private directory, of about `count` things. Throws the file system's error,
 * also of a write that failed only now. An abort ends it early, without an error.
 */
export async function makeDurable(directory: string, count: number, signal: AbortSignal | undefined): Promise<void> {
  if (count > few && (await syncFileSystem(directory, signal))) return
  await new TreeSync(directory, signal).run()
}

/** By syncfs(2), which Node lacks and sync(1) has. Its failure does not tell why, nor whether it was about what is ours. */
async function syncFileSystem(directory: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (process.platform !== 'linux' || statfsSync(toFileSystemPath(directory)).type === fuse) return false
  // Not loaded by everybody who restores, for the few that need it.
  const { spawn } = process.getBuiltinModule('node:child_process')
  const name = Buffer.from(directory, 'latin1').toString('utf8')
  return new Promise<boolean>((resolve) => {
    spawn('sync', ['-f', '--', name], { stdio: 'ignore', signal })
      .once('error', () => {
        resolve(false)
      })
      .once('close', (status) => {
        resolve(status === 0)
      })
    // Where the system has no memory for another process, Node throws it.
  }).catch(() => false)
}
