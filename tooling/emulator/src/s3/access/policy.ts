import { conditionsHold, type Conditions, type Facts } from './conditions.js'

/** An identity-based policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface Policy {
  readonly Version?: string
  readonly Id?: string
  readonly Statement: Statement | readonly Statement[]
}

export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: OneOrMany
  readonly NotAction?: OneOrMany
  readonly Resource?: OneOrMany
  readonly NotResource?: OneOrMany
  readonly Condition?: Conditions
}

type OneOrMany = string | readonly string[]

/** What somebody wants to do to what. */
export interface Wish {
  /** `s3:PutObject` */
  readonly action: string
  /** `arn:aws:s3:::bucket/key` */
  readonly resource: string
  /** What conditions may be about, by the name of the condition key in lower case. */
  readonly facts: Facts
}

/** Whether a policy lets somebody do it: some statement allows it, and none denies it. */
export function allows({ Statement }: Policy, wish: Wish): boolean {
  const statements = ([] as readonly Statement[]).concat(Statement).filter((statement) => isAbout(statement, wish))
  return statements.some(({ Effect }) => Effect === 'Allow') && !statements.some(({ Effect }) => Effect === 'Deny')
}

function isAbout(statement: Statement, { action, resource, facts }: Wish): boolean {
  return (
    isAmong(action.toLowerCase(), lowerCase(statement.Action), lowerCase(statement.NotAction)) &&
    isAmong(resource, statement.Resource, statement.NotResource) &&
    conditionsHold(statement.Condition ?? {}, facts)
  )
}

function isAmong(text: string, patterns: OneOrMany | undefined, others: OneOrMany | undefined): boolean {
  if ((patterns === undefined) === (others === undefined))
    throw new Error('a statement has either Action or NotAction, Resource or NotResource')
  if (patterns !== undefined) return matchesSome(text, patterns)
  return !matchesSome(text, others!)
}

/** Whether a text matches a pattern of which `*` is any text and `?` one character. */
export function matchesSome(text: string, patterns: OneOrMany): boolean {
  return [patterns].flat().some((pattern) => {
    const expression = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^]*')
      .replaceAll('?', '[^]')
    return new RegExp(`^${expression}$`).test(text)
  })
}

function lowerCase(texts: OneOrMany | undefined): OneOrMany | undefined {
  return texts === undefined ? undefined : [texts].flat().map((text) => text.toLowerCase())
}
