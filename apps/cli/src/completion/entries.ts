import type { CommandEntry } from '../commands/index.js'
import { commonOptions, destinationOptions } from '../options.js'
import { parseWords } from '../parser.js'
import { findCommand } from '../vocabulary.js'
import { awaitedOption, type Sources } from './candidates.js'

/**
 * The commands that the words of a line may mean. Those of plugins are known once the plugins run: they are asked for where
 * the line is no beginning of any other command, and never for a line that is empty still.
 */
export async function entriesFor(
  words: readonly string[],
  commands: readonly CommandEntry[],
  { pluginCommands }: Pick<Sources, 'pluginCommands'>,
): Promise<readonly CommandEntry[]> {
  const isMeant = isBeginning(words[0] === 'help' ? words.slice(1) : words, commands)
  return isMeant ? commands : [...commands, ...(await pluginCommands())]
}

function isBeginning(words: readonly string[], commands: readonly CommandEntry[]): boolean {
  const [before, current = ''] = [words.slice(0, -1), words.at(-1)]
  const options = { ...commonOptions, ...destinationOptions }
  const leading = parseWords(before, options).words
  if (findCommand(leading, commands) !== undefined) return true
  const isWord = !current.startsWith('-') && awaitedOption(before, options) === undefined
  const written = [...leading, ...(isWord ? [current] : [''])].join(' ').trimStart()
  return commands.some(({ name }) => name.startsWith(written))
}
