/** What anything that was thrown says: its message, or itself as text where it has none, as what is thrown need not be an error. */
export function messageOf(thrown: unknown): string {
  const message = (thrown as { readonly message?: unknown } | null | undefined)?.message
  return typeof message === 'string' ? message : String(thrown)
}
