/** The one clock of the library; everything below is handed it. */
export function clock(): Date {
  return new Date()
}
