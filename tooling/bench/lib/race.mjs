import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { compareTrees } from '../../bootstrap/compare-trees.mjs'
import { median } from './measure.mjs'

/**
 * Lets everybody back the subject up and restore it, `runs` times in turn, each time in a fresh place and each round
 * beginning with another one. Answers, by name, with medians of time and the largest memory of `backup` and `restore`.
 */
export async function race(contestants, subject, { scratch, runs, say }) {
  const names = Object.keys(contestants)
  const results = Object.fromEntries(names.map((name) => [name, { backup: [], restore: [] }]))
  for (let round = 0; round < runs; round += 1) {
    for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
      say(`round ${round + 1} of ${runs}: ${name}`)
      const { backup, restore } = await once(contestants[name], subject, { scratch, compare: round === 0 })
      results[name].backup.push(backup)
      results[name].restore.push(restore)
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, { backup: summarize(results[name].backup), restore: summarize(results[name].restore) }]),
  )
}

async function once(contestant, subject, { scratch, compare }) {
  const place = mkdtempSync(join(scratch, 'place-'))
  try {
    await contestant.prepare?.(place)
    const backup = await contestant.backup(subject, place)
    const restore = await contestant.restore(subject, place)
    if (compare) mustBeEqual(subject, contestant.restored(subject, place), contestant.timeToleranceNs)
    return { backup, restore }
  } finally {
    await contestant.finish?.(place)
    rmSync(place, { recursive: true, force: true })
  }
}

/** Speed of a wrong restore is no speed. */
function mustBeEqual(original, restored, timeToleranceNs) {
  const { differences } = compareTrees(original, restored, { timeToleranceNs })
  if (differences.length > 0) throw new Error(`${restored} differs:\n${differences.slice(0, 10).join('\n')}`)
}

function summarize(samples) {
  const walls = samples.map(({ wall }) => wall)
  return {
    wall: median(walls),
    fastest: Math.min(...walls),
    slowest: Math.max(...walls),
    cpu: median(samples.map(({ cpu }) => cpu)),
    memory: Math.max(...samples.map(({ memory }) => memory)),
  }
}
