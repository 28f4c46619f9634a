import { BakthatError } from '@bakthat/errors'
import { sdkVersion, sdkVersionOf, type PluginClass } from '@bakthat/plugin-sdk'
import type { PluginModule } from './module.js'
import type { PluginReference } from './reference.js'

/** The class that a profile means, out of what a module exports. */
export function pluginClass(reference: PluginReference, { path, exports }: PluginModule): PluginClass {
  const name = reference.exported ?? soleName(path, exports)
  if (!Object.hasOwn(exports, name))
    throw new BakthatError('NOT_FOUND', `${path} exports no ${name}`, {
      hint: `it exports ${listed(Object.keys(exports))}`,
    })
  const madeWith = sdkVersionOf(exports[name])
  if (madeWith === undefined)
    throw new BakthatError('INVALID_CONFIG', `its export ${name} is no class that extends Plugin`, {
      hint: "write: import { Plugin } from '@bakthat/plugin-sdk', and: class … extends Plugin",
    })
  if (majorOf(madeWith) !== majorOf(sdkVersion()))
    throw new BakthatError(
      'UNSUPPORTED',
      `it is made for version ${madeWith} of the SDK, and this is ${sdkVersion()}`,
      {
        hint: 'install a version of the plugin, or of Bakthat, that fits the other',
      },
    )
  return exports[name] as PluginClass
}

/** Without a name it is the default export, or else the only plugin. */
function soleName(path: string, exports: PluginModule['exports']): string {
  const plugins = Object.keys(exports).filter((name) => sdkVersionOf(exports[name]) !== undefined)
  if (plugins.includes('default')) return 'default'
  if (plugins.length === 1) return plugins[0]!
  if (plugins.length === 0)
    throw new BakthatError('INVALID_CONFIG', `${path} exports no class that extends Plugin`, {
      hint: 'is it a plugin of Bakthat?',
    })
  throw new BakthatError('INVALID_CONFIG', `it exports several plugins: ${plugins.join(', ')}`, {
    hint: `name one, as in npm:package#${plugins[0]!}`,
  })
}

function majorOf(version: string): string | undefined {
  return version.split('.', 1)[0]
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ')
}
