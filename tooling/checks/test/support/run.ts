import { execFile } from 'node:child_process'

export interface Outcome {
  readonly status: number | string
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, for at most `seconds` (120, for machines that are busy); its failure is an answer. */
export function run(
  command: string,
  args: readonly string[],
  { seconds = 120, ...options }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly seconds?: number },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(command, [...args], { ...options, timeout: seconds * 1000 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : (error.signal ?? error.code ?? 'unknown')
      resolve({ status, stdout, stderr })
    })
    child.stdin?.end()
  })
}

/** An environment in which nothing of the user's own is found. */
export function privateEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: home, TMPDIR: home, NODE_NO_WARNINGS: '1' }
}
