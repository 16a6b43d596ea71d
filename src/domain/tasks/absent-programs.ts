/** Why a task type that clients know by name is not run by this program. */

const LANGUAGE_MODEL = 'no language model is part of this server'
const SPEECH = 'no speech program is part of this server'
const CONTAINERS = 'containers are not run by this server'

const ABSENT: Record<string, string> = {
  'text-generation': LANGUAGE_MODEL,
  'text2text-generation': LANGUAGE_MODEL,
  'llm.generate': LANGUAGE_MODEL,
  'text-classification': 'no text classifier is part of this server',
  embedding: 'no embedding model is part of this server',
  'multimodal-generation': 'no multimodal model is part of this server',
  'hf.pipeline': 'Hugging Face pipelines are Python programs, and this server runs none',
  'voice.tts': SPEECH,
  'voice.asr': SPEECH,
  'voice.audio-validate': SPEECH,
  'docker.execute': CONTAINERS,
  'docker.github': CONTAINERS,
  shell: 'commands of a shell are never run'
}

/** Of a canonical name; undefined for one that needs no absent program. */
export function absentProgram(type: string): string | undefined {
  return Object.hasOwn(ABSENT, type) ? ABSENT[type] : undefined
}
