import assert from 'node:assert/strict'
import { it } from 'node:test'

import { createEvents, quietLog } from '@bakthat/events'
import type { FinishedBackup, PluginHost } from '@bakthat/plugin-sdk'

import { SamplePlugin } from './index.js'

it('tells after a backup how much was read and stored', async () => {
  const said: string[] = []
  const events = createEvents()
  const log = { ...quietLog, info: (sentence: string) => void said.push(sentence) }
  new SamplePlugin({ events, log } as Partial<PluginHost> as PluginHost).activate()

  const result = { filename: 'photos', bytesRead: 1000, size: 400 } as FinishedBackup
  await events.tell('on_backup', { sessionId: 'one', result })
  assert.deepEqual(said, ['photos: 1000 bytes read, 400 stored'])
})
