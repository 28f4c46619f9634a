// The plugin of the guide: says how long each backup took. As ~/.bakthat_plugins/test_plugin.js (or .ts, where Node runs that) it
// is enabled by a line of the profile, plugins: [test_plugin.TestPlugin]
import { Plugin } from '@bakthat/plugin-sdk'

export class TestPlugin extends Plugin {
  readonly #start = new Map<string, number>()

  activate(): void {
    this.on('before_backup', ({ sessionId }) => {
      this.#start.set(sessionId, performance.now())
      this.log.info(`before_backup ${sessionId}`)
    })
    this.on('on_backup', ({ sessionId, result }) => {
      const seconds = (performance.now() - this.#start.get(sessionId)!) / 1000
      this.log.info(`on_backup ${sessionId} <Backup: ${result.storedFilename}>`)
      this.log.info(`Job duration: ${seconds}s`)
    })
  }
}
