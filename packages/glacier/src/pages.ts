import { BakthatError } from '@bakthat/errors'

/** Where a list goes on. */
export interface PageStart {
  readonly marker?: string
}

/** What all lists of Glacier have: more of them is to be had where the marker says, if there is one. */
interface Page {
  readonly Marker?: string | undefined
}

/**
 * The pages of a list, one request each. Throws `UNAVAILABLE` where the server gives the same page again and again: what is
 * listed in part would be taken for all there is.
 */
export async function* pagesOf<P extends Page>(ask: (at: PageStart) => Promise<P>): AsyncGenerator<P, void> {
  let marker: string | undefined
  do {
    const page = await ask(marker === undefined ? {} : { marker })
    if (page.Marker !== undefined && page.Marker === marker) throw incomplete()
    yield page
    marker = page.Marker
  } while (marker !== undefined)
}

function incomplete(): BakthatError {
  return new BakthatError('UNAVAILABLE', 'a list of the vault does not come to its end: the server repeats itself', {
    hint: 'try again; if it happens again, this server cannot be used',
  })
}
