import { didYouMean } from '@bakthat/errors'
import { textKind } from './scalar-kinds.js'
import { accept, refuse, type Reading, type ValueKind } from './value-kind.js'

/** The address of a service. One with a user's name and password in it is refused: they belong into their own keys. */
export const address: ValueKind = textKind('an address that begins with http:// or https://', (value) => {
  const url = /^https?:\/\/\S+$/i.test(value) && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined) return refuse()
  if (url.username !== '' || url.password !== '') return refuse('credentials go into access_key and secret_key')
  return url.search === '' && url.hash === '' ? accept(value) : refuse('nothing can follow the path')
})

/** The scheme of a backend. */
export const scheme: ValueKind = textKind('the name of a destination', (value) =>
  /^[a-z][a-z0-9+.-]*$/i.test(value) ? accept(value) : refuse(),
)

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** A day of the week as its number from Monday, 0. */
export const weekDay: ValueKind = {
  form: 'a day of the week, or its number from 0 (Monday) to 6 (Sunday)',
  isPath: false,
  read(node) {
    if (node.kind !== 'scalar') return refuse()
    const written = String(node.text ?? node.plain()).toLowerCase()
    if (/^[0-6]$/.test(written)) return accept(Number(written))
    const index = days.findIndex((day) => day === written || day.slice(0, 3) === written)
    return index === -1 ? refuse(didYouMean(written, days)) : accept(index)
  },
}

/** An IANA time zone. */
export const timeZone: ValueKind = textKind('a time zone such as Europe/Paris', (value) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return accept(value)
  } catch {
    return refuse()
  }
})

/** An interval as `delete-older-than` takes it: numbers above zero with their units, no unit twice. */
export const interval: ValueKind = textKind('an interval such as 30D or 3M2D8h', (value) =>
  /^(?:0*[1-9]\d{0,8}([smhDWMY])(?!.*\1))+$/.test(value) ? accept(value) : refuse(),
)

const powers: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3 }

/** An amount of bytes in a second, as the number: `10M` in powers of 1,000, `10MiB` of 1,024. */
export const bandwidth: ValueKind = {
  form: 'bytes in a second: a whole number, or one with K, M, G or KiB, MiB, GiB such as 10M',
  isPath: false,
  read(node) {
    if (node.kind !== 'scalar') return refuse()
    if (node.text === undefined) return atLeastOne(node.plain())
    const [, number, unit, binary] = /^(\d{1,9}(?:\.\d{1,3})?) ?([KMG]?)(?:(i?)B)?(?:\/s)?$/i.exec(node.text) ?? []
    if (number === undefined) return refuse()
    return atLeastOne(Math.floor(Number(number) * (binary ? 1024 : 1000) ** powers[unit!.toLowerCase()]!))
  },
}

function atLeastOne(bytes: unknown): Reading {
  return Number.isSafeInteger(bytes) && (bytes as number) >= 1 ? accept(bytes) : refuse()
}
