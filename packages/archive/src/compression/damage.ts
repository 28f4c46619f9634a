import { BakthatError } from '@bakthat/errors'

export function damaged(cause?: unknown): BakthatError {
  return new BakthatError('INTEGRITY', 'compressed data is damaged', { cause })
}

export function truncated(): BakthatError {
  return new BakthatError('INTEGRITY', 'compressed data is truncated')
}
