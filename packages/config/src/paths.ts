import { homedir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { BakthatError } from '@bakthat/errors'

export type Environment = Readonly<Record<string, string | undefined>>

/** Makes the path that a user wrote absolute: `~` is the home directory, and relative ones start at `base`. */
export type PathResolver = (path: string) => string

export function pathResolver(base: string, env: Environment): PathResolver {
  return (path) => {
    const rest = /^~(?:\/+(.*))?$/s.exec(path)
    return rest === null ? resolve(base, path) : resolve(home(env), rest[1] ?? '')
  }
}

/** A variable's value; `undefined` where it is not set, or empty. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]
  return value === '' ? undefined : value
}

/**
 * The user's home directory: that of `HOME` where it is an absolute path, else what the system says. Throws `INVALID_INPUT` where
 * the system does not know the user.
 */
export function home(env: Environment): string {
  const directory = variable(env, 'HOME')
  return directory !== undefined && isAbsolute(directory) ? directory : homeOfSystem()
}

/** Never a relative path, by which the current directory would count, and whoever filled that could have plugins run. */
function homeOfSystem(): string {
  try {
    const directory = homedir()
    return isAbsolute(directory) ? directory : userInfo().homedir
  } catch (error) {
    const hint = 'set HOME to a directory of this user'
    throw new BakthatError('INVALID_INPUT', 'there is no home directory: neither HOME nor the system names one', {
      hint,
      cause: error,
    })
  }
}

/** The directory for a user's data, by the XDG Base Directory Specification, which has relative paths ignored. */
export function dataHome(env: Environment): string {
  const directory = variable(env, 'XDG_DATA_HOME')
  return directory !== undefined && isAbsolute(directory) ? directory : join(home(env), '.local', 'share')
}
