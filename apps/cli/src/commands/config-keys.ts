import { configurationKeys } from '@bakthat/config'
import { defineCommand } from '../command.js'
import { optional } from '../options.js'
import { keysOutcome } from '../outcomes/config-keys.js'

export const configKeys = defineCommand({
  arguments: [optional('text', 'Only keys that have this in their name or in what is said of them')],
  options: {},
  examples: [
    ['bakthat config keys', 'every key that a profile can have'],
    ['bakthat config keys rotation', 'those that have to do with rotation'],
  ],
  run(_given, _context, [text = '']) {
    const isWanted = (words: string): boolean => words.toLowerCase().includes(text.toLowerCase())
    const wanted = configurationKeys.filter(({ name, description }) => isWanted(name) || isWanted(description))
    return Promise.resolve(keysOutcome(wanted))
  },
})
