import { BakthatError, isBakthatError, type BakthatErrorOptions } from '@bakthat/errors'
import type { Meaning } from '@bakthat/storage'

import {
  endedSession,
  expiredCredentials,
  failuresOfEverything,
  unusableRegion,
  usualFailures,
} from './usual-failures.js'

/** What the failures of one service are called, beside what those of all are. */
export interface FailureWords {
  /** By the code of an answer, and by what Node and the SDK call failures of their own. */
  readonly meanings: Readonly<Record<string, Meaning>>
  /** For answers in words that are not known, or without any: the one that means what the status does. */
  readonly wordOfStatus: (status: number) => string | undefined
  /** Where only a sentence tells. */
  readonly meaningOfSentence?: (name: string, message: string) => Meaning | undefined
}

/** Translates what one service, its SDK and Node throw: once, where their errors come in. */
export class FailureTranslation {
  readonly #words: FailureWords
  readonly #meanings: Readonly<Record<string, Meaning>>

  constructor(words: FailureWords) {
    this.#words = words
    this.#meanings = { ...usualFailures, ...words.meanings }
  }

  /** What the service, the SDK or Node calls an error, if that is known: `NoSuchKey`, `ECONNRESET`. */
  codeOf(error: unknown): string | undefined {
    if (typeof error !== 'object' || error === null) return undefined
    const { Code, code, name, message } = error as { Code?: unknown; code?: unknown; name?: unknown; message?: unknown }
    // Of errors that come from another realm, as Node's do under some test runners, the SDK keeps the words alone.
    const words = /^AWS SDK error wrapper for \w*: .*?\b(E[A-Z]{3,})\b/.exec(String(message))?.[1]
    return [Code, code, name, words].find((one): one is string => typeof one === 'string' && one in this.#meanings)
  }

  /** The same failure for a user, of `subject`; what is not foreseen, or was translated before, is given back as it is. */
  explained(error: unknown, subject: string): unknown {
    if (isBakthatError(error)) return error
    const meaning = this.#meaningOf(error)
    if (meaning === undefined) return error
    const [code, what, hint] = meaning
    const options: BakthatErrorOptions = {
      cause: summaryOf(error, this.codeOf(error)),
      ...(hint === undefined ? {} : { hint }),
    }
    return new BakthatError(code, `${subject} ${what}${code === 'PERMISSION_DENIED' ? lackIn(error) : ''}`, options)
  }

  /** Whether it means that the keys of a request have expired. */
  isExpiry(error: unknown): boolean {
    return this.#meaningOf(error) === expiredCredentials
  }

  #meaningOf(error: unknown): Meaning | undefined {
    if (typeof error !== 'object' || error === null) return undefined
    const { name, message } = error as { name?: unknown; message?: unknown }
    const sentence = [String(name), String(message)] as const
    return (
      endedSession(...sentence) ??
      unusableRegion(sentence[1]) ??
      this.#words.meaningOfSentence?.(...sentence) ??
      this.#meanings[this.codeOf(error) ?? ''] ??
      this.#meaningOfStatus(statusOf(error)) ??
      refusalOf(error)
    )
  }

  #meaningOfStatus(status: number | undefined): Meaning | undefined {
    if (status === undefined) return undefined
    const word = status === 407 ? 'ProxyAuthenticationRequired' : this.#words.wordOfStatus(status)
    return this.#meanings[word ?? '']
  }
}

/** Which permission is lacking, where a refusal tells: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function lackIn(error: unknown): string {
  const { message } = error as { message?: unknown }
  const action = /is not authorized to perform: ([\w-]+:\w+)/.exec(String(message))?.[1]
  return action === undefined ? '' : `: ${action} is not allowed`
}

/** What the server does not want, in its own word for it. */
function refusalOf(error: object): Meaning | undefined {
  if ((statusOf(error) ?? 0) < 400) return undefined
  const { name } = error as { name?: string }
  return ['INVALID_INPUT', `was refused by the server: ${name ?? 'no reason'}`, 'look the word up in its documentation']
}

/** The status of the answer that an error came with. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number }
  return httpStatusCode
}

/** What the server called a failure that was explained: `NoSuchUpload`. */
export function foreignNameOf(error: unknown): string | undefined {
  return isBakthatError(error) ? (error.cause as { readonly name?: string } | undefined)?.name : undefined
}

/** Whether a failure that was explained is no refusal of what was asked for, but of whatever is asked for with these keys. */
export function refusesEverything(error: unknown): boolean {
  return isBakthatError(error, 'PERMISSION_DENIED') && failuresOfEverything.has(foreignNameOf(error) ?? '')
}

/** The words in which the server told it. */
export function foreignMessageOf(error: unknown): string {
  return isBakthatError(error) ? ((error.cause as { readonly message?: string } | undefined)?.message ?? '') : ''
}

/**
 * What a server said, without what else errors of the SDK carry: keys and signatures of the request stand in fields of
 * some of them, and whoever prints an error prints its cause.
 */
function summaryOf(error: unknown, code: string | undefined): Error {
  const { name, message, $metadata } = error as { name?: string; message?: string; $metadata?: { requestId?: string } }
  const request = $metadata?.requestId === undefined ? {} : { requestId: $metadata.requestId }
  return Object.assign(new Error(message), { name: code ?? name ?? 'Error', status: statusOf(error), ...request })
}
