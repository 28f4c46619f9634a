import { Plugin } from '@bakthat/plugin-sdk'

/** Tells after each backup how much was read for it, and how much of that had to be stored. */
export class SamplePlugin extends Plugin {
  activate(): void {
    this.on('on_backup', ({ result }) => {
      this.log.info(`${result.filename}: ${result.bytesRead} bytes read, ${result.size} stored`)
    })
  }
}
