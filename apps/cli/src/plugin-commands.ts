import { readFile } from 'node:fs/promises'
import { BakthatError, isBakthatError, messageOf } from '@bakthat/errors'
import type { OptionTable, PluginCommand } from '@bakthat/plugin-sdk'
import type { Bakthat, OpenOptions } from 'bakthat'
import type { Command } from './command.js'
import type { CommandEntry } from './commands/index.js'
import type { Host } from './host.js'
import { commonOptions, groups, profileOptions } from './options.js'
import { answer } from './outcome.js'
import { pluginLog } from './plugin-log.js'

/** The commands of plugins, or why it is not known which there are. */
export interface LoadedCommands {
  readonly entries: readonly CommandEntry[]
  readonly problem?: BakthatError
}

/** The commands that plugins add. They stay usable until this is disposed of. */
export class PluginCommands implements AsyncDisposable {
  readonly #host: Host
  readonly #quiet: boolean
  #bakthat: Bakthat | undefined

  constructor(host: Host, quiet: boolean) {
    this.#host = host
    this.#quiet = quiet
  }

  /** Loads the plugins of the profile, where there are any, and gives their commands: none where the configuration is wrong. */
  async load(settings: OpenOptions): Promise<LoadedCommands> {
    if (settings.plugins === false) return { entries: [] }
    try {
      if (!(await this.#mentionsPlugins(settings))) return { entries: [] }
      this.#bakthat = await this.#host.openBakthat(settings, pluginLog(this.#host, this.#quiet))
    } catch (error) {
      if (!isBakthatError(error, 'INVALID_CONFIG', 'INVALID_INPUT')) throw error
      return { entries: [], problem: error }
    }
    return { entries: commandsOf(this.#bakthat.plugins) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bakthat?.close()
  }

  /** A quick look: most have no plugins, and are not to wait for a configuration to be understood. */
  async #mentionsPlugins({ config }: OpenOptions): Promise<boolean> {
    const { configPath } = await import('@bakthat/config')
    const { path } = configPath(config, this.#host.env)
    return (await readFile(path, 'utf8').catch(() => '')).includes('plugins')
  }
}

/** The commands that loaded plugins add. */
export function commandsOf(plugins: Bakthat['plugins']): readonly CommandEntry[] {
  return plugins.flatMap(({ name, commands }) => commands.map((command) => entryOf(name, command)))
}

function entryOf(plugin: string, command: PluginCommand): CommandEntry {
  const { name, summary } = command
  return { name, summary, group: `Plugin ${plugin}`, load: () => Promise.resolve(commandOf(plugin, command)) }
}

function commandOf(plugin: string, command: PluginCommand): Command {
  refuseOurs(plugin, command)
  const own = Object.entries(command.options ?? {}).map(([name, option]) => [name, { ...option, group: groups.plugin }])
  return {
    arguments: command.arguments ?? [],
    options: { ...(Object.fromEntries(own) as Command['options']), ...profileOptions },
    examples: command.examples ?? [],
    async run(given, { action: { signal } }, words) {
      const act = async (): Promise<PluginOutcome> => checked(await command.run(given, words, { signal }))
      const { text, document = { text }, exitStatus = 0 } = await told(plugin, act)
      return { document: () => document, text: () => answer(`${text}\n`), exitStatus }
    },
  }
}

/** `INVALID_INPUT` for an option that has a meaning already, for all commands have it. */
function refuseOurs(plugin: string, { name: command, options = {} }: PluginCommand): void {
  const spellings = (table: OptionTable): string[] =>
    Object.entries(table).flatMap(([name, { alias }]) => [`--${name}`, ...(alias === undefined ? [] : [`-${alias}`])])
  const ours = spellings({ ...commonOptions, ...profileOptions })
  const taken = spellings(options).find((spelling) => ours.includes(spelling))
  if (taken === undefined) return
  throw new BakthatError(
    'INVALID_INPUT',
    `the command ${command} of ${plugin} has an option ${taken}, as every command`,
    {
      hint: 'who wrote it has to call it otherwise',
    },
  )
}

/** Whose fault it is, where a plugin fails in a way that it did not foresee. */
async function told<T>(plugin: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (isBakthatError(cause)) throw cause
    throw new BakthatError('COMMAND_FAILED', `the plugin ${plugin} failed: ${messageOf(cause)}`, {
      hint: 'who wrote it can tell why: --debug shows where',
      cause,
    })
  }
}

type PluginOutcome = Awaited<ReturnType<PluginCommand['run']>>

/** A plugin in JavaScript may give anything. */
function checked(outcome: Partial<PluginOutcome> | undefined): PluginOutcome {
  const { text, document } = outcome ?? {}
  if (typeof text !== 'string') throw new TypeError('its command gave no text')
  JSON.stringify(document)
  return { ...outcome, text }
}
