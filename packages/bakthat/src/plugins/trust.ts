import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BakthatError, shellWords } from '@bakthat/errors'

/** Code runs with all rights of the user: it and its directory must be the user's, or root's, and nobody else may write there. */
export async function requireTrusted(file: string): Promise<void> {
  const real = await realpath(file)
  for (const path of new Set([dirname(file), dirname(real), real])) await requirePrivate(path)
}

async function requirePrivate(path: string): Promise<void> {
  const user = process.getuid?.()
  if (user === undefined) return
  const { mode, uid } = await stat(path)
  if (uid !== 0 && uid !== user)
    throw new BakthatError('PERMISSION_DENIED', `${path} belongs to another user, who could put any code there`, {
      hint: `chown ${user} ${shellWords(path)}`,
    })
  if ((mode & 0o022) !== 0)
    throw new BakthatError('PERMISSION_DENIED', `others can write to ${path}, and so could run any code`, {
      hint: `chmod go-w ${shellWords(path)}`,
    })
}
