import { join } from 'node:path'
import { BakthatError } from '@bakthat/errors'
import { home, pathResolver, variable, type Environment } from './paths.js'

/**
 * Where the configuration is: in the file asked for, else in that of `BAKTHAT_CONFIG`, else in `~/.bakthat.yml`. Throws
 * `INVALID_INPUT` for what is not a path.
 */
export function configPath(
  file: string | undefined,
  env: Environment,
): { readonly path: string; readonly isAsked: boolean } {
  const asked = file ?? variable(env, 'BAKTHAT_CONFIG')
  const path = asked === undefined ? join(home(env), '.bakthat.yml') : pathResolver(process.cwd(), env)(asked)
  if (asked === '' || path.includes('\0'))
    throw new BakthatError('INVALID_INPUT', 'the name of the configuration file is not a path')
  return { path, isAsked: asked !== undefined }
}
