import { BakthatError } from '@bakthat/errors'
import { defineCommand } from '../command.js'
import { groups, optional, value } from '../options.js'
import { answer, report } from '../outcome.js'
import { documentOf } from '../manual/document.js'
import { pageOf, pages } from '../manual/page.js'
import { writePages } from '../manual/write-pages.js'
import { findCommand } from '../vocabulary.js'

const options = {
  to: value('DIR', { group: groups.target, description: 'Write every page into this directory, made if need be' }),
}

export const man = defineCommand({
  arguments: [optional('command', 'The command to tell of (default: the program); one of two words in quotes')],
  options,
  examples: [
    ['bakthat man | man -l -', 'read the manual'],
    ['bakthat man --to /usr/local/share/man/man1', 'install it, where npm did not'],
    ['bakthat man --json', 'every command with its arguments and options, as data'],
  ],
  async run({ to }, _, [name]) {
    const { commands } = await import('./index.js')
    if (to !== undefined) {
      if (name !== undefined) throw new BakthatError('INVALID_INPUT', '--to writes every page, not one')
      const files = await writePages(to, pages(commands))
      return { document: () => ({ files }), text: () => report(`Wrote ${files.length} pages to ${to}\n`) }
    }
    const entry = name === undefined ? undefined : findCommand(name.split(' '), commands)
    if (name !== undefined && entry === undefined)
      throw new BakthatError('INVALID_INPUT', `there is no command ${JSON.stringify(name)}`, {
        hint: 'bakthat --help lists the commands',
      })
    const [page, document] = [await pageOf(entry, commands), await documentOf(entry, commands)]
    return { document: () => document, text: () => answer(page) }
  },
})
