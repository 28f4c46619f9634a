import { BakthatError } from '@bakthat/errors'

/**
 * Sends one HTTP request and gives the text of the answer. Redirects are not followed: they are an answer like any other that is no
 * success. `UNAVAILABLE` for what may go well another time: no connection, a signal that was aborted before the answer, and the
 * statuses 408, 429 and 5xx; `PERMISSION_DENIED` for 401 and 403; `INVALID_CONFIG` for every other status. Messages name `what` and
 * its host and nothing else of the address or the answer, which may hold secrets.
 */
export async function sendRequest(what: string, url: URL, options: Omit<RequestInit, 'redirect'>): Promise<string> {
  const where = `${what} at ${url.host}`
  const { ok, status, text } = await answerOf(url, options).catch((error: unknown) => {
    throw new BakthatError('UNAVAILABLE', `${where} cannot be reached: ${reasonOf(error)}`)
  })
  if (ok) return text
  throw refused(status, `${where} answered with status ${status}`)
}

function refused(status: number, message: string): BakthatError {
  if (status === 408 || status === 429 || status >= 500) return new BakthatError('UNAVAILABLE', message)
  if (status === 401 || status === 403)
    return new BakthatError('PERMISSION_DENIED', message, { hint: 'check the token or password in the profile' })
  return new BakthatError('INVALID_CONFIG', message, { hint: 'check the address in the profile' })
}

async function answerOf(url: URL, options: RequestInit): Promise<{ ok: boolean; status: number; text: string }> {
  const response = await fetch(url, { ...options, redirect: 'manual' })
  return { ok: response.ok, status: response.status, text: await response.text() }
}

/** `fetch` tells why in the cause; the code of it never holds an address, as messages may. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } }
  return cause?.code ?? name ?? 'no answer'
}
