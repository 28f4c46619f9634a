import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** What the value of a setting is. */
export interface SettingKind<T> {
  /** As it stands behind "must be". */
  readonly form: string
  /** The value in its one form; `undefined` for what is not of this kind. `label`: the keys that lead to it. */
  readonly read: (value: unknown, label: string) => T | undefined
}

/** What a kind reads. */
export type ReadBy<Kind> = Kind extends SettingKind<infer T> ? T : never

const text: SettingKind<string> = {
  form: 'text on one line, in quotes where it is only digits',
  read: (value) => (typeof value === 'string' && /^[^\p{Cc}]+$/u.test(value) ? value : undefined),
}

const longText: SettingKind<string> = {
  form: 'text',
  read: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
}

const flag: SettingKind<boolean> = {
  form: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
}

const wholeNumber: SettingKind<number> = {
  form: 'a whole number',
  read: (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined),
}

/** Without credentials in it: `fetch` refuses those, with a message that holds them. */
const webAddress: SettingKind<URL> = {
  form: 'an address that begins with http:// or https:// and has no user in it',
  read: (value) => {
    if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return undefined
    const url = new URL(value)
    return url.username === '' && url.password === '' ? url : undefined
  },
}

const path: SettingKind<string> = {
  form: 'a path that begins with / or ~/',
  read: (value) => {
    if (typeof value !== 'string') return undefined
    const whole = value.startsWith('~/') ? join(homedir(), value.slice(2)) : value
    return isAbsolute(whole) ? whole : undefined
  },
}

function choice<const Words extends readonly string[]>(...words: Words): SettingKind<Words[number]> {
  return { form: `one of ${words.join(', ')}`, read: (value) => words.find((word) => word === value) }
}

/** One, or a list of them. */
function list<T>({ form, read }: SettingKind<T>): SettingKind<readonly T[]> {
  return {
    form: `${form}, or a list of such`,
    read: (value, label) => {
      const values = Array.isArray(value)
        ? value.map((each, index) => read(each, `${label}[${index}]`))
        : [read(value, label)]
      return values.length === 0 || values.includes(undefined) ? undefined : (values as T[])
    },
  }
}

/** The kinds that most settings are of; others are as easily made. */
export const settingKinds = { text, longText, flag, wholeNumber, webAddress, path, choice, list }
