/** Plain changes of one text. */
export const TEXT_TRANSFORMATIONS = [
  'lowercase',
  'uppercase',
  'trim',
  'collapse_whitespace',
  'normalize_unicode',
  'strip_html',
  'strip_accents'
] as const
export type TextTransformation = (typeof TEXT_TRANSFORMATIONS)[number]

export function transformText(text: string, transformation: TextTransformation): string {
  switch (transformation) {
    case 'lowercase':
      return text.toLowerCase()
    case 'uppercase':
      return text.toUpperCase()
    case 'trim':
      return text.trim()
    case 'collapse_whitespace':
      return text.replace(/\s+/g, ' ').trim()
    case 'normalize_unicode':
      return text.normalize('NFC')
    case 'strip_accents':
      return text
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .normalize('NFC')
    case 'strip_html':
      return text.replace(/<[^<>]*>/g, '')
  }
}
