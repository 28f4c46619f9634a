/** A moment as manifests and metadata have it: in whole seconds, as the catalog does. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
