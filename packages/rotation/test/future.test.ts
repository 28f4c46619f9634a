import { describe, expect, it } from '@jest/globals'
import { isFromTheFuture } from '@bakthat/rotation'

const now = new Date('2026-03-18T12:00:00Z')

describe('a backup from the future', () => {
  it.each([
    [-1, false],
    [0, false],
    [60, false],
    [61, true],
    [86_400, true],
  ])('that is %d s ahead: %s', (seconds, expected) => {
    expect(isFromTheFuture(new Date(now.getTime() + seconds * 1000), now)).toBe(expected)
  })
})
