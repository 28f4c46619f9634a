import { explainSettings, loadSettings } from '@bakthat/config'
import { defineCommand } from '../command.js'
import { defined } from '../given.js'
import { profileOptions } from '../options.js'
import { configOutcome } from '../outcomes/config-show.js'

export const configShow = defineCommand({
  arguments: [],
  options: profileOptions,
  examples: [
    ['bakthat config show', 'what is in force, and where it comes from'],
    ['bakthat config show -p nas', 'of another profile'],
  ],
  async run(given, { env, action: { onNotice } }) {
    const options = { ...defined({ file: given.config, profile: given.profile }), env }
    for (const notice of (await loadSettings(options)).notices) onNotice(notice)
    return configOutcome(await explainSettings(options), env)
  },
})
