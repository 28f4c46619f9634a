import type { Log } from 'bakthat'
import type { Host } from './host.js'
import { styleFor } from './print/style.js'
import { showControls } from './print/width.js'

/** The log of plugins, on standard error: nothing but errors where it is to be quiet. `before` is called before each line. */
export function pluginLog(host: Host, quiet: boolean, before: () => void = () => undefined): Log {
  const style = styleFor(host.stderr, host.env)
  const write = (prefix: string, message: string): void => {
    before()
    host.stderr.write(`${prefix}${showControls(message)}\n`)
  }
  return {
    debug: () => undefined,
    info: (message) => quiet || write('', message),
    warn: (message) => quiet || write(`${style.yellow('warning:')} `, message),
    error: (message) => write(`${style.red('error:')} `, message),
  }
}
