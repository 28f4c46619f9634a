import type { Interview } from '../interview.js'
import type { Rotation } from '../rotation-options.js'

/** The keys of a rotation that are rules. */
const rules = ['last', 'hours', 'days', 'weeks', 'months', 'years', 'within'] as const

/** The changes to a profile that give it these rules and no others; where there are none among them, its own stay. */
export function rotationChanges(rotation: Rotation): { readonly rotation: object } {
  if (!hasRules(rotation)) return { rotation }
  return { rotation: { ...Object.fromEntries(rules.map((rule) => [rule, undefined])), ...rotation } }
}

function hasRules(rotation: Rotation): boolean {
  return rules.some((rule) => rotation[rule] !== undefined)
}

/** What the guide of old has. */
const usual: Rotation = { days: 7, weeks: 6, months: 6 }

const weekDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** Asks for counts, shows what they come to, and asks again until a person is content. */
export async function askRotation(
  interview: Interview,
  current: Rotation,
  preview: (rotation: Rotation) => Promise<string>,
): Promise<Rotation> {
  let suggested = hasRules(current) ? current : usual
  for (;;) {
    const rotation = await askCounts(interview, suggested)
    if (!hasRules(rotation)) interview.show('That would keep everything: give at least one number.')
    else {
      interview.show(await preview(rotation))
      if (await interview.confirm('Save this?', true)) return rotation
    }
    suggested = rotation
  }
}

async function askCounts(interview: Interview, suggested: Rotation): Promise<Rotation> {
  const rotation: Record<string, number | string> = {}
  for (const unit of ['days', 'weeks', 'months', 'years'] as const) {
    const question = `Of how many ${unit} should the newest backup stay? (0: no such rule)`
    const count = Number(await interview.line(question, String(suggested[unit] ?? 0), isCount))
    if (count > 0) rotation[unit] = count
  }
  const choices = weekDays.map((value) => ({ value, label: value }))
  const first = weekDays[Number(suggested.first_week_day ?? 5)] ?? 'saturday'
  return { ...rotation, first_week_day: weekDays.indexOf(await interview.choose('Weeks begin on', choices, first)) }
}

function isCount(line: string): string | undefined {
  return /^\d{1,6}$/.test(line) ? undefined : 'a whole number from 0'
}
