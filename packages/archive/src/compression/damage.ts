import { BakthatError } from '@bakthat/errors'

export function damaged(cause?: unknown): BakthatError {
  return new BakthatError('INTEGRITY', 'compressed data is damaged', { cause })
}

export function tooLarge(maxSize: number, cause?: unknown): BakthatError {
  return new BakthatError('UNSAFE_ARCHIVE', `a frame holds more than ${maxSize} bytes`, { cause })
}

export function truncated(): BakthatError {
  return new BakthatError('INTEGRITY', 'compressed data is truncated')
}
