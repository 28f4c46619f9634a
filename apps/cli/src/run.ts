import { BakthatError } from '@bakthat/errors'
import { parseCommandLine } from './cli.js'
import { failureOf } from './failure.js'
import { hasFlag } from './flags.js'
import type { Host } from './host.js'
import { perform } from './perform.js'
import { PluginCommands } from './plugin-commands.js'
import { reportFailure } from './report.js'
import { tellingOf } from './telling.js'

/** Understands a command line, does what it says, and gives the exit status. Never rejects. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    requireCurrentDirectory()
    await using plugins = new PluginCommands(host, hasFlag(argv, '--quiet') || hasFlag(argv, '-q'))
    const request = await parseCommandLine(argv, host.stdout.columns, (settings) => plugins.load(settings))
    if (request.kind === 'command') return await perform(request, host)
    host.stdout.write(request.text)
    return 0
  } catch (error) {
    return reportFailure(
      failureOf(error, undefined),
      host,
      tellingOf((flag) => hasFlag(argv, `--${flag}`)),
    )
  }
}

/** Every relative path starts there, and a shell may stand in a directory that somebody removed. */
function requireCurrentDirectory(): void {
  try {
    process.cwd()
  } catch (cause) {
    throw new BakthatError('INVALID_INPUT', 'the current directory is no longer there', {
      hint: 'go to another one',
      cause,
    })
  }
}
