import { Choice } from './choice.js'
import type { ChosenFrames, IndexedFrame } from './contract.js'

/** Bytes that are fetched although nobody wants them, where that spares a request. */
const largestGap = 4 << 20

/**
 * Which bytes of an archive hold some of its entries, the directories above them, and the archive's end. In a row they are an
 * archive themselves, of the same compression: give it to `extract` with the same `only`. Reads the index to its end.
 *
 * Throws `INVALID_INPUT` and `NOT_FOUND` for names that can stand for nothing, or do not, and errors of `frames` as they are.
 */
export async function chooseFrames(
  frames: AsyncIterable<IndexedFrame>,
  only: readonly string[],
): Promise<ChosenFrames> {
  const choice = new Choice(only)
  const ranges: { start: number; end: number }[] = []
  let [tarSize, contentSize, archiveSize] = [0, 0, 0]
  let isWanted = false
  let last: IndexedFrame | undefined
  const take = ({ start, stored, tarSize: size }: IndexedFrame): void => {
    const before = ranges.at(-1)
    if (before !== undefined && start - before.end <= largestGap) before.end = start + stored
    else ranges.push({ start, end: start + stored })
    tarSize += size
  }
  for await (const frame of frames) {
    const chosen = frame.entries.filter(({ path }) => choice.includes(path))
    for (const { size, path, type, linkTarget = '' } of chosen) {
      if (type === 'hardlink') choice.checkHardLink(path, linkTarget)
      contentSize += size
    }
    // One without entries goes on with the file that the one before it began.
    if (frame.entries.length > 0) isWanted = chosen.length > 0 || hasOneAbove(frame, choice)
    if (isWanted) take(frame)
    archiveSize = frame.start + frame.stored
    last = frame
  }
  choice.throwIfMissing()
  if (last !== undefined && !isWanted) take(last)
  return { ranges, contentSize, tarSize, archiveSize }
}

function hasOneAbove({ entries }: IndexedFrame, choice: Choice): boolean {
  return entries.some(({ type, path }) => type === 'directory' && choice.isAbove(path))
}
