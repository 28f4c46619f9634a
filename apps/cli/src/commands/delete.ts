import type { Backup } from 'bakthat'
import { BakthatError } from '@bakthat/errors'
import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions, flag, groups, keepUntilFreeOption, promptOption, required } from '../options.js'
import { cancelOutcome, deleteOutcome } from '../outcomes/delete.js'
import { daysBetween } from '../print/dates.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'

const options = {
  ...destinationOptions,
  'keep-until-free': keepUntilFreeOption,
  cancel: flag({
    group: groups.target,
    description: 'Keep a backup that waits for its deletion, because it was locked or paid for',
  }),
  yes: flag({ group: groups.output, alias: 'y', description: 'Do not ask' }),
  prompt: promptOption,
}

export const deleteCommand = defineCommand({
  arguments: [required('name', 'Stored name, or the name of a backup, meaning its newest')],
  options,
  examples: [
    ['bakthat delete photos.20261123211819.tar.zst', 'a certain backup, after a question'],
    ['bakthat delete photos --yes', 'the newest one named photos, without a question'],
    ['bakthat delete photos --cancel', 'keep it after all: it was locked, and waits for its deletion'],
  ],
  async run({ destination, yes, cancel, ...given }, { questions, action, withBakthat }, [name]) {
    if (cancel === true)
      return withBakthat(settingsOf(given), async (bakthat) => {
        return cancelOutcome(await bakthat.cancelRemoval(name, defined({ destination })))
      })
    if (yes !== true && !questions.possible)
      throw new BakthatError('INVALID_INPUT', 'nobody can be asked whether to delete', {
        hint: 'add --yes to delete without being asked',
      })
    return withBakthat(settingsOf(given), async (bakthat) => {
      const backup = await bakthat.resolve(name, { ...action, ...defined({ destination }) })
      if (yes !== true && !(await questions.confirm(questionAbout(backup, new Date())))) throw declined()
      const how = defined({ destination, keepUntilFree: given['keep-until-free'] })
      return deleteOutcome(await bakthat.remove(backup.storedFilename, { ...action, ...how }), new Date())
    })
  },
})

function questionAbout({ storedFilename, size, backend, metadata }: Backup, now: Date): string {
  const what = [formatSize(size), backend]
  const paidUntil = Number(metadata['paid_until'] ?? 0) * 1000
  if (paidUntil > now.getTime()) what.push(`paid for ${daysBetween(now, new Date(paidUntil))} all the same`)
  return `Delete ${showControls(storedFilename)} (${what.join(', ')})?`
}

function declined(): BakthatError {
  return new BakthatError('INTERRUPTED', 'nothing was deleted')
}
