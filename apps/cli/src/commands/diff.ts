import type { Difference } from 'bakthat'
import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { decryptionKeys } from '../keys.js'
import { destinationOptions, groups, promptOption, readingKeyOptions, required, value } from '../options.js'
import { nothing } from '../outcome.js'
import { diffDocument, diffOutcome } from '../outcomes/diff.js'
import { writeList } from '../output.js'
import { differenceLines } from '../print/difference-lines.js'

const options = {
  since: value('NAME', {
    group: groups.filter,
    description:
      'What to compare with: a stored name, or a name, meaning its newest (default: the one before of the same name)',
  }),
  ...destinationOptions,
  ...readingKeyOptions,
  prompt: promptOption,
}

export const diff = defineCommand({
  arguments: [required('name', 'Name of a backup, meaning its newest, or a stored name')],
  options,
  examples: [
    ['bakthat diff photos', 'what changed between the last two backups named photos'],
    ['bakthat diff photos --since photos.20261123211819.tar.zst', 'and since that one'],
    ['bakthat diff etc --json | jq -r ".differences[].path"', 'for a script'],
  ],
  async run(given, context, [name]) {
    const { action, isForPrograms } = context
    const keys = await decryptionKeys(given, context)
    const wanted = {
      ...action,
      ...keys,
      ...defined({ since: given.since, destination: given.destination }),
    }
    return context.withBakthat(settingsOf(given), async (bakthat) => {
      const compared = await bakthat.diff(name, wanted)
      if (isForPrograms) return diffDocument(compared)
      const counts = { added: 0, changed: 0, removed: 0 }
      const isRead = await writeList(context, differenceLines(counted(compared.differences, counts)))
      return isRead ? diffOutcome(compared, counts) : nothing
    })
  },
})

async function* counted(
  differences: AsyncIterable<Difference>,
  counts: Record<Difference['change'], number>,
): AsyncGenerator<Difference> {
  for await (const difference of differences) {
    counts[difference.change]++
    yield difference
  }
}
