/** In which form a run tells what it does, and how much. */
export interface Telling {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly debug: boolean
  readonly color: boolean
}

/** What the flags of a command line ask for. */
export function tellingOf(isGiven: (flag: string) => boolean): Telling {
  return {
    json: isGiven('json'),
    quiet: isGiven('quiet'),
    verbose: isGiven('verbose'),
    debug: isGiven('debug'),
    color: !isGiven('no-color'),
  }
}
