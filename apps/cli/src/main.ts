import type { Host } from './host.js'

/** Runs the command line, given without the program's name, and gives the exit status. Never rejects. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  if (hasFlag(argv, '--version')) return printVersion(host)
  try {
    await requireCurrentDirectory()
    const { parseCommandLine } = await import('./cli.js')
    const request = await parseCommandLine(argv, host.stdout.columns)
    if (request.kind === 'command') return await (await import('./perform.js')).perform(request, host)
    host.stdout.write(request.text)
    return 0
  } catch (error) {
    const [{ failureOf }, { reportFailure }] = await Promise.all([import('./failure.js'), import('./report.js')])
    return reportFailure(failureOf(error, undefined), host, hasFlag(argv, '--json'))
  }
}

/** Every relative path starts there, and a shell may stand in a directory that somebody removed. */
async function requireCurrentDirectory(): Promise<void> {
  try {
    process.cwd()
  } catch (cause) {
    const { BakthatError } = await import('@bakthat/errors')
    throw new BakthatError('INVALID_INPUT', 'the current directory is no longer there', {
      hint: 'go to another one',
      cause,
    })
  }
}

function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end === -1 ? argv.length : end).includes(flag)
}

/** Answered before anything is loaded. */
async function printVersion(host: Host): Promise<number> {
  const { readVersion } = await import('./version.js')
  host.stdout.write(`${readVersion()}\n`)
  return 0
}
