import { hasFlag } from './flags.js'
import type { Host } from './host.js'

/** Runs the command line, given without the program's name, and gives the exit status. Never rejects. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  return hasFlag(argv, '--version') ? printVersion(host) : (await import('./run.js')).run(argv, host)
}

/** Answered before anything is loaded. */
async function printVersion(host: Host): Promise<number> {
  const { readVersion } = await import('./version.js')
  host.stdout.write(`${readVersion()}\n`)
  return 0
}
