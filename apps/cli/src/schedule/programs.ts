import { execFile } from 'node:child_process'
import { BakthatError, shellWords } from '@bakthat/errors'

/** What a program said, and how it ended: `undefined` where it could not be started. */
export interface Ran {
  readonly status: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of the system to its end, in the language of programs. Its failure is an answer; one that a signal ended gave none: `INTERRUPTED`. */
export function run(program: string, args: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C' }
    const child = execFile(program, args, { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined
      if (typeof error?.signal === 'string') reject(stopped(program, args))
      else resolve({ status, stdout, stderr })
    })
    // One that ends without reading says why by its status.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

/** Ctrl-C reaches the program too. */
function stopped(program: string, args: readonly string[]): BakthatError {
  return new BakthatError('INTERRUPTED', `${shellWords(program, ...args)} was stopped`, {
    hint: 'run the same command again',
  })
}

/** The same, for what has to succeed: `COMMAND_FAILED` otherwise. */
export async function runWell(program: string, args: readonly string[], input?: string): Promise<void> {
  const { status, stderr } = await run(program, args, input)
  if (status === 0) return
  const why = stderr.trim() === '' ? `status ${status ?? 'unknown'}` : stderr.trim().replace(/\s*\n\s*/g, '; ')
  throw new BakthatError('COMMAND_FAILED', `${shellWords(program, ...args)} failed: ${why}`, {
    hint: 'mend that, and run the same command again; --print shows what is to be installed',
  })
}
