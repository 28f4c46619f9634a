import { defineCommand } from '../command.js'
import { defined, patternLine, settingsOf } from '../given.js'
import { decryptionKeys } from '../keys.js'
import { destinationOptions, groups, promptOption, readingKeyOptions, required, rest, value } from '../options.js'
import { findOutcome } from '../outcomes/find.js'

const options = {
  name: value('NAME', {
    group: groups.filter,
    description: 'Only backups of this name, or of this stored name (default: all)',
  }),
  ...destinationOptions,
  ...readingKeyOptions,
  prompt: promptOption,
}

export const find = defineCommand({
  arguments: [
    required('pattern', 'A name, a path, or a pattern as those of .gitignore'),
    rest('more', 'Further ones: what any of them means is found'),
  ],
  options,
  examples: [
    ['bakthat find beach.jpg', 'wherever it lies, and how often it changed'],
    ["bakthat find '*.key' --name etc", 'in the backups named etc alone'],
    ['bakthat find /photos/2026/', 'one directory, and which backups have it'],
    ['bakthat restore photos.20261123211819.tar.zst --only photos/2026/beach.jpg --to /tmp/again', 'and get that back'],
  ],
  async run(given, context, [pattern, more]) {
    const keys = await decryptionKeys(given, context)
    const { name, destination } = given
    const wanted = { ...context.action, ...keys, ...defined({ name, destination }) }
    const patterns = [pattern, ...more].map(patternLine)
    return findOutcome(await context.withBakthat(settingsOf(given), (bakthat) => bakthat.find(patterns, wanted)))
  },
})
