import { BakthatError, settingKinds, type SettingKind } from '@bakthat/plugin-sdk'
import { factNames, type Facts } from './facts.js'

/** A text with facts put in. `escape` is applied to the facts, and not to the text around them. */
export type TextTemplate = (facts: Facts, escape?: (fact: string) => string) => string

/** JSON with facts put into its texts: whatever they hold, its shape stays what it is. */
export type JsonTemplate = (facts: Facts) => unknown

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g
const placeholderAlone = /^\{\{\s*(\w+)\s*\}\}$/

/** A text with placeholders: `{{name}}`. Facts that a message does not have are empty. */
export const textTemplate: SettingKind<TextTemplate> = {
  form: 'text, in quotes where it begins with {{',
  read: (value, label) => {
    const text = settingKinds.longText.read(value, label)
    return text === undefined ? undefined : compiled(text, label)
  },
}

/**
 * A map or list, at any depth, with placeholders in its texts. A text that is one placeholder and nothing else becomes the fact as
 * it is: a number, or `null` where the message does not have it.
 */
export const jsonTemplate: SettingKind<JsonTemplate> = {
  form: 'a map or a list, with each {{placeholder}} in quotes',
  read: (value, label) => (typeof value === 'object' && value !== null ? compiledJson(value, label) : undefined),
}

/** A map of texts with placeholders. */
export const mapOfTemplates: SettingKind<Readonly<Record<string, TextTemplate>>> = {
  form: 'a map of texts',
  read: (value, label) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const entries = Object.entries(value).map(
      ([key, text]) => [key, textTemplate.read(text, `${label}.${key}`)] as const,
    )
    return entries.some(([, template]) => template === undefined)
      ? undefined
      : (Object.fromEntries(entries) as Record<string, TextTemplate>)
  },
}

/** The template of a text that is known to be right. */
export function compiled(text: string, label = ''): TextTemplate {
  for (const [, name] of text.matchAll(placeholder)) requireFact(name!, label)
  return (facts, escape = (fact) => fact) =>
    text.replaceAll(placeholder, (_, name: keyof Facts) => escape(String(facts[name] ?? '')))
}

function compiledJson(value: unknown, label: string): JsonTemplate {
  if (typeof value === 'string') return compiledText(value, label)
  if (typeof value !== 'object' || value === null) return () => value
  if (Array.isArray(value)) {
    const items = value.map((item) => compiledJson(item, label))
    return (facts) => items.map((item) => item(facts))
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, compiledJson(inner, label)] as const)
  return (facts) => Object.fromEntries(entries.map(([key, inner]) => [key, inner(facts)]))
}

function compiledText(text: string, label: string): JsonTemplate {
  const template = compiled(text, label)
  const alone = placeholderAlone.exec(text)?.[1] as keyof Facts | undefined
  return alone === undefined ? template : (facts) => facts[alone] ?? null
}

function requireFact(name: string, label: string): void {
  if ((factNames as readonly string[]).includes(name)) return
  throw new BakthatError('INVALID_CONFIG', `${label} has a placeholder that is not known`, {
    hint: `the placeholders are ${factNames.join(', ')}`,
  })
}
