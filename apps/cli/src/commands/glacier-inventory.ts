import { defineCommand } from '../command.js'
import { settingsOf } from '../given.js'
import { settingsOptions } from '../options.js'
import { inventoryOutcome, mapOutcome } from '../outcomes/glacier-inventory.js'

export const showGlacierInventory = defineCommand({
  arguments: [],
  options: settingsOptions,
  examples: [['bakthat show-glacier-inventory', 'ask for it, and some hours later see it']],
  async run(given, { action, withBakthat }) {
    return inventoryOutcome(await withBakthat(settingsOf(given), (bakthat) => bakthat.showGlacierInventory(action)))
  },
})

export const showLocalGlacierInventory = defineCommand({
  arguments: [],
  options: settingsOptions,
  examples: [['bakthat show-local-glacier-inventory', 'which archive holds which backup, as the catalog knows it']],
  async run(given, { withBakthat }) {
    return mapOutcome(await withBakthat(settingsOf(given), (bakthat) => bakthat.showLocalGlacierInventory()))
  },
})

export const backupGlacierInventory = defineCommand({
  arguments: [],
  options: settingsOptions,
  examples: [['bakthat backup-glacier-inventory', 'done by itself after each change, where the profile has a bucket']],
  async run(given, { action, withBakthat }) {
    const entries = await withBakthat(settingsOf(given), (bakthat) => bakthat.backupGlacierInventory(action))
    return mapOutcome(entries, 'in the bucket')
  },
})

export const restoreGlacierInventory = defineCommand({
  arguments: [],
  options: settingsOptions,
  examples: [['bakthat restore-glacier-inventory', 'take in what another machine, or the Python tool, put there']],
  async run(given, { action, withBakthat }) {
    const entries = await withBakthat(settingsOf(given), (bakthat) => bakthat.restoreGlacierInventory(action))
    return mapOutcome(entries, 'taken in')
  },
})
