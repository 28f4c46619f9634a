import { matchesSome } from './policy.js'

/** Operators, each with condition keys and the values that they may have. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>>

/** Condition keys that a request has, in lower case, with their values. */
export type Facts = Readonly<Record<string, string | undefined>>

type Operator = (value: string | undefined, expected: readonly string[]) => boolean

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: (value, expected) => value !== undefined && expected.includes(value),
  StringNotEquals: (value, expected) => value === undefined || !expected.includes(value),
  StringLike: (value, expected) => value !== undefined && matchesSome(value, expected),
  StringNotLike: (value, expected) => value === undefined || !matchesSome(value, expected),
  Bool: (value, expected) => value !== undefined && expected.includes(value.toLowerCase()),
  Null: (value, expected) => expected.includes(String(value === undefined)),
  NumericLessThanEquals: (value, [most]) => value !== undefined && Number(value) <= Number(most),
  NumericGreaterThan: (value, [least]) => value !== undefined && Number(value) > Number(least),
}

/** Condition keys that this server knows: what is asked of another would be answered wrongly. */
const known = new Set([
  'aws:securetransport',
  's3:delimiter',
  's3:if-match',
  's3:if-none-match',
  's3:max-keys',
  's3:objectcreationoperation',
  's3:object-lock-legal-hold',
  's3:object-lock-mode',
  's3:object-lock-remaining-retention-days',
  's3:prefix',
  's3:versionid',
  's3:x-amz-server-side-encryption',
  's3:x-amz-storage-class',
])

/** Whether all conditions hold. Throws on an operator or a key that is not known. */
export function conditionsHold(conditions: Conditions, facts: Facts): boolean {
  return Object.entries(conditions).every(([name, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const operator = operators[name.replace(/IfExists$/, '')]
      if (operator === undefined || !known.has(key.toLowerCase()))
        throw new Error(`the emulator knows no condition ${name} ${key}`)
      const value = facts[key.toLowerCase()]
      if (value === undefined && name.endsWith('IfExists')) return true
      return operator(value, ([] as unknown[]).concat(values).map(String))
    }),
  )
}
