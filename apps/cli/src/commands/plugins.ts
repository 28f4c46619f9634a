import { defineCommand } from '../command.js'
import { settingsOf } from '../given.js'
import { profileOptions } from '../options.js'
import { pluginsOutcome } from '../outcomes/plugins.js'
import { findCommand } from '../vocabulary.js'

export const plugins = defineCommand({
  arguments: [],
  options: profileOptions,
  examples: [
    ['bakthat plugins', 'what each adds, and why one was left out'],
    ['bakthat backup ~/photos --no-plugins', 'a backup without any of them'],
  ],
  async run(given, context) {
    // Which loads this file: not at its beginning.
    const { commands } = await import('./index.js')
    const isBuiltIn = (name: string): boolean => findCommand(name.split(' '), commands) !== undefined
    return context.withBakthat(settingsOf(given), (bakthat) =>
      Promise.resolve(pluginsOutcome(bakthat.plugins, isBuiltIn)),
    )
  },
})
