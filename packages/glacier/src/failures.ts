import { FailureTranslation, wrongClock } from '@bakthat/aws'
import { isBakthatError } from '@bakthat/errors'
import type { Meaning } from '@bakthat/storage'

import { unspoken } from './spoken.js'

const policyHint = 'let the policy of these credentials allow it: bakthat policy prints one to start from'
const laterHint = 'try again later'
const damageHint = 'try again; if it happens again, check this machine and the network'

/** By Glacier's words for its errors, and by what Node and the SDK call failures of their own. */
const meanings: Readonly<Record<string, Meaning>> = {
  NoLongerSupportedException: [
    'UNSUPPORTED',
    'cannot be used: AWS takes no new customers for vaults',
    'use the destination s3 with storage_class: GLACIER or DEEP_ARCHIVE, which keeps as cold and costs no more',
  ],
  ResourceNotFoundException: ['NOT_FOUND', 'is not there'],
  VaultNotFound: [
    'NOT_FOUND',
    'cannot be reached: there is no such vault',
    'check glacier_vault and region_name, or make the vault with bakthat create',
  ],
  AccessDeniedException: ['PERMISSION_DENIED', 'may not be accessed', policyHint],
  AccessDenied: ['PERMISSION_DENIED', 'may not be accessed', policyHint],
  RequestExpired: wrongClock,
  PolicyEnforcedException: [
    'UNAVAILABLE',
    "cannot be brought back: the account's data retrieval policy does not allow so much at a time",
    'wait an hour, or raise the limit in the data retrieval settings of Glacier',
  ],
  InsufficientCapacityException: [
    'UNAVAILABLE',
    'cannot be brought back that fast at this moment',
    'use the tier standard',
  ],
  LimitExceededException: ['NO_SPACE', 'is over a limit of the account', 'ask AWS to raise it'],
  RequestTimeoutException: ['UNAVAILABLE', 'cannot be reached: the upload came too slowly', laterHint],
  ServiceUnavailableException: ['UNAVAILABLE', 'cannot be reached: the server has trouble', laterHint],
  ThrottlingException: ['UNAVAILABLE', 'cannot be reached: the server asks to slow down', laterHint],
  [unspoken]: [
    'UNAVAILABLE',
    'cannot be reached: what answers there does not speak Glacier',
    'check glacier_endpoint, and proxies',
  ],
  ENOTFOUND: ['UNAVAILABLE', 'cannot be reached: no server of that name is known', 'check region_name and the network'],
}

/** Both say what is wrong only in a sentence: that something is not there, or that a parameter is not right. */
function meaningOfSentence(name: string, message: string): Meaning | undefined {
  if (name === 'ResourceNotFoundException' && /^vault not found/i.test(message)) return meanings['VaultNotFound']
  if (name === 'InvalidParameterValueException' && /checksum|hash/i.test(message)) {
    return ['INTEGRITY', 'arrived damaged', damageHint]
  }
  return undefined
}

/** For answers in words that are not known. Of one that it does not understand the SDK says no more than its status. */
function wordOfStatus(status: number): string | undefined {
  if (status < 400 || status === 405) return unspoken
  if (status === 403 || status === 401) return 'AccessDeniedException'
  if (status === 404) return 'ResourceNotFoundException'
  if (status === 408) return 'RequestTimeoutException'
  if (status === 429) return 'ThrottlingException'
  return status >= 500 ? 'ServiceUnavailableException' : undefined
}

/** What Glacier and its SDK throw, for users. */
export const failures = new FailureTranslation({ meanings, wordOfStatus, meaningOfSentence })

/** Whether it is the vault that is not there, and not something in it. */
export function isMissingVault(error: unknown): boolean {
  return isBakthatError(error, 'NOT_FOUND') && error.hint === meanings['VaultNotFound']?.[2]
}

/** Whether it is something in the vault that is not there, and not the vault. */
export function isMissingInVault(error: unknown): boolean {
  return isBakthatError(error, 'NOT_FOUND') && !isMissingVault(error)
}
