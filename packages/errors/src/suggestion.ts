/** The candidate that was most probably meant: few slips of the pen away, in any case, with either dash. */
export function suggestion(
  word: string,
  candidates: Iterable<string>,
  slips = Math.max(1, Math.floor(word.length / 3)),
): string | undefined {
  let best: string | undefined
  let least = slips + 1
  for (const candidate of candidates) {
    const distance = editDistance(normal(word), normal(candidate))
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** The hint that asks for it, if there is one. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const meant = suggestion(word, candidates)
  return meant === undefined ? undefined : `did you mean ${meant}?`
}

function normal(word: string): string {
  return word.toLowerCase().replaceAll('-', '_')
}

/** Letters added, left out, exchanged, or swapped with their neighbour (the optimal string alignment distance). */
function editDistance(from: string, to: string): number {
  let beforeLast: readonly number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1]
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      row[j] = Math.min(
        last[j]! + 1,
        row[j - 1]! + 1,
        last[j - 1]! + (isSame ? 0 : 1),
        isSwap ? beforeLast[j - 2]! + 1 : Infinity,
      )
    }
    beforeLast = last
    last = row
  }
  return last[to.length]!
}
