import { BakthatError, isBakthatError, messageOf } from '@bakthat/errors'
import type { BackendDefinition, BackendSettings, CallOptions, ContainerMade, StorageBackend } from '@bakthat/storage'

/** A backend: what its settings are, and how it is opened with them. */
export interface BackendPlan<Settings> {
  /** What the destination is called: small letters, digits, `+`, `.` and `-`. */
  readonly scheme: string
  /** The backend's settings out of the profile's keys. Throws for those that cannot be right. */
  readonly parse: (conf: BackendSettings) => Settings
  /** Opens the container that the settings name. Makes no container and writes nothing. */
  readonly open: (settings: Settings) => StorageBackend | Promise<StorageBackend>
  /** Makes the container; `ALREADY_EXISTS` where there is one. Left out where containers make themselves. */
  readonly create?: (settings: Settings, options?: CallOptions) => Promise<ContainerMade>
}

/**
 * A backend whose settings are checked before anything else is done: what `parse` throws becomes `INVALID_CONFIG`, with the scheme in
 * its message.
 */
export function defineBackend<Settings>(plan: BackendPlan<Settings>): BackendDefinition {
  const { scheme, open, create } = plan
  return {
    scheme,
    open: async (conf) => checked(scheme, await open(parsed(plan, conf))),
    ...(create && { create: async (conf, options) => create(parsed(plan, conf), options) }),
  }
}

function parsed<Settings>({ scheme, parse }: BackendPlan<Settings>, conf: BackendSettings): Settings {
  try {
    return parse(conf)
  } catch (cause) {
    const hint = isBakthatError(cause) ? cause.hint : undefined
    throw new BakthatError('INVALID_CONFIG', `${scheme}: ${messageOf(cause)}`, {
      hint: hint ?? `mend the keys of the destination ${scheme} in the profile`,
      cause,
    })
  }
}

/** Backups are grouped by what the backend says of itself. */
function checked(scheme: string, backend: StorageBackend): StorageBackend {
  if (backend.scheme === scheme) return backend
  throw new BakthatError('UNSUPPORTED', `the backend of ${scheme} says that it is ${JSON.stringify(backend.scheme)}`, {
    hint: 'this is a mistake of the plugin that brings it',
  })
}
