/** Files that the program reads and writes unasked, and what each is. */
export const files: readonly (readonly [path: string, meaning: string])[] = [
  ['~/.bakthat.yml', 'The configuration: profiles and where they store'],
  ['~/.bakthat.sqlite', 'The catalog: what was stored where. It can be made anew by bakthat sync'],
  ['~/.local/share/bakthat', 'Where backups go unless the configuration says otherwise'],
  ['~/.cache/bakthat', 'What newer Nodes compiled, for the next start. It may be removed at any time'],
]

/** Environment variables, and what each gives. */
export const variables: readonly (readonly [name: string, meaning: string])[] = [
  ['BAKTHAT_CONFIG', 'The configuration file'],
  ['BAKTHAT_DATABASE', 'The catalog'],
  ['BAKTHAT_PASSWORD', 'The password to encrypt and decrypt with'],
  ['NO_COLOR', 'Set to anything: no colours'],
]
