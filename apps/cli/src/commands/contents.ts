import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { decryptionKeys } from '../keys.js'
import { destinationOptions, promptOption, readingKeyOptions, required, rest } from '../options.js'
import { nothing } from '../outcome.js'
import { writeList } from '../output.js'
import { contentsOutcome } from '../outcomes/contents.js'
import { entryLines } from '../print/entry-lines.js'

const options = { ...destinationOptions, ...readingKeyOptions, prompt: promptOption }

export const contents = defineCommand({
  arguments: [
    required('name', 'Name of a backup, meaning its newest, or a stored name'),
    rest('path', 'Only what lies there, and below'),
  ],
  options,
  examples: [
    ['bakthat contents photos', 'what the newest backup named photos holds'],
    ['bakthat contents photos photos/2026', 'of that only one directory'],
    ['bakthat contents etc --identity key.txt --json | jq -r ".[].path"', 'for a script'],
    ['bakthat restore photos --only photos/2026 --to /tmp/again', 'and get that back'],
  ],
  async run(given, context, [name, paths]) {
    const { action, isForPrograms } = context
    const keys = await decryptionKeys(given, context)
    const only = paths.length === 0 ? undefined : paths
    return context.withBakthat(settingsOf(given), async (bakthat) => {
      const wanted = { ...action, ...keys, ...defined({ only, destination: given.destination }) }
      const entries = bakthat.entries(name, wanted)
      if (isForPrograms) return contentsOutcome(entries)
      await writeList(context, entryLines(entries))
      return nothing
    })
  },
})
