import { BakthatError } from '@bakthat/errors'
import { Plugin, readSettings, settingKinds, type EventMap, type PluginHost } from '@bakthat/plugin-sdk'
import { pushgateway } from './pushgateway.js'
import { failed, succeeded } from './samples.js'
import type { Series, Target } from './target.js'
import { textfile } from './textfile.js'

const { path, text, webAddress } = settingKinds

/**
 * Tells Prometheus of every backup, by the keys `textfile_dir` (where the textfile collector of the node exporter looks) and
 * `pushgateway` (an address) under `metrics` in the profile. A target that cannot be written to is logged, and holds up neither the
 * other nor a backup for more than ten seconds.
 */
export class MetricsPlugin extends Plugin {
  readonly #now: () => Date
  readonly #begun = new Map<string, Series>()

  constructor(host: PluginHost, now = () => new Date()) {
    super(host)
    this.#now = now
  }

  activate(): void {
    const targets = this.#targets()
    this.on('before_backup', ({ sessionId, name, backend, container }) => {
      this.#begun.set(sessionId, { name, backend, container })
    })
    for (const target of targets) this.#report(target)
    const forget = ({ sessionId }: { readonly sessionId: string }): unknown => this.#begun.delete(sessionId)
    this.on('on_backup', forget)
    this.on('on_error', forget)
  }

  #targets(): readonly Target[] {
    const {
      textfile_dir,
      pushgateway: url,
      pushgateway_username,
      pushgateway_password,
    } = readSettings(this.conf, 'metrics', {
      textfile_dir: path,
      pushgateway: webAddress,
      pushgateway_username: text,
      pushgateway_password: text,
    })
    if (textfile_dir === undefined && url === undefined)
      throw new BakthatError('INVALID_CONFIG', 'metrics has neither textfile_dir nor pushgateway', {
        hint: 'set metrics.textfile_dir to a directory, or metrics.pushgateway to an address such as http://push:9091',
      })
    if ((pushgateway_username === undefined) !== (pushgateway_password === undefined))
      throw new BakthatError(
        'INVALID_CONFIG',
        'metrics needs pushgateway_username and pushgateway_password, or neither',
        {
          hint: 'set both, or take both out',
        },
      )
    const user = pushgateway_username === undefined ? undefined : `${pushgateway_username}:${pushgateway_password!}`
    return [
      ...(textfile_dir === undefined ? [] : [textfile(textfile_dir)]),
      ...(url === undefined ? [] : [pushgateway(url, user)]),
    ]
  }

  /** Each target has handlers of its own, so that neither waits for the other's failures. */
  #report(target: Target): void {
    const patience = { timeoutSeconds: 10 }
    this.on(
      'on_backup',
      ({ result }, { signal }) => target(seriesOf(result), succeeded(result, this.#now()), signal),
      patience,
    )
    this.on(
      'on_error',
      async ({ sessionId, action, name }, { signal }) => {
        if (action !== 'backup' || name === undefined) return
        const series = this.#begun.get(sessionId) ?? { name, ...nowhere }
        await target(series, failed(this.#now()), signal)
      },
      patience,
    )
  }
}

/** Of a backup that another plugin refused before this one heard where it would have gone. */
const nowhere = { backend: '', container: '' }

function seriesOf({ filename: name, backend, container }: EventMap['on_backup']['result']): Series {
  return { name, backend, container }
}
