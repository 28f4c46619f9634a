import { BakthatError } from '@bakthat/errors'
import { defineCommand } from '../command.js'
import { optional } from '../options.js'
import { answer } from '../outcome.js'
import { commandPage, mainPage } from '../manual/page.js'
import { findCommand } from '../vocabulary.js'

export const man = defineCommand({
  arguments: [optional('command', 'The command to tell of (default: the program); one of two words in quotes')],
  options: {},
  examples: [
    ['bakthat man | man -l -', 'read the manual'],
    ['bakthat man backup > /usr/local/share/man/man1/bakthat-backup.1', 'install a page'],
  ],
  async run(_, __, [name]) {
    const { commands } = await import('./index.js')
    const entry = name === undefined ? undefined : findCommand(name.split(' '), commands)
    if (name !== undefined && entry === undefined)
      throw new BakthatError('INVALID_INPUT', `there is no command ${JSON.stringify(name)}`, {
        hint: 'bakthat --help lists the commands',
      })
    const page = entry === undefined ? mainPage(commands) : commandPage(entry, await entry.load())
    return { document: () => ({ page }), text: () => answer(page) }
  },
})
