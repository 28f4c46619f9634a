import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

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

export function home(env: Environment): string {
  return variable(env, 'HOME') ?? homedir()
}

/** The directory for a user's data, by the XDG Base Directory Specification, which has relative paths ignored. */
export function dataHome(env: Environment): string {
  const directory = variable(env, 'XDG_DATA_HOME')
  return directory !== undefined && isAbsolute(directory) ? directory : join(home(env), '.local', 'share')
}
